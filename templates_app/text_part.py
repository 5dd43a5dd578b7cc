"""The text part of a mail: what somebody reads who sees no HTML."""

from __future__ import annotations

import re

import inscriptis
from inscriptis.model.config import ParserConfig

from templates_app.values import RenderFailed

_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_ENDS = re.compile(r"[ \t\xa0]+$", re.MULTILINE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Stands for "&" on its way through inscriptis, which unescapes what the parser has unescaped
# already, and once more per table: "?a=1&copy=2" would end up as "?a=1©=2". No character.
_AMPERSAND = "\ufdd0"


def _options() -> ParserConfig:
    """Links with their addresses; everything at the left. Text that is centred below a long line
    would start behind a hundred blanks."""
    options = ParserConfig(display_links=True)
    handlers = options.attribute_handler.attribute_mapping
    options.attribute_handler.attribute_mapping = {
        name: handler for name, handler in handlers.items() if name != "align"
    }
    return options


_OPTIONS = _options()


def text_from_html(html: str) -> str:
    """Readable plain text of sanitised HTML; links as "[word](address)". Raises RenderFailed."""
    return tidy(laid_out(html))


def laid_out(html: str) -> str:
    """The same as it comes from inscriptis, each cell with its blanks around it."""
    try:
        text: str = inscriptis.get_text(html.replace("&amp;", _AMPERSAND), _OPTIONS)
    except RecursionError as error:
        raise RenderFailed("html", "Nested too deep for a text part.", "Simplify it.") from error
    return text.replace(_AMPERSAND, "&")


def tidy(text: str) -> str:
    """No trailing blanks, no gaps of several lines, no control characters but line ends."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _BLANK_LINES.sub("\n\n", _LINE_ENDS.sub("", text)).strip()
