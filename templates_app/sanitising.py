"""From the HTML that a template rendered to the HTML that a mail carries.

The order matters. CSS is inlined first, because sanitising drops `<style>` and with it the rules;
sanitising comes last, so that nothing which a rule or a lead's data brought in escapes it. The
`@media` rules cannot be inlined: they are taken out, looked over and put into a head of our own.
"""

from __future__ import annotations

import re
from html import escape
from typing import NamedTuple

import css_inline
import nh3

from templates_app.values import RenderFailed

# css-inline recurses per nested element, about 1 kB of stack each, and overflowing the stack
# kills the whole process. Counting all elements bounds the nesting at no cost.
MAX_ELEMENTS = 2_000

_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)

_LAYOUT = frozenset({
    "align", "valign", "width", "height", "bgcolor", "class", "style", "dir", "lang", "title",
    "role",
})  # fmt: skip
_TABLE = frozenset({"border", "cellpadding", "cellspacing"})
_CELL = frozenset({"colspan", "rowspan", "nowrap", "scope"})
_TAGS = frozenset({
    "a", "abbr", "b", "big", "blockquote", "br", "center", "cite", "code", "col", "colgroup",
    "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins", "li", "main", "ol",
    "p", "pre", "q", "s", "section", "small", "span", "strike", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
})  # fmt: skip
_STYLES = frozenset({
    "background", "background-color", "background-image", "background-position",
    "background-repeat", "background-size", "border", "border-top", "border-right",
    "border-bottom", "border-left", "border-color", "border-style", "border-width",
    "border-collapse", "border-spacing", "border-radius", "border-top-color",
    "border-top-left-radius", "border-top-right-radius", "border-bottom-left-radius",
    "border-bottom-right-radius", "border-top-width", "border-bottom-width",
    "border-top-style", "border-bottom-style", "box-shadow", "box-sizing", "caption-side",
    "clear", "color", "direction", "display", "float", "font", "font-family", "font-size",
    "font-style", "font-variant", "font-weight", "height", "letter-spacing", "line-height",
    "list-style", "list-style-type", "margin", "margin-top", "margin-right", "margin-bottom",
    "margin-left", "max-height", "max-width", "min-height", "min-width", "mso-hide",
    "mso-line-height-rule", "mso-padding-alt", "mso-table-lspace", "mso-table-rspace",
    "opacity", "outline", "overflow", "padding", "padding-top", "padding-right",
    "padding-bottom", "padding-left", "table-layout", "text-align", "text-decoration",
    "text-indent", "text-transform", "vertical-align", "visibility", "white-space", "width",
    "word-break", "word-spacing", "word-wrap", "overflow-wrap", "-ms-interpolation-mode",
    "-ms-text-size-adjust", "-webkit-text-size-adjust",
})  # fmt: skip
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)


def _absolute(url: str) -> str | None:
    """A link without a scheme: sheets say "www.hotel.nl". What names no host leads nowhere."""
    if url.startswith("#"):
        return url
    bare = url.removeprefix("//")
    return f"https://{bare}" if _HOST.match(bare) else None


_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    clean_content_tags={"script", "style", "title", "noscript", "template", "iframe", "object"},
    attributes={
        "*": set(_LAYOUT),
        "a": {"href", "name", "target"},
        "img": {"src", "alt", "border"},
        "table": set(_TABLE),
        "td": set(_CELL),
        "th": set(_CELL),
        "font": {"color", "face", "size"},
        "ol": {"start", "type"},
        "col": {"span"},
    },
    url_schemes={"http", "https", "mailto", "tel", "cid"},
    url_relative=_absolute,
    filter_style_properties=set(_STYLES),
    link_rel=None,
)

# css-inline writes what it parsed in one canonical form: attributes in double quotes.
_DOCUMENT = re.compile(
    r"</head>\s*<body(?P<attributes>(?: [\w:.-]+=\"[^\"]*\")*)>(?P<body>.*)</body>", re.DOTALL
)
_STYLE_TAG = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_LANGUAGE = re.compile(r"<html[^>]* lang=\"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})?)\"")
# A rule that fetches, computes, leaves the sheet or hides its meaning behind escapes.
_UNSAFE_CSS = re.compile(r"[<\\]|url\s*\(|expression|@import|javascript:|behavior|binding", re.I)
_AT_MEDIA = re.compile(r"@media\b")
_BRACE = re.compile(r"[{}]")


class InlinedPage(NamedTuple):
    """A page with its CSS inlined, in one canonical form, not sanitised yet."""

    head: str  # all that stands before the content of the body, its tag included
    attributes: str  # of that tag
    body: str
    css: str  # the rules that cannot be inlined


def mail_document(html: str) -> str:
    """A complete, sanitised HTML document with its CSS inlined.

    Nothing is fetched or read from disk. Raises RenderFailed when the HTML cannot be a mail.
    """
    return cleaned(inlined(html))


def inlined(html: str) -> InlinedPage:
    """The first half of `mail_document`. Raises RenderFailed."""
    elements = html.count("<") - html.count("</")
    if elements > MAX_ELEMENTS:
        what = f"{elements:,} elements; a mail has at most {MAX_ELEMENTS:,}."
        raise RenderFailed("html", what, "Shorten it.")
    try:
        page = _INLINER.inline(html)
    except css_inline.InlineError as error:
        raise RenderFailed("html", f"The CSS cannot be inlined: {error}.") from error
    parts = _DOCUMENT.search(page)
    if parts is None:
        raise RenderFailed(
            "html", "It has no readable <body>.", "Leave out frames and odd attributes."
        )
    return InlinedPage(
        head=page[: parts.start("body")],
        attributes=parts["attributes"],
        body=parts["body"],
        css="".join(_media_rules(css) for css in _STYLE_TAG.findall(page)),
    )


def cleaned(page: InlinedPage) -> str:
    """The second half: the document that leaves."""
    language = _LANGUAGE.search(page.head)
    return _assemble(
        body=_CLEANER.clean(page.body),
        attributes=_clean_attributes(page.attributes),
        css=page.css,
        language=language[1] if language else "",
    )


def clean_address(attribute: str, written: str) -> str:
    """` href="…"` of a link or ` src="…"` of a picture as it stands in a sanitised page; "" where
    it is taken off. `written` is escaped for an attribute."""
    tag = "a" if attribute == "href" else "img"
    element: str = _CLEANER.clean(f'<{tag} {attribute}="{written}">')
    return element.removeprefix(f"<{tag}").removesuffix("</a>").removesuffix(">")


def clean_fragment(html: str) -> str:
    """Sanitised HTML that goes into another document, such as a signature."""
    return _CLEANER.clean(html)


def _clean_attributes(attributes: str) -> str:
    """The <body>'s own attributes, sanitised as those of a <div>: fragments have no <body>."""
    cleaned = _CLEANER.clean(f"<div{attributes}></div>") if attributes else ""
    return cleaned.removeprefix("<div").removesuffix("></div>")


def _assemble(*, body: str, attributes: str, css: str, language: str) -> str:
    html_tag = f'<html lang="{escape(language)}">' if language else "<html>"
    style = f"<style>{css}</style>" if css else ""
    return (
        f'<!DOCTYPE html>{html_tag}<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{style}</head><body{attributes}>{body}</body></html>"
    )


def _media_rules(css: str) -> str:
    """The harmless `@media { … }` blocks of a style sheet; @import, @font-face … are dropped."""
    kept = []
    position = 0
    while start := _AT_MEDIA.search(css, position):
        position = _end_of_block(css, start.end())
        rule = css[start.start() : position]
        if rule.endswith("}") and not _UNSAFE_CSS.search(rule):
            kept.append(rule)
    return "".join(kept)


def _end_of_block(css: str, start: int) -> int:
    """Where the block that opens after `start` closes again; the end if it never does."""
    depth = 0
    for brace in _BRACE.finditer(css, start):
        depth += 1 if brace[0] == "{" else -1
        if depth <= 0:
            return brace.end()
    return len(css)
