"""The end of a lead's way through a flow, before the flow's own end."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from django.db import connection, transaction

from campaigns.figures import count_canceled
from campaigns.models import Enrollment, Message, SendingDomain
from campaigns.querysets import EnrollmentQuerySet


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
    cancel_queued("enrollment_id", ids, at)
    return len(ids)


def cancel_queued(column: Literal["id", "enrollment_id"], ids: Sequence[int], at: datetime) -> int:
    """Cancel the queued ones among these messages, or the messages of these enrollments.

    Within a transaction, with the enrollments locked. One statement, however many there are,
    locking in one order.
    """
    table = Message._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH queued AS (SELECT id FROM {table} "  # noqa: S608
            f"WHERE {column} = ANY(%s) AND status = 'queued' ORDER BY id FOR NO KEY UPDATE), "
            f"canceled AS (UPDATE {table} AS message SET status = 'canceled' "
            "FROM queued WHERE message.id = queued.id "
            "RETURNING message.campaign_id, message.step_id, message.domain_id) "
            "SELECT campaign_id, step_id, domain_id, count(*) FROM canceled GROUP BY 1, 2, 3",
            [list(ids)],
        )
        groups: list[tuple[int, int, int, int]] = cursor.fetchall()
    if groups:
        _account_for(groups, at)
    return sum(count for *_, count in groups)


def _account_for(groups: Sequence[tuple[int, int, int, int]], at: datetime) -> None:
    """Give the slots back and move the figures, for rows of campaign, step, domain and count."""
    domain_ids = {domain_id for _, _, domain_id, _ in groups}
    domains = SendingDomain.objects.select_related("policy").in_bulk(domain_ids)
    SendingDomain.objects.filter(pk__in=domain_ids).update(needs_replanning=True)
    by_day: defaultdict[tuple[int, date], Counter[int]] = defaultdict(Counter)
    for campaign_id, step_id, domain_id, count in groups:
        day = at.astimezone(domains[domain_id].policy.zone).date()
        by_day[campaign_id, day][step_id] += count
    for campaign_id, day in sorted(by_day):
        count_canceled(campaign_id, by_day[campaign_id, day], day)
