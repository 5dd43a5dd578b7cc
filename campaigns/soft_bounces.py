"""Mails that did not arrive this time: how many in a row, and how long to wait for the next.

A softly bounced mail is never sent again: a server had taken it, and who knows what arrived. The
next mail of the flow is the next try.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.db.models.functions import Coalesce

from campaigns.models import Message, MessageEvent

# The next mail leaves at the earliest a day later, after a second failure three days, then nine.
FIRST_WAIT = timedelta(days=1)
WAIT_FACTOR = 3
_LONGEST_WAIT = timedelta(days=30)


def wait_after(count: int) -> timedelta:
    """How long the flow waits after the `count`-th soft bounce in a row."""
    return min(FIRST_WAIT * WAIT_FACTOR ** min(count - 1, 10), _LONGEST_WAIT)


def in_a_row(message: Message) -> int:
    """How many mails to the same address, this one among them, bounced softly with no delivered
    one between them.

    In the order of sending, so that it does not matter in which order the reports come. A mail of
    which nothing bad was heard is a delivered one; one that was refused because of its sender
    says nothing. The caller holds the address, and takes `message` as bounced.
    """
    sent = (
        Message.objects.filter(lead=message.lead_id, recipient=message.recipient)
        .filter(Q(sent_at__isnull=False) | Q(pk=message.pk))
        .order_by(Coalesce("sent_at", "scheduled_at"), "pk")
        .values_list("pk", "opened_at", "clicked_at", "replied_at")
    )
    verdicts = _verdicts([pk for pk, *_ in sent]) | {message.pk: "soft"}
    row: list[int] = []
    for pk, *signs_of_life in sent:
        if pk == message.pk or (verdicts.get(pk) == "soft" and not any(signs_of_life)):
            row.append(pk)
        elif verdicts.get(pk) != "sender_problem":
            if message.pk in row:
                break
            row = []
    return len(row)


def _verdicts(message_ids: list[int]) -> dict[int, str]:
    """Message id → what its bounce said, for those that have one."""
    bounces = MessageEvent.objects.filter(
        message__in=message_ids, kind=MessageEvent.Kind.BOUNCED
    ).order_by("id")
    return {
        pk: "hard" if detail.get("hard") else detail.get("verdict", "soft")
        for pk, detail in bounces.values_list("message_id", "detail")
    }
