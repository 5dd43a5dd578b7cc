"""The end of a lead's way through a flow, before the flow's own end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from django.db import connection, transaction

from campaigns.models import Enrollment, Message, SendingDomain
from campaigns.querysets import EnrollmentQuerySet
from campaigns.tally import Tally

_Reason = Enrollment.EndReason
# Why a mail is canceled, by the end of its lead's flow.
_REASONS = {
    _Reason.REPLIED: "the lead replied",
    _Reason.COMPANY_REPLIED: "the lead's colleague replied",
    _Reason.UNSUBSCRIBED: "the lead opted out",
    _Reason.BOUNCED: "a mail to the lead's address bounced",
    _Reason.COMPLAINED: "the lead complained",
    _Reason.SUPPRESSED: "the address is suppressed",
    _Reason.STOPPED: "the lead was stopped",
    _Reason.DELETED: "the lead was deleted",
    _Reason.FAILED: "a mail before it could not be sent",
    _Reason.CAMPAIGN_STOPPED: "the campaign was stopped",
}


@transaction.atomic
def end_enrollments(
    enrollments: EnrollmentQuerySet,
    reason: Enrollment.EndReason,
    at: datetime,
    *,
    tally: Tally | None = None,
) -> int:
    """End those of `enrollments` that are active or held; answer how many.

    Their queued messages are canceled, counted, and their slots given back at the next
    planning. A message that is being sent is not touched: its gate reads the enrollment
    under lock, so it has passed before this commits or it never will. Whoever does more in
    the same transaction hands in a `tally` and writes it at the end.
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
    cancel_queued("enrollment_id", ids, at, tally=tally)
    return len(ids)


def cancel_queued(
    column: Literal["id", "enrollment_id"],
    ids: Sequence[int],
    at: datetime,
    *,
    tally: Tally | None = None,
) -> int:
    """Cancel the queued ones among these messages, or the messages of these enrollments; their
    `error` says why.

    Within a transaction, with the enrollments locked. One statement, however many there are,
    locking in one order.
    """
    table, enrollments = Message._meta.db_table, Enrollment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH queued AS (SELECT id FROM {table} "  # noqa: S608
            f"WHERE {column} = ANY(%s) AND status = 'queued' ORDER BY id FOR NO KEY UPDATE), "
            f"canceled AS (UPDATE {table} AS message SET status = 'canceled', "
            "error = coalesce(%s::jsonb ->> enrollment.end_reason, message.error) "
            f"FROM queued, {enrollments} AS enrollment "
            "WHERE message.id = queued.id AND enrollment.id = message.enrollment_id "
            "RETURNING message.campaign_id, message.step_id, message.domain_id) "
            "SELECT campaign_id, step_id, domain_id, count(*) FROM canceled GROUP BY 1, 2, 3",
            [list(ids), json.dumps(_REASONS)],
        )
        groups: list[tuple[int, int, int, int]] = cursor.fetchall()
    own = Tally()
    _account_for(groups, at, tally or own)
    own.write()
    return sum(count for *_, count in groups)


def _account_for(groups: Sequence[tuple[int, int, int, int]], at: datetime, tally: Tally) -> None:
    """Give the slots back and count, for rows of campaign, step, domain and how many."""
    domain_ids = {domain_id for _, _, domain_id, _ in groups}
    domains = SendingDomain.objects.select_related("policy").in_bulk(domain_ids)
    for campaign_id, step_id, domain_id, count in groups:
        day = at.astimezone(domains[domain_id].policy.zone).date()
        tally.count(campaign_id, step_id, day, "canceled", count)
        tally.replan(domain_id)
