"""The end of a lead's way through a flow, before the flow's own end."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction

from campaigns.figures import count_canceled
from campaigns.models import Enrollment, Message, SendingDomain
from campaigns.querysets import EnrollmentQuerySet, MessageQuerySet


@transaction.atomic
def end_enrollments(
    enrollments: EnrollmentQuerySet, reason: Enrollment.EndReason, at: datetime
) -> int:
    """End those of `enrollments` that are active or held; answer how many.

    Their queued messages are canceled, counted, and their slots given back at the next
    planning. A message that is being sent is not touched: its gate reads the enrollment
    under lock, so it has passed before this commits or it never will.
    """
    open_ones = enrollments.filter(
        status__in=[Enrollment.Status.ACTIVE, Enrollment.Status.HELD]
    ).order_by("pk")
    ids = list(open_ones.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    if not ids:
        return 0
    Enrollment.objects.filter(pk__in=ids).update(
        status=Enrollment.Status.ENDED, end_reason=reason, ended_at=at
    )
    cancel_messages(Message.objects.filter(enrollment__in=ids), at)
    return len(ids)


def cancel_messages(messages: MessageQuerySet, at: datetime) -> int:
    """Cancel the queued ones of a queryset of messages. Within a transaction."""
    queued = list(
        messages.queued()
        .select_related("domain__policy")
        .select_for_update(no_key=True, of=("self",))
        .order_by("pk")
    )
    if not queued:
        return 0
    Message.objects.filter(pk__in=[message.pk for message in queued]).update(
        status=Message.Status.CANCELED
    )
    SendingDomain.objects.filter(pk__in={message.domain_id for message in queued}).update(
        needs_replanning=True
    )
    _count(queued, at)
    return len(queued)


def _count(messages: list[Message], at: datetime) -> None:
    by_campaign_and_day: dict[tuple[int, date], dict[int, int]] = defaultdict(
        lambda: defaultdict(int)
    )
    for message in messages:
        day = at.astimezone(message.domain.policy.zone).date()
        by_campaign_and_day[message.campaign_id, day][message.step_id] += 1
    for campaign_id, day in sorted(by_campaign_and_day):
        count_canceled(campaign_id, by_campaign_and_day[campaign_id, day], day)
