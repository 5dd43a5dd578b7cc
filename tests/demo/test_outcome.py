"""The demo's figures, put together from the API's answers and the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mailsuite.demo.api import Api
from mailsuite.demo.journal import AcceptedMail
from mailsuite.demo.outcome import Outcome, judge

ZOE = "zoe@cafe-rene.example"
KPIS = {
    "total_planned": 4,
    "total_sent": 1,
    "total_opened": 1,
    "total_clicked": 0,
    "total_unsubscribed": 1,
    "total_canceled": 3,
}
MAIL = AcceptedMail(datetime(2026, 3, 23, 7, tzinfo=UTC), "m", "m", 1, ZOE, "seo.example", "Hoi")


class Answers(Api):
    """An API that has been asked already."""

    def __init__(self, *statuses: str, held: int = 0) -> None:
        self.statuses, self.held = statuses, held

    def get(self, path: str, **query: str | int) -> Any:
        audience = {"enrolled_count": 1 + self.held, "held_count": self.held}
        return {"kpis": KPIS, "audience": audience}

    def every(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        return [
            {"email": ZOE, "mail_number": number, "status": status}
            for number, status in enumerate(self.statuses, start=1)
        ]


def outcome(*statuses: str, held: int = 0) -> Outcome:
    return judge(Answers(*statuses, held=held), "1", [MAIL], 1.234)


def test_the_json_has_the_agreed_figures_and_no_more():
    result = outcome("sent", "canceled", "canceled", "canceled", held=2)
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
        (("sent", "sent", "canceled", "canceled"), 1),  # the server has no second mail
        (("sent", "failed", "canceled", "canceled"), 1),
        (("sent", "queued", "canceled", "canceled"), 1),
        (("sent", "canceled", "canceled"), 1),  # the fourth was never planned
        (("sent", "unknown", "canceled", "canceled"), 0),
    ],
)
def test_a_demo_is_not_good_with_a_mail_that_nobody_got(statuses: tuple[str, ...], lost: int):
    result = outcome(*statuses)
    assert result.violations["lost"] == lost
    assert not result.is_good
