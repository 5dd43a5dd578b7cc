"""What the demo came to: the API's figures beside the mail server's, and the oracle's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mailsuite.demo.api import Api
from mailsuite.demo.journal import AcceptedMail, Entry
from mailsuite.demo.oracle import ExpectedMail, count_violations

MAILS_A_LEAD = 4
# A mail that ended so was not to be accepted, or nobody can know whether it was.
_EXCUSED = ("canceled", "unknown")
_OPEN = ("queued", "sending")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`as_json` is the contract. `unfinished` mails are neither final nor unknown."""

    leads: int
    planned: int
    sent: int
    accepted: int
    opened: int
    clicked: int
    unsubscribed: int
    canceled: int
    held: int
    unknown: int
    violations: dict[str, int]
    wall_seconds: float
    unfinished: int

    @property
    def is_good(self) -> bool:
        """Everything is final and no promise was broken."""
        unsettled = self.unfinished + self.unknown + abs(self.sent - self.accepted)
        return not unsettled and not any(self.violations.values())

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        del values["unfinished"]
        return values


def judge(api: Api, campaign_id: str, journal: Sequence[Entry], wall_seconds: float) -> Outcome:
    campaign = api.get(f"/campaigns/{campaign_id}")
    messages = api.every("/campaigns/messages", campaign_id=campaign_id, sort_by="id")
    kpis, audience = campaign["kpis"], campaign["audience"]
    violations = count_violations(journal, _expected(messages))
    # Mails that a lead was taken on for and that nobody ever planned are lost, too.
    active = audience["enrolled_count"] - audience["held_count"]
    violations["lost"] += max(0, active * MAILS_A_LEAD - len(messages))
    statuses = [message["status"] for message in messages]
    return Outcome(
        leads=audience["enrolled_count"],
        planned=kpis["total_planned"],
        sent=kpis["total_sent"],
        accepted=sum(isinstance(entry, AcceptedMail) for entry in journal),
        opened=kpis["total_opened"],
        clicked=kpis["total_clicked"],
        unsubscribed=kpis["total_unsubscribed"],
        canceled=kpis["total_canceled"],
        held=audience["held_count"],
        unknown=statuses.count("unknown"),
        violations=violations,
        wall_seconds=round(wall_seconds, 1),
        unfinished=sum(map(statuses.count, _OPEN)),
    )


def _expected(messages: Sequence[dict[str, Any]]) -> list[ExpectedMail]:
    return [
        ExpectedMail(message["email"], message["mail_number"])
        for message in messages
        if message["status"] not in _EXCUSED
    ]
