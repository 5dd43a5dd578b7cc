"""What a campaign adds to a rendered mail: tracked links, a way out, a pixel (pure).

Works on sanitised HTML as `templates_app.sanitising` writes it: lower-case tags, attributes in
double quotes, no raw < or > inside a tag. Plain text keeps its links as they are: there a link is
read before it is followed, and nobody follows one that shows three lines of tokens.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from urllib.parse import urlsplit

from django.utils.http import MAX_URL_REDIRECT_LENGTH

OPT_OUT_QUESTION = "Wilt u geen e-mails meer van ons ontvangen?"
OPT_OUT_WORD = "Afmelden"

_LINK = re.compile(r'(<a\b[^<>]*? href=")(https?://[^"]+)"', re.IGNORECASE)
_BODY_END = "</body>"


def web_links(html: str) -> tuple[str, ...]:
    """The web addresses that the body links to and a redirect can lead to, each once."""
    found = (unescape(match[2]) for match in _LINK.finditer(html))
    return tuple(dict.fromkeys(url for url in found if _can_be_redirected_to(url)))


def with_links(html: str, replaced: Mapping[str, str]) -> str:
    """The links to the keys of `replaced` lead to its values; all others stay."""
    if not replaced:
        return html

    def swap(match: re.Match[str]) -> str:
        url = replaced.get(unescape(match[2]))
        return match[0] if url is None else f'{match[1]}{escape(url)}"'

    return _LINK.sub(swap, html)


def html_with_opt_out(html: str, url: str) -> str:
    """A visible way out below the body, unless the template has placed the link itself."""
    link = escape(url)
    if f' href="{link}"' in html:
        return html
    return _at_the_end(
        html,
        '<p style="margin:24px 0 0;padding:0;font-size:12px;line-height:18px;color:#666666">'
        f'{OPT_OUT_QUESTION} <a href="{link}" '
        f'style="color:#666666;text-decoration:underline">{OPT_OUT_WORD}</a></p>',
    )


def text_with_opt_out(text: str, url: str) -> str:
    if url in text:
        return text
    return f"{text}\n\n{OPT_OUT_QUESTION} {OPT_OUT_WORD}:\n{url}".lstrip()


def html_with_pixel(html: str, url: str) -> str:
    """At the very end: a mail client that cuts a long mail short cuts it off, and an open is
    missed rather than the text pushed down."""
    return _at_the_end(
        html,
        f'<img src="{escape(url)}" width="1" height="1" alt="" style="display:block;border:0">',
    )


def _at_the_end(html: str, addition: str) -> str:
    body, end, rest = html.rpartition(_BODY_END)
    return f"{body}{addition}{end}{rest}" if end else html + addition


@lru_cache(maxsize=1024)
def _can_be_redirected_to(url: str) -> bool:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return False
    return bool(host) and url.isprintable() and len(url) <= MAX_URL_REDIRECT_LENGTH
