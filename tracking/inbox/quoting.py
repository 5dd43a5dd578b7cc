"""The mail that is answered, as it stands below the answer (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

_MOST_CHARACTERS = 10_000
_MOST_LINES = 300
_CUT = "[…]"
# Words of a stranger: what turns the direction of text hides what stands behind it.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_SEPARATORS = re.compile(r"[,<>\"]")


@dataclass(frozen=True, slots=True)
class Quote:
    """`introduction` is one line. `lines` are without marks; mail programs fold both away."""

    introduction: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        # No blank behind the mark of a line that is a quote itself (RFC 3676 §4.5).
        marked = (f">{line}" if line[:1] in ("", ">") else f"> {line}" for line in self.lines)
        return "\n".join([self.introduction, *marked])

    @property
    def html(self) -> SafeString:
        return format_html(
            '<p>{}</p><blockquote type="cite">{}</blockquote>',
            self.introduction,
            format_html_join(SafeString("<br>"), "{}", ((line,) for line in self.lines)),
        )


def quoted(words: str, *, name: str, address: str, written_at: datetime) -> Quote | None:
    """`words` of whoever has this name ("" where it is unknown) and address; None without words.

    `written_at` in the zone that it is to be shown in. The introduction is in no language, as Gmail
    has it in some: nobody knows which one each of the readers speaks.
    """
    lines = _lines(words)
    if not lines:
        return None
    bare = " ".join(_SEPARATORS.sub(" ", _CONTROLS.sub(" ", name)).split())[:100]
    who = f"{bare} <{address}>" if bare else f"<{address}>"
    return Quote(f"{written_at:%Y-%m-%d %H:%M}, {who}:", lines)


def _lines(words: str) -> tuple[str, ...]:
    kept = words.replace("\r\n", "\n").replace("\r", "\n")[:_MOST_CHARACTERS]
    lines = [_CONTROLS.sub("", line).rstrip() for line in kept.strip("\n").split("\n")]
    is_whole = len(kept) < _MOST_CHARACTERS and len(lines) <= _MOST_LINES
    lines = lines if is_whole else [*lines[:_MOST_LINES], _CUT]
    return tuple(lines) if any(lines) else ()
