"""What the demo came to: the API's figures beside the mail server's, and the oracle's verdict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mailsuite.demo.api import Api
from mailsuite.demo.journal import (
    ASKED_TO_STOP,
    AWAY,
    BOUNCED,
    BOUNCED_SOFTLY,
    COMPLAINED,
    OPTED_OUT,
    REPLIED,
    AcceptedMail,
    Entry,
    Reaction,
    Resumption,
)
from mailsuite.demo.oracle import ExpectedMail, count_violations, expected_mails
from mailsuite.demo.set_up import Launched

_OPEN = ("queued", "sending")
# What has to move which figure of mailsuite's.
_COUNTED_AS = {
    "replied": (REPLIED, ASKED_TO_STOP),
    "unsubscribed": (OPTED_OUT, ASKED_TO_STOP),
    "bounced": (BOUNCED,),
    "complained": (COMPLAINED,),
}
_CONTRACT = (
    "leads", "planned", "sent", "accepted", "opened", "clicked", "unsubscribed", "canceled",
    "held", "unknown", "violations", "wall_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """`as_json` is the contract. `unfinished` mails are neither final nor unknown; `resumed`
    counts how often a person let a domain go on that had paused itself; `miscounted` is by how
    much mailsuite's figures of what came back differ from the journal; `unmatched` mails were tied
    to none of its own."""

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
    replied: int
    bounced: int
    bounced_softly: int
    complained: int
    away: int
    resumed: int
    miscounted: dict[str, int]
    unmatched: int

    @property
    def is_good(self) -> bool:
        """Mails went out, everything is final, no promise was broken, and what came back was
        understood."""
        unsettled = self.unfinished + self.unknown + abs(self.sent - self.accepted)
        wrong = any(self.violations.values()) or any(self.miscounted.values()) or self.unmatched
        return self.accepted > 0 and not unsettled and not wrong

    def as_json(self) -> dict[str, Any]:
        values = asdict(self)
        return {name: values[name] for name in _CONTRACT}


def judge(api: Api, launched: Launched, journal: Sequence[Entry], wall_seconds: float) -> Outcome:
    """What came of the campaign. Which mails there had to be, the oracle decides; of mailsuite's
    word it takes one thing, which mails are unknown, and no demo with one of those is good."""
    campaign = api.get(f"/campaigns/{launched.campaign_id}")
    messages = api.every("/campaigns/messages", campaign_id=launched.campaign_id, sort_by="id")
    kpis, audience = campaign["kpis"], campaign["audience"]
    unknown = {
        ExpectedMail(message["email"], message["mail_number"])
        for message in messages
        if message["status"] == "unknown"
    }
    expected = expected_mails(launched.recipients, journal) - unknown
    statuses = [message["status"] for message in messages]
    told = Counter(entry.kind for entry in journal if isinstance(entry, Reaction))
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
        violations=count_violations(journal, expected),
        wall_seconds=round(wall_seconds, 1),
        unfinished=sum(map(statuses.count, _OPEN)),
        replied=kpis["total_replied"],
        bounced=kpis["total_bounced"],
        bounced_softly=told[BOUNCED_SOFTLY],
        complained=kpis["total_complained"],
        away=told[AWAY],
        resumed=sum(isinstance(entry, Resumption) for entry in journal),
        miscounted=_miscounted(kpis, journal),
        unmatched=len(api.every("/inbox/unmatched")),
    )


def _miscounted(kpis: Mapping[str, int], journal: Sequence[Entry]) -> dict[str, int]:
    """Each figure of what came back: how many mails mailsuite counts too many, or too few (below
    0). Both count mails: a second answer to one is none more."""
    mails: defaultdict[str, set[str]] = defaultdict(set)
    for entry in journal:
        if isinstance(entry, Reaction):
            mails[entry.kind].add(entry.message_id)
    return {
        name: kpis[f"total_{name}"] - len(set().union(*(mails[kind] for kind in kinds)))
        for name, kinds in _COUNTED_AS.items()
    }
