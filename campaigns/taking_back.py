"""What was counted of a message and holds no longer."""

from __future__ import annotations

from datetime import datetime

from campaigns.models import Message, MessageEvent
from campaigns.tally import Tally
from mailsuite.lib import clock


def take_failure_back(message: Message, tally: Tally) -> None:
    """It counts again if it fails again."""
    failures = message.events.filter(kind=MessageEvent.Kind.FAILED)
    failure = failures.order_by("at", "id").last()
    if failure is not None:
        _take_back(message, "failed", failure.at, tally)


def take_cancellation_back(message: Message, tally: Tally) -> None:
    """It was counted when its flow ended, or some days later where a worker still had it."""
    _take_back(message, "canceled", message.enrollment.ended_at or clock.now(), tally)


def _take_back(message: Message, counter: str, at: datetime, tally: Tally) -> None:
    day = at.astimezone(message.domain.policy.zone).date()
    tally.count(message.campaign_id, message.step_id, day, counter, -1)
