"""The demo's figures, put together from the API's answers and the journal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from mailsuite.demo.api import Api
from mailsuite.demo.journal import (
    ASKED_TO_STOP,
    AWAY,
    BOUNCED,
    COMPLAINED,
    OPTED_OUT,
    REPLIED,
    AcceptedMail,
    Entry,
    Reaction,
    Resumption,
)
from mailsuite.demo.outcome import Outcome, judge
from mailsuite.demo.set_up import Launched

ZOE = "zoe@cafe-rene.example"
LAUNCHED = Launched("1", frozenset({ZOE}))
AT = datetime(2026, 3, 23, 7, tzinfo=UTC)
KPIS = {
    "total_planned": 4,
    "total_opened": 1,
    "total_clicked": 0,
    "total_canceled": 3,
}
# By what Zoe does, the figures that count it.
COUNTED = {
    OPTED_OUT: {"unsubscribed"},
    ASKED_TO_STOP: {"replied", "unsubscribed"},
    REPLIED: {"replied"},
    BOUNCED: {"bounced"},
    COMPLAINED: {"complained"},
}
FIGURES = ("replied", "unsubscribed", "bounced", "complained")
MAIL = AcceptedMail(AT, "m", "m", 1, ZOE, "seo.example", "Hoi")
OPT_OUT = Reaction(AT, OPTED_OUT, "m", ZOE, "seo.example")


class Answers(Api):
    """An API that has been asked already."""

    def __init__(
        self,
        *statuses: str,
        held: int,
        sent: int,
        counted: Collection[str] = (),
        unmatched: int = 0,
    ) -> None:
        self.statuses, self.held, self.sent = statuses, held, sent
        self.counted, self.unmatched = counted, unmatched

    def get(self, path: str, **query: str | int) -> Any:
        audience = {"enrolled_count": 1 + self.held, "held_count": self.held}
        came_back = {f"total_{name}": int(name in self.counted) for name in FIGURES}
        return {"kpis": {**KPIS, **came_back, "total_sent": self.sent}, "audience": audience}

    def every(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        if path == "/inbox/unmatched":
            return [{}] * self.unmatched
        return [
            {"email": ZOE, "mail_number": number, "status": status}
            for number, status in enumerate(self.statuses, start=1)
        ]


def outcome(
    *statuses: str,
    journal: Sequence[Entry],
    held: int = 0,
    counted: Collection[str] | None = None,
    unmatched: int = 0,
) -> Outcome:
    """`statuses` are those that mailsuite claims of Zoe's four mails, `counted` the figures that
    it has moved by one; None: those that it ought to."""
    sent = sum(isinstance(entry, AcceptedMail) for entry in journal)
    if counted is None:
        done = [COUNTED.get(entry.kind, ()) for entry in journal if isinstance(entry, Reaction)]
        counted = {name for names in done for name in names}
    api = Answers(*statuses, held=held, sent=sent, counted=counted, unmatched=unmatched)
    return judge(api, LAUNCHED, journal, 1.234)


def test_the_json_has_the_agreed_figures_and_no_more():
    statuses = ("sent", "canceled", "canceled", "canceled")
    result = outcome(*statuses, journal=[MAIL, OPT_OUT], held=2)
    assert result.is_good
    assert result.as_json() == {
        "leads": 3,
        "planned": 4,
        "sent": 1,
        "accepted": 1,
        "opened": 1,
        "clicked": 0,
        "unsubscribed": 1,
        "canceled": 3,
        "held": 2,
        "unknown": 0,
        "violations": dict.fromkeys(
            ["duplicate", "lost", "interval", "cap", "window", "order", "offset", "after_stop"], 0
        ),
        "wall_seconds": 1.2,
    }


@pytest.mark.parametrize(
    ("statuses", "lost"),
    [
        (("sent", "sent", "sent", "sent"), 3),  # the server has the first only
        (("sent", "failed", "failed", "failed"), 3),
        (("sent", "queued", "queued", "queued"), 3),
        (("sent", "canceled", "canceled", "canceled"), 3),  # and nobody had opted out
        (("sent",), 3),  # the rest was never planned
        (("sent", "unknown", "unknown", "unknown"), 0),
    ],
)
def test_a_demo_is_not_good_with_a_mail_that_nobody_got(statuses: tuple[str, ...], lost: int):
    result = outcome(*statuses, journal=[MAIL])
    assert result.violations["lost"] == lost
    assert not result.is_good


@pytest.mark.parametrize("kind", [REPLIED, ASKED_TO_STOP, BOUNCED, COMPLAINED])
def test_a_demo_is_not_good_that_goes_on_writing_after_a_no(kind: str):
    said = Reaction(AT, kind, "m", ZOE, "seo.example")
    too_much = AcceptedMail(AT + timedelta(days=3), "n", "n", 2, ZOE, "seo.example", "Hoi")
    statuses = ("sent", "sent", "canceled", "canceled")
    result = outcome(*statuses, journal=[MAIL, said, too_much])
    assert {kind for kind, count in result.violations.items() if count} == {"after_stop"}
    assert not result.is_good
    assert outcome("sent", *["canceled"] * 3, journal=[MAIL, said]).is_good


@pytest.mark.parametrize("kind", COUNTED)
def test_a_demo_is_not_good_that_stops_and_counts_nothing(kind: str):
    said = Reaction(AT, kind, "m", ZOE, "seo.example")
    statuses = ("sent", "canceled", "canceled", "canceled")
    assert outcome(*statuses, journal=[MAIL, said, said]).is_good
    result = outcome(*statuses, journal=[MAIL, said], counted=())
    assert {name for name, by in result.miscounted.items() if by == -1} == COUNTED[kind]
    assert not result.is_good


def test_nor_is_one_that_counts_what_nobody_did_or_knows_a_mail_no_place():
    statuses = ("sent", "canceled", "canceled", "canceled")
    result = outcome(*statuses, journal=[MAIL, OPT_OUT], counted=("unsubscribed", "complained"))
    assert result.miscounted == {"replied": 0, "unsubscribed": 0, "bounced": 0, "complained": 1}
    assert not result.is_good
    assert not outcome(*statuses, journal=[MAIL, OPT_OUT], unmatched=1).is_good


def test_what_came_back_is_counted_beside_the_contract():
    away = Reaction(AT, AWAY, "m", ZOE, "seo.example", date(2026, 4, 2))
    resumed = Resumption(AT, "seo.example", "Too many complaints.")
    result = outcome("sent", journal=[MAIL, away, resumed])
    assert (result.away, result.bounced_softly, result.resumed) == (1, 0, 1)


@pytest.mark.parametrize("statuses", [("canceled",) * 4, ()])
def test_a_demo_that_sent_nothing_is_not_good(statuses: tuple[str, ...]):
    result = outcome(*statuses, journal=[])
    assert (result.accepted, result.violations["lost"]) == (0, 4)
    assert not result.is_good


def test_holding_everybody_back_is_losing_them():
    nobody = Launched("1", frozenset())
    assert not judge(Answers(held=1, sent=0), nobody, [], 1).is_good
    assert judge(Answers(held=1, sent=0), LAUNCHED, [], 1).violations["lost"] == 4
