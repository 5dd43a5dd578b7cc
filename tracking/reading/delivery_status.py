"""A delivery status notification's machine-readable part → its groups (RFC 3464)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracking.reading.headers import first_address
from tracking.reading.parts import Letter

STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")

_MOST_GROUPS = 100
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60})[ \t]*:[ \t]*(.*)")
_RECIPIENT_FIELDS = ("final-recipient", "original-recipient")
# Anything else is taken for "failed": servers write "failure" and "error" too, or nothing.
_NO_FAILURES = frozenset({"delayed", "delivered", "relayed", "expanded"})
# Fields that a recipient has once: seen again, they belong to the next one.
_ONCE = frozenset({"final-recipient", "action", "status"})
_IN_TEXT = re.compile(r"^(?:Final-Recipient|Original-Recipient)[ \t]*:", re.I | re.M)
_ACTION_IN_TEXT = re.compile(r"^Action[ \t]*:", re.I | re.M)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")


@dataclass(frozen=True, slots=True)
class StatusGroup:
    """What the report says of one recipient. "" for what it does not say."""

    original: str
    final: str
    action: str  # failed, or one of _NO_FAILURES
    status: str
    status_comment: str  # "(mailbox full)": some servers say it only there
    diagnostic: str

    @property
    def address(self) -> str:
        return self.original or self.final


def status_groups(letter: Letter, *, is_wrapped: bool = False) -> list[StatusGroup]:
    """In their order. Reports whose MIME got lost are read from their text; `is_wrapped`: also
    from a report that a gateway has put into a mail of its own."""
    blocks = [
        part.text()
        for part in letter.parts
        if part.type in STATUS_TYPES and (is_wrapped or not part.is_returned)
    ]
    if not blocks:
        texts = [part.text() for part in letter.own_parts("text/plain", "message/partial")]
        blocks = [text for text in texts if _IN_TEXT.search(text) and _ACTION_IN_TEXT.search(text)]
    groups = [_group(fields) for block in blocks for fields in _groups_of_fields(block)]
    return groups[:_MOST_GROUPS]


def _groups_of_fields(block: str) -> list[dict[str, str]]:
    """Blank lines part the groups, by the RFC. In real reports they also stand between the fields
    of one recipient, or are missing between two: what repeats decides then."""
    groups: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    last = ""
    for line in block.split("\n"):
        match = _FIELD.match(line)
        if line[:1] in (" ", "\t") and last:
            fields[last] = f"{fields[last]} {line.strip()}"[:2_000]
        elif match:
            name = match[1].lower()
            if name in _ONCE and name in fields:
                groups.append(fields)
                fields = {}
            last = name
            fields.setdefault(name, match[2].strip()[:2_000])
        elif not line.strip() and _is_complete(fields):
            groups.append(fields)
            fields, last = {}, ""
    groups.append(fields)
    return [group for group in groups if any(name in group for name in _RECIPIENT_FIELDS)]


def _is_complete(fields: dict[str, str]) -> bool:
    return "action" in fields and any(name in fields for name in _RECIPIENT_FIELDS)


def _group(fields: dict[str, str]) -> StatusGroup:
    status = fields.get("status", "")
    found = _STATUS.search(status)
    comment = status.partition("(")[2].rstrip(") ") if found else status
    action = re.match(r"[a-z-]*", fields.get("action", "").lower())
    return StatusGroup(
        original=first_address(fields.get("original-recipient", "")),
        final=first_address(fields.get("final-recipient", "")),
        action=action[0] if action and action[0] in _NO_FAILURES else "failed",
        status=found[0] if found else "",
        status_comment=comment,
        diagnostic=_without_type(fields.get("diagnostic-code", "")),
    )


def _without_type(value: str) -> str:
    """`smtp; 550 …` → `550 …` (RFC 3464 §2.3.6)."""
    kind, semicolon, rest = value.partition(";")
    return rest.strip() if semicolon and len(kind.split()) == 1 else value
