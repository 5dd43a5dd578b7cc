"""Is it a report on a delivery, and what does it say of whom?

The machine-readable report comes first (RFC 3464), then the words of the servers that send
none. Addresses that a report in prose doesn't show are taken from flufl.bounce, then from the
mail that came back: we send to one recipient a mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracking.reading.body_text import own_body
from tracking.reading.bounce_text import (
    context_of,
    is_bounce_in_prose,
    is_delay,
    is_from_daemon,
    marked_addresses,
    mentioned_addresses,
    report_of,
    returned_copy,
)
from tracking.reading.delivery_status import STATUS_TYPES, StatusGroup, status_groups
from tracking.reading.diagnosis import asks_for_confirmation, diagnose
from tracking.reading.headers import Headers, parse_headers
from tracking.reading.known_dialects import addresses_by_dialect
from tracking.reading.parts import Letter, enclosed
from tracking.reading.values import Reason, Recipient, Verdict

_LONGEST_DIAGNOSTIC = 1_000
_MOST_RECIPIENTS = 100
_MOST_MENTIONED = 5
_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    recipients: tuple[Recipient, ...]
    is_challenge: bool = False
    is_structured: bool = False  # a multipart/report with a machine-readable part (RFC 3462)

    @property
    def has_failed(self) -> bool:
        return any(recipient.action == "failed" for recipient in self.recipients)


def read_report(letter: Letter, raw: bytes) -> DeliveryReport | None:
    """None: it is no report on a delivery at all."""
    body = own_body(letter)
    report = report_of(body)
    groups = status_groups(letter, is_wrapped=is_from_daemon(letter))
    if groups:
        return _from_groups(groups, report, letter)
    subject = letter.headers.text("subject")
    is_report = (
        bool(letter.own_parts(*STATUS_TYPES))
        or is_bounce_in_prose(letter, report, subject)
        # A daemon in a language that we don't read, in a dialect that flufl.bounce knows.
        or (is_from_daemon(letter) and bool(addresses_by_dialect(raw)))
    )
    if not is_report:
        return None
    return _from_prose(letter, _failed_addresses(letter, raw, report, body), report)


def _failed_addresses(letter: Letter, raw: bytes, report: str, body: str) -> list[str]:
    """The surest source first. An address that is merely mentioned may be anybody's, so the
    one that the returned mail went to decides among several."""
    own = {*letter.headers.addresses("to"), *letter.headers.addresses("from")}
    for addresses in _sure_addresses(letter, raw, report):
        if found := [address for address in addresses if address not in own]:
            return found[:_MOST_RECIPIENTS]
    mentioned = [address for address in mentioned_addresses(report) if address not in own]
    addressed = _addressed(letter, body)
    if addressed in mentioned or not mentioned:
        return [addressed]
    return mentioned[:_MOST_MENTIONED]


def _sure_addresses(letter: Letter, raw: bytes, report: str) -> Iterator[Sequence[str]]:
    yield letter.headers.addresses("x-failed-recipients")
    yield marked_addresses(report)
    yield addresses_by_dialect(raw)


def _from_groups(groups: list[StatusGroup], report: str, letter: Letter) -> DeliveryReport:
    single = len({group.address for group in groups}) == 1
    recipients: dict[str, Recipient] = {}
    is_challenge = False
    for group in groups[:_MOST_RECIPIENTS]:
        recipient = _recipient_of(group, report if single else "", letter)
        is_challenge |= asks_for_confirmation(group.diagnostic)
        known = recipients.get(recipient.address)
        if known is None or (known.action != "failed" and recipient.action == "failed"):
            recipients[recipient.address] = recipient
    is_structured = letter.type == "multipart/report" and bool(letter.own_parts(*STATUS_TYPES))
    return DeliveryReport(tuple(recipients.values()), is_challenge, is_structured)


def _recipient_of(group: StatusGroup, report: str, letter: Letter) -> Recipient:
    said = group.diagnostic
    senders = letter.headers.addresses("to")  # where a bounce goes
    reason = diagnose(said, group.status, senders)
    if reason is Reason.OTHER or (not said and reason in (Reason.TEMPORARY, Reason.POLICY)):
        # The report's prose may say more than the diagnostic code that should. It is not asked
        # where that one says something: advice on what may be wrong stands there, too.
        said_elsewhere = " ".join((group.status_comment, _prose_about(group.address, report)))
        fuller = diagnose(f"{said} {said_elsewhere}", group.status, senders)
        if fuller not in (Reason.OTHER, Reason.EXPIRED, Reason.SYSTEM, Reason.NETWORK):
            reason = fuller
            said = said or " ".join(said_elsewhere.split())
    address = group.address or _addressed(letter)
    return _recipient(address, group.final or address, group.status, group.action, reason, said)


def _prose_about(address: str, report: str) -> str:
    return context_of(address, report, []) if report else ""


def _from_prose(letter: Letter, addresses: list[str], report: str) -> DeliveryReport:
    subject = letter.headers.text("subject")
    action = "delayed" if is_delay(report, subject) else "failed"
    recipients = []
    for address in addresses:
        others = [other for other in addresses if other != address]
        said = context_of(address, report, others) if report.strip() else subject
        reason = diagnose(said, senders=letter.headers.addresses("to"))
        if reason is Reason.OTHER and not others:
            reason = diagnose(f"{report} {subject}")
        recipients.append(_recipient(address, address, "", action, reason, said))
    return DeliveryReport(tuple(recipients), asks_for_confirmation(report))


def _recipient(
    address: str, final: str, status: str, action: str, reason: Reason, said: str
) -> Recipient:
    found = _CODE.search(said)
    # Only a failure is final: a mail that is delayed for an unknown host may yet arrive.
    verdict = Verdict.SOFT if action != "failed" and reason.verdict == "hard" else reason.verdict
    return Recipient(
        address=address,
        final_address=final,
        status=status or (found[0] if found else ""),
        action=action,
        reason=reason,
        verdict=verdict,
        diagnostic=" ".join(said.split())[:_LONGEST_DIAGNOSTIC],
    )


def _addressed(letter: Letter, body: str = "") -> str:
    """Whom the returned mail was for; "" where it doesn't come back."""
    for headers in returned_headers(letter, body):
        for name in ("x-original-to", "to"):
            if address := headers.address(name):
                return address
    return ""


def returned_headers(letter: Letter, body: str) -> list[Headers]:
    """Of the mails that this one encloses, whole or pasted below the report."""
    found = [
        enclosed(part)[0]
        for part in letter.parts
        if part.is_returned and part.type.endswith(("rfc822", "headers", "global", "partial"))
    ]
    if copy := returned_copy(body):
        lines = (line.removeprefix(">").rstrip() for line in copy.split("\n"))
        found.append(parse_headers("\n".join(lines).encode("utf-8", "replace")))
    return found
