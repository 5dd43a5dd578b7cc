"""The text that a mail itself says: its own parts, plain before HTML, without what it returns."""

from __future__ import annotations

import html
import re

from tracking.reading.our_mail import OUR_LINK
from tracking.reading.parts import Letter, Part

_MOST_CHARACTERS = 100_000

_UNSEEN = (("<!--", "-->"), ("<head", "</head>"), ("<style", "</style>"), ("<script", "</script>"))
_QUOTED_FROM = re.compile(
    r"<blockquote\b"
    r"|<[a-z]+\b[^<>]{0,300}\b(?:class|id)\s*=\s*[\"']?(?:gmail_quote|gmail_attr|divRplyFwdMsg"
    r"|appendonsend|moz-cite-prefix|yahoo_quoted|OLK_SRC_BODY|x_divRplyFwdMsg)"
    r"|<div\b[^<>]{0,100}border-top\s*:\s*solid\s+#(?:E1E1E1|B5C4DF)",
    re.I,
)
_LINE_END = re.compile(
    r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/table|/blockquote|hr)\b[^<>]{0,500}>", re.I
)
# Kept where all other links go: it tells whose mail the words around it are from.
_TAG_WITH_OUR_LINK = re.compile(rf"<a\b[^<>]{{0,700}}?({OUR_LINK})", re.I)
_TAG = re.compile(rf"<a\b[^<>]{{0,500}}?href\s*=\s*[\"']?([^<>\s\"']{{0,500}}?{OUR_LINK})", re.I)
_TAG = re.compile(r"<[a-z/!?][^<>]{0,3000}>", re.I)
_SPACES = re.compile(r"[ \t\xa0\u200b\u2007\u202f]+")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def own_body(letter: Letter) -> str:
    """All plain text of the mail's own parts, else its HTML as text; enclosed mails left out."""
    plain = [part.text() for part in letter.own_parts("text/plain") if not _is_attachment(part)]
    text = "\n\n".join(piece for piece in plain if piece.strip())
    if not text.strip():
        text = "\n\n".join(text_of_html(part.text()) for part in letter.own_parts("text/html"))
    return text[:_MOST_CHARACTERS]


def own_body_unquoted(letter: Letter) -> str:
    """The same for a reply: of HTML only what stands before the quoted mail."""
    body = own_body(letter)
    if any(part.text().strip() for part in letter.own_parts("text/plain")):
        return body
    pages = [part.text() for part in letter.own_parts("text/html")]
    written = "\n\n".join(text_of_html(_before_quote(page)) for page in pages)
    return written if written.strip() else body


def text_of_html(page: str) -> str:
    """Own code, as a parser's time and depth are in the hands of who wrote the page."""
    for opening, closing in _UNSEEN:
        page = _without(page, opening, closing)
    page = page.replace("\n", " ")
    page = _TAG_WITH_OUR_LINK.sub(r" \1 <a", page)
    page = _TAG.sub(" ", _LINE_END.sub("\n", page))
    lines = (_SPACES.sub(" ", line).strip() for line in html.unescape(page).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _without(page: str, opening: str, closing: str) -> str:
    """Searched by hand: a pattern would look for the end of each opening that has none."""
    lower = page.lower()
    kept, at = [], 0
    while (begin := lower.find(opening, at)) >= 0:
        end = lower.find(closing, begin)
        if end < 0:
            break
        kept.append(page[at:begin])
        at = end + len(closing)
    return "".join([*kept, page[at:]])


def _before_quote(page: str) -> str:
    found = _QUOTED_FROM.search(page)
    return page[: found.start()] if found else page


def _is_attachment(part: Part) -> bool:
    disposition = part.headers.get("content-disposition").strip().lower()
    return disposition.startswith("attachment")
