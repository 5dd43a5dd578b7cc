from templates_app.sanitising import mail_document
from templates_app.text_part import text_from_html


def test_an_address_stays_as_it_is_however_deep_in_tables() -> None:
    url = "https://a.nl/?a=1&copy=2&lt;3&region=nl&amp;amp"
    link = f'<a href="{url.replace("&", "&amp;")}">Zoek</a>'
    for _ in range(3):
        assert text_from_html(mail_document(f"<body>{link}</body>")) == f"[Zoek]({url})"
        link = f"<table><tr><td>{link}</td></tr></table>"


def test_what_looks_like_a_character_reference_is_read_as_it_was_written() -> None:
    assert text_from_html("<p>AT&amp;T &amp;lt;b&amp;gt; &lt;b&gt;</p>") == "AT&T &lt;b&gt; <b>"


def test_centred_text_begins_at_the_left() -> None:
    html = (
        f'<table><tr><td align="center">{"lang " * 30}</td></tr>'
        '<tr><td align="center">kort</td></tr></table>'
    )
    assert text_from_html(html) == f"{('lang ' * 30).strip()}\nkort"
