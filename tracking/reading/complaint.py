"""Feedback reports: somebody pressed "spam" (RFC 5965), or a provider says so in older ways."""

from __future__ import annotations

import re

from tracking.reading.headers import Headers, first_address, parse_headers
from tracking.reading.parts import Letter
from tracking.reading.values import Complaint

# The types by which a person says no (RFC 5965 §7.3, RFC 6449). "auth-failure" (RFC 6591) is a
# report on DKIM or SPF, "not-spam" the opposite, "virus" and "fraud" are no opt-out.
SAYS_NO = frozenset({"abuse", "opt-out", "opt-out-list"})

# Microsoft's Junk Mail Reporting: the mail enclosed as it was, with one header on top.
_MICROSOFT_HEADER = "x-hmxmroriginalrecipient"
_OTHER_HEADERS = ("x-original-rcpt-to", "x-original-to", "x-rcpt-to", "delivered-to", "to")
_FROM_FEEDBACK = re.compile(r"^(?:staff@hotmail\.com|scomp@aol\.net|feedback@|complaints?@|fbl@)")
_SUBJECT = re.compile(r"\bcomplaint about message from\b|\babuse report\b|\bfeedback loop\b", re.I)
_REPORT_TYPE = "message/feedback-report"


def read_complaint(letter: Letter, returned: list[Headers]) -> Complaint | None:
    """A report of any type; whether it says no is for `SAYS_NO`."""
    for part in letter.own_parts(_REPORT_TYPE):
        fields = parse_headers(part.content()[:20_000])
        return Complaint(
            feedback_type=fields.get("feedback-type").strip().lower() or "abuse",
            original_recipient=_recipient(fields, returned),
            original_sender=first_address(fields.get("original-mail-from")),
        )
    hidden = next((h for h in returned if h.has(_MICROSOFT_HEADER)), None)
    headers = letter.headers
    titled = _SUBJECT.search(headers.text("subject"))
    if hidden or (titled and _FROM_FEEDBACK.match(headers.address("from")) and returned):
        return Complaint("abuse", _recipient(Headers(), returned), "")
    return None


def _recipient(fields: Headers, returned: list[Headers]) -> str:
    for name in ("original-rcpt-to", "removal-recipient"):
        if address := first_address(fields.get(name)):
            return address
    for enclosed in returned:
        for name in (_MICROSOFT_HEADER, *_OTHER_HEADERS):
            if address := enclosed.address(name):
                return address
    return ""
