"""The spellings of old templates that Jinja2 does not have: `{{image.cid 'hero'}}` and
`{{vars.Aantal kamers}}`.

Mended on the token stream, never on the text itself: line numbers in errors stay those of the
author, and strings, comments and raw blocks are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_PICTURES = {("image", ".", "cid"), ("image", ".", "url")}
_WORDS = {"name", "integer"}
# Names to the lexer; behind a variable the expression goes on with them.
_OPERATORS = {"and", "else", "if", "in", "is", "not", "or"}


class OldDialect(Extension):
    """Reads `image.cid 'hero'` as `image.cid('hero')`, and a heading behind `vars.` as one name."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        return _with_whole_headings(_with_called_pictures(stream))


def _with_called_pictures(tokens: Iterable[Token]) -> Iterator[Token]:
    before = ("", "", "")
    for token in tokens:
        called = token.type == "string" and before in _PICTURES
        if before in _PICTURES and _is_word(token):
            written = "".join(before)
            raise TemplateSyntaxError(f"“{written} {token.value}” lacks quotes", token.lineno)
        if called:
            yield Token(token.lineno, "lparen", "(")
        yield token
        if called:
            yield Token(token.lineno, "rparen", ")")
        before = (before[1], before[2], token.value if token.type in {"name", "dot"} else "")


def _with_whole_headings(tokens: Iterable[Token]) -> Iterator[Token]:
    """Only where it is printed: a condition that took a forgotten == for part of a heading would
    never hold, and nobody would hear of it."""
    is_printing = False
    before = ("", "")
    heading: Token | None = None
    for token in tokens:
        if heading is not None and _is_word(token):
            heading = Token(heading.lineno, "name", f"{heading.value} {token.value}")
            continue
        if heading is not None:
            yield heading
            heading = None
        if is_printing and before == ("vars", ".") and token.type == "name":
            heading = token
        else:
            yield token
        is_printing = token.type == "variable_begin" or (
            is_printing and token.type != "variable_end"
        )
        before = (before[1], token.value if token.type in {"name", "dot"} else "")
    if heading is not None:
        yield heading


def _is_word(token: Token) -> bool:
    return token.type in _WORDS and token.value not in _OPERATORS
