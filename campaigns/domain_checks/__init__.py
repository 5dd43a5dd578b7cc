"""What the DNS says about a sending domain: may its mails be believed?

`resolver` asks and notes when nobody answers, `spf`, `dkim` and `dmarc` judge one record each,
`checking` stores what they found.
"""
