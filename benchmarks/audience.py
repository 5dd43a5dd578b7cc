"""An audience chosen out of a million leads and kept as a snapshot, against the bare SQL.

All that can exclude a lead is asked for: deleted, bounced, suppressed by address and by domain,
stopped, mailed recently, another lead of the same web domain. The snapshot is the enrollments,
in order, dealt out to the sending domains. The reference does that by one statement of its own,
into the same table; its price for a row is mostly that of foreign keys and indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import connection, transaction

from benchmarks.many_leads import make_leads
from benchmarks.measurement import Measurement
from benchmarks.senders import draft_campaign
from benchmarks.timing import by_turns, peak_memory_mb, seconds_of
from campaigns.flow_building import pin_version
from campaigns.layout import Layout, enroll
from campaigns.models import Enrollment
from campaigns.preparing import Prepared, prepare, rows_of
from campaigns.storing import store
from leads.models import Lead, Suppression
from mailsuite.lib import clock

LEADS, QUICK_LEADS = 1_000_000, 20_000
_DOMAINS = 4
_TIMES = 3

_LEADS, _SUPPRESSIONS = Lead._meta.db_table, Suppression._meta.db_table
_BARE = f"""
INSERT INTO {Enrollment._meta.db_table} (campaign_id, lead_id, domain_id, position, status,
    end_reason, missing_variables, created_at)
SELECT %s, id, (%s::bigint[])[1 + (place - 1) %% {_DOMAINS}], place - 1, 'active', '', '{{}}', %s
FROM (
    SELECT id, row_number() OVER (ORDER BY created_at, id) AS place
    FROM (
        SELECT DISTINCT ON (domain, CASE domain WHEN '' THEN id END) id, created_at
        FROM {_LEADS} AS lead
        WHERE deleted_at IS NULL AND status = 'active' AND stopped_at IS NULL
            AND (last_emailed_at IS NULL OR last_emailed_at <= %s)
            AND NOT EXISTS (SELECT FROM {_SUPPRESSIONS} AS entry
                WHERE scope = 'address' AND value = lead.email)
            AND NOT EXISTS (SELECT FROM {_SUPPRESSIONS} AS entry
                WHERE scope = 'domain' AND value = lead.email_domain)
        ORDER BY domain, CASE domain WHEN '' THEN id END, created_at, id
    ) AS first_of_domain
) AS placed
"""


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    leads = QUICK_LEADS if quick else LEADS
    make_leads(leads)
    campaign, now = draft_campaign(domains=_DOMAINS), clock.now()
    prepared = prepare(rows_of(campaign), now)
    pin_version(prepared.steps)
    before, enrolled = peak_memory_mb(), set[int]()

    def ours() -> float:
        seconds, rows = _undone(lambda: _snapshot(prepared, now))
        enrolled.add(rows)
        return seconds

    def bare() -> float:
        seconds, rows = _undone(lambda: _bare_sql(prepared, now))
        enrolled.add(rows)
        return seconds

    medians = by_turns(ours, bare, times=_TIMES)
    (rows,) = enrolled  # both choose the same number
    yield Measurement.of(
        "audience",
        "",
        medians,
        reference="one statement",
        detail=f"{rows:,} enrolled of {leads:,}; {before:.0f} MB before",
    )


def _snapshot(prepared: Prepared, now: datetime) -> None:
    selection, enrolled = enroll(prepared, now)
    store(Layout(prepared, selection, enrolled, tuple([] for _ in prepared.lines)), now)


def _bare_sql(prepared: Prepared, now: datetime) -> None:
    rows = prepared.rows
    domain_ids = [domain.pk for domain in rows.domains]
    recently = now - timedelta(days=rows.audience.exclude_recent_days)
    with connection.cursor() as cursor:
        cursor.execute(_BARE, [rows.campaign.pk, domain_ids, now, recently])


def _undone(work: Callable[[], None]) -> tuple[float, int]:
    """Seconds of `work` and of its commit's constraints, and the rows it made, which go again."""
    with transaction.atomic(), connection.cursor() as cursor:

        def checked() -> None:
            work()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        seconds = seconds_of(checked)
        rows = Enrollment.objects.count()
        transaction.set_rollback(True)
    return seconds, rows
