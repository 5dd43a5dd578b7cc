from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tracking.inbox.quoting import Quote, quoted
from tracking.reading.own_words import own_words

AT = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)


def quote_of(words: str, name: str = "Piet Jansen") -> Quote | None:
    return quoted(words, name=name, address="piet@hotel-zon.nl", written_at=AT)


def test_each_line_is_marked_and_who_wrote_it_stands_above():
    quote = quote_of("Graag!\r\n\r\n> ouder\r\nGroet")
    assert quote is not None
    assert quote.text == (
        "2026-06-01 08:30, Piet Jansen <piet@hotel-zon.nl>:\n> Graag!\n>\n>> ouder\n> Groet"
    )


def test_our_own_reader_folds_it_away():
    quote = quote_of("Graag!")
    assert quote is not None
    assert own_words(f"Tot dan.\n\n{quote.text}\n") == "Tot dan."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "2026-06-01 08:30, <piet@hotel-zon.nl>:"),
        ('Piet\n"x" <a@b.nl>', "2026-06-01 08:30, Piet x a@b.nl <piet@hotel-zon.nl>:"),
        ("P" * 500, f"2026-06-01 08:30, {'P' * 100} <piet@hotel-zon.nl>:"),
    ],
)
def test_a_name_is_one_short_line(name: str, shown: str):
    quote = quote_of("Graag!", name)
    assert quote is not None
    assert quote.introduction == shown


def test_words_of_strangers_stay_words():
    quote = quote_of("<script>x</script>\x07 \u202eomgekeerd &amp;")
    assert quote is not None
    assert quote.lines == ("<script>x</script> omgekeerd &amp;",)
    assert (
        '<blockquote type="cite">&lt;script&gt;x&lt;/script&gt; omgekeerd &amp;amp;<' in quote.html
    )


@pytest.mark.parametrize(
    ("words", "lines", "characters"),
    [("x" * 50_000, 2, 10_003), ("x\n" * 5_000, 301, 303)],
)
def test_a_long_mail_is_quoted_in_part(words: str, lines: int, characters: int):
    quote = quote_of(words)
    assert quote is not None
    assert (len(quote.lines), sum(map(len, quote.lines))) == (lines, characters)
    assert quote.lines[-1] == "[…]"


@pytest.mark.parametrize("words", ["", " \n\t\n"])
def test_a_mail_without_words_is_not_quoted(words: str):
    assert quote_of(words) is None
