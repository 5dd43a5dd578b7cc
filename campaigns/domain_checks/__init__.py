"""What the DNS says about a sending domain: may its mails be believed?

`resolver` asks and notes when nobody answers, `spf`, `dkim` and `dmarc` judge one record each,
`checking` asks them all and stores what they found, `stored` is for those who only look.
"""
