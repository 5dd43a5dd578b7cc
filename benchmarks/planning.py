"""A campaign of four mails to 100,000 leads over 40 domains: its plan alone, and stored.

The plan alone has another 10,000 leads in the midst of their flow, whose follow-ups take the
slots ahead of new leads. Stored is all of a launch but its checks: audience, plan,
enrollments and 400,000 messages with their ids, indexes, foreign keys and figures. The reference
copies those same messages, ready-made, into the messages' table; what it takes into one of the
same columns with a primary key only, without the other indexes and foreign keys, is in the detail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection, transaction

from benchmarks.database import execute
from benchmarks.many_leads import make_leads
from benchmarks.measurement import Measurement
from benchmarks.senders import WAITS, draft_campaign
from benchmarks.timing import by_turns, peak_memory_mb, seconds_of
from campaigns.flow_building import pin_version
from campaigns.layout import lay_out
from campaigns.models import Message, SendingPolicy
from campaigns.preparing import Prepared, prepare, rows_of
from campaigns.scheduling.calendar import SendingCalendar
from campaigns.scheduling.plan import plan
from campaigns.scheduling.values import Chain, Delay, DelayUnit, PlannedSend, Step
from campaigns.storing import store

LEADS, QUICK_LEADS = 100_000, 5_000
_DOMAINS = 40
_TIMES = 3
# A Monday, 08:00 in Amsterdam.
_START = datetime(2026, 6, 1, 6, tzinfo=UTC)
_MESSAGES = Message._meta.db_table
# What a launch writes; the others get the database's defaults.
_COLUMNS = (
    "campaign_id", "status", "recipient", "phase", "retries", "error", "domain_id", "mail_number",
    "step_id", "alias_id", "template_version_id", "enrollment_id", "lead_id", "scheduled_at",
    "not_before", "smtp_message_id",
)  # fmt: skip
_POLICY = SendingPolicy().value()  # the default one, with the Dutch holidays


def measure(variant: str, *, quick: bool) -> Iterator[Measurement]:
    leads, times = (QUICK_LEADS, 1) if quick else (LEADS, _TIMES)
    yield _pure(leads) if variant == "pure" else _stored(leads, times)


def _pure(leads: int) -> Measurement:
    """The limits are on the plan's own seconds; the ratio says what a plan costs beside what it
    takes to write it down."""
    per_domain = leads // _DOMAINS
    chains = [_chains(per_domain) for _ in range(_DOMAINS)]
    planned: list[PlannedSend] = []

    def ours() -> float:
        planned.clear()
        return seconds_of(
            lambda: planned.extend(
                send
                for each in chains
                for send in plan(SendingCalendar(_POLICY), each, start=_START)
            )
        )

    before = peak_memory_mb()
    medians = by_turns(ours, partial(_copy_plan, planned), times=_TIMES)
    return Measurement.of(
        "plan",
        "pure",
        medians,
        reference="COPY of key, step, moment",
        detail=f"{len(planned):,} mails on {_DOMAINS} domains; {before:.0f} MB before",
    )


def _chains(count: int) -> list[Chain]:
    """`count` new leads, and a tenth as many that wait for their second to fourth mail."""
    steps = tuple(
        Step(number, Delay(wait, DelayUnit.WORKDAYS)) for number, wait in enumerate(WAITS, start=1)
    )
    new = [Chain(key, key, steps) for key in range(count)]
    under_way = [
        Chain(key, key, steps[1 + key % 3 :], last_sent_at=_START - timedelta(days=1 + key % 5))
        for key in range(count, count + count // 10)
    ]
    return new + under_way


def _copy_plan(planned: Sequence[PlannedSend]) -> float:
    execute("CREATE TEMPORARY TABLE IF NOT EXISTS planned (key bigint, step int, at timestamptz)")
    execute("TRUNCATE planned")

    def copy_plan() -> None:
        with connection.cursor() as cursor, cursor.copy("COPY planned FROM STDIN") as copy:
            for send in planned:
                copy.write_row(send)

    return seconds_of(copy_plan)


def _stored(leads: int, times: int) -> Measurement:
    make_leads(leads, mailable=True)
    prepared = prepare(rows_of(draft_campaign(domains=_DOMAINS)), _START)
    pin_version(prepared.steps)
    before = peak_memory_mb()
    medians = by_turns(
        partial(_launch, prepared), partial(_copy_into_messages, prepared), times=times
    )
    bare, messages = _copy_into_keyed(prepared)
    return Measurement.of(
        "plan",
        "stored",
        medians,
        reference="COPY of the same messages",
        detail=f"{messages:,} messages; {medians.seconds / bare:.1f}× where the COPY has neither "
        f"foreign keys nor an index but the primary key's; {before:.0f} MB before",
    )


@transaction.atomic
def _launch(prepared: Prepared) -> float:
    """Lay out and store, with the checks that the commit would make, and take it all back."""
    seconds = seconds_of(partial(_store_checked, prepared))
    transaction.set_rollback(True)
    return seconds


def _store_checked(prepared: Prepared) -> None:
    store(lay_out(prepared, _START), _START)
    execute("SET CONSTRAINTS ALL IMMEDIATE")


@transaction.atomic
def _copy_into_messages(prepared: Prepared) -> float:
    """What a launch has stored is copied once more, beside the enrollments that it belongs to."""
    _store_checked(prepared)
    rows = _messages()
    execute(f"TRUNCATE {_MESSAGES} CASCADE")
    seconds = seconds_of(partial(_copy, _MESSAGES, rows))
    transaction.set_rollback(True)
    return seconds


@transaction.atomic
def _copy_into_keyed(prepared: Prepared) -> tuple[float, int]:
    _store_checked(prepared)
    rows = _messages()
    execute(
        f"CREATE TABLE keyed (LIKE {_MESSAGES} INCLUDING DEFAULTS INCLUDING IDENTITY, "
        "PRIMARY KEY (id))"
    )
    seconds = seconds_of(partial(_copy, "keyed", rows))
    transaction.set_rollback(True)
    return seconds, len(rows)


def _messages() -> list[tuple[object, ...]]:
    return list(Message.objects.order_by("pk").values_list(*_COLUMNS))


def _copy(table: str, rows: Iterable[Sequence[object]]) -> None:
    statement = f"COPY {table} ({', '.join(_COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
