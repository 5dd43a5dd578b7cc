"""A mail as it came, for people to look at: what stood below the answer, its HTML made harmless.

Read from the raw mail, which is kept for a set time (INBOUND_RAW_DAYS) only.
"""

from __future__ import annotations

from dataclasses import dataclass

import nh3
from django.db.models import BinaryField, F, Func

from tracking.models import InboundMail
from tracking.reading.body_text import own_body
from tracking.reading.parts import Letter, Part, parse_letter

# The reader looks no further either.
_MOST_BYTES = 1_000_000
_LONGEST_HTML = 200_000
_MOST_NAMES = 20

# Words and their order, nothing that loads, leads somewhere, runs or hides.
_CLEANER = nh3.Cleaner(
    tags={
        "b", "big", "blockquote", "br", "center", "code", "dd", "del", "div", "dl", "dt", "em",
        "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "q", "s",
        "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th",
        "thead", "tr", "u", "ul",
    },
    clean_content_tags={
        "script", "style", "title", "noscript", "template", "iframe", "object", "svg", "math",
        "textarea", "select",
    },
    attributes={"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
    url_schemes=set(),
    link_rel=None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Original:
    """`below`: what the mail says beneath the writer's own words, quotes and signature. `html`
    is sanitised and may still be long; "" where the mail has none."""

    below: str = ""
    html: str = ""
    reply_to: str = ""
    attachments: tuple[str, ...] = ()


def original_of(inbound: InboundMail) -> Original:
    """Empty where the raw mail is gone, or there was none."""
    beginning = (
        InboundMail.objects.filter(pk=inbound.pk, raw__isnull=False)
        .values_list(_Beginning(F("raw")), flat=True)
        .first()
    )
    if beginning is None:
        return Original()
    letter = parse_letter(bytes(beginning))
    return Original(
        below=below(inbound.text, own_body(letter)),
        html=_safe_html(letter),
        reply_to=letter.headers.address("reply-to"),
        attachments=tuple(filter(None, map(_file_name, letter.parts)))[:_MOST_NAMES],
    )


def below(own: str, whole: str) -> str:
    """What follows `own` in `whole`; all of `whole` where the own words stand between quotes."""
    lines = whole.split("\n")
    at = 0
    for wanted in filter(None, map(_bare, own.split("\n"))):
        while at < len(lines) and not _bare(lines[at]):
            at += 1
        if at == len(lines) or _bare(lines[at]) != wanted:
            return whole.strip()
        at += 1
    return "\n".join(lines[at:]).strip()


class _Beginning(Func):
    """Of 50 MB as much as is looked at."""

    template = f"substring(%(expressions)s from 1 for {_MOST_BYTES})"
    output_field = BinaryField()


def _bare(line: str) -> str:
    # The reader cuts lines at 1,000 characters, and gaps between words differ by the way.
    return "".join(line.split())[:500]


def _safe_html(letter: Letter) -> str:
    pages = [part.text() for part in letter.own_parts("text/html")]
    cleaned: str = _CLEANER.clean("\n<hr>\n".join(pages)[:_LONGEST_HTML]) if pages else ""
    return cleaned.strip()


def _file_name(part: Part) -> str:
    if part.is_returned or part.headers.get("content-disposition")[:10].lower() != "attachment":
        return ""
    return part.parameters.get("name") or part.type
