"""The head of an answer (pure): what hangs it below the mail that it answers (RFC 5322 §3.6)."""

from __future__ import annotations

import re
from collections.abc import Iterable

# As mail programs say "Re:" in the languages that answer us; "Re[2]:" is one too.
_MARKS = re.compile(
    r"^(?:\s*(?:re|aw|antw|antwoord|sv|rép|ré|vs|odp|betr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_LONGEST_SUBJECT = 450
# Printable ASCII without blanks and brackets: what may stand between < and > in a header.
_ID = re.compile(r"[!-;=?-~]{3,254}")
# As many as fit a header that servers take; the first one and the last ones say what belongs where.
_MOST_IDS = 20


def subject_of_answer(subject: str, otherwise: str) -> str:
    """ "Re: " and the subject, however often and in whatever language it was marked before;
    `otherwise` is for a mail without one."""
    bare = _bare(subject) or _bare(otherwise)
    return f"Re: {bare}"[:_LONGEST_SUBJECT].strip()


def thread_ids(before: Iterable[str], answered: str) -> tuple[str, tuple[str, ...]]:
    """In-Reply-To and References: all mails before in order of time, the answered one last.

    Ids of strangers that cannot stand in a header are left out; In-Reply-To is then the last one
    that can ("" where there is none).
    """
    ids = [one for one in dict.fromkeys(before) if one != answered] + [answered]
    usable = [one for one in ids if _ID.fullmatch(one)]
    if len(usable) > _MOST_IDS:
        usable = [usable[0], *usable[1 - _MOST_IDS :]]
    return (usable[-1] if usable else ""), tuple(usable)


def _bare(subject: str) -> str:
    return _MARKS.sub("", " ".join(_CONTROLS.sub(" ", subject).split())).strip()
