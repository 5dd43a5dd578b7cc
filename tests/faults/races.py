"""A no that comes while the mail stands at the gate: who was first, PostgreSQL's commits tell."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import cycle

from django.db import connection, transaction

from campaigns.events import record_event
from campaigns.lifecycle import pause, resume
from campaigns.models import Campaign, Message, MessageEvent
from leads.models import Lead, Suppression
from leads.stopping import stop_leads
from leads.suppression import suppress
from mailsuite.lib import clock
from tests.faults.campaign import STEPS, Size
from tests.faults.fault import Fault
from tests.faults.journal import Stopped, append
from tests.faults.lab import Lab
from tests.faults.oracle import Rules

_PAUSE_SECONDS = 0.05


@dataclass
class Nos:
    """Recipient → the transaction that said no; the transactions of pauses and resumptions."""

    said: dict[str, int] = field(default_factory=dict)
    halts: list[tuple[int, int]] = field(default_factory=list)


def _committed(deed: Callable[[], object]) -> int:
    """Carry it out; the id of its transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        deed()
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def _suppress(mail: Message) -> None:
    suppress([mail.lead.email], reason=Suppression.Reason.MANUAL)


def _suppress_domain(mail: Message) -> None:
    domain = mail.lead.email.rpartition("@")[2]
    suppress([domain], reason=Suppression.Reason.MANUAL, scope=Suppression.Scope.DOMAIN)


def _stop(mail: Message) -> None:
    stop_leads(Lead.objects.filter(pk=mail.lead_id), clock.now())


def _opt_out(mail: Message) -> None:
    _record(mail, MessageEvent.Kind.UNSUBSCRIBED)


def _reply(mail: Message) -> None:
    _record(mail, MessageEvent.Kind.REPLIED)


def _record(mail: Message, kind: MessageEvent.Kind) -> None:
    """About the mail before this one, which the lead has."""
    before = Message.objects.get(enrollment=mail.enrollment_id, mail_number=mail.mail_number - 1)
    record_event(before.pk, kind, at=clock.now(), source_id=f"race:{mail.pk}")


_TO_THE_FIRST = (_suppress, _suppress_domain, _stop)
_TO_THE_NEXT = (_opt_out, _reply, _suppress, _stop)


def race(lab: Lab, rounds: int) -> int:
    """Workers send as fast as they can; at each turn somebody says no to a mail that is under
    way at this moment, or is the next, and now and then the campaign pauses."""
    nos = Nos()
    per_mail = rounds - rounds // 5
    for step in range(1, STEPS + 1):
        deeds = cycle(_TO_THE_FIRST if step == 1 else _TO_THE_NEXT)
        share = per_mail * step // STEPS
        lab.move()
        _await_mails_under_way()
        while len(nos.said) < share and (mail := _victim(nos)) is not None:
            nos.said[mail.lead.email] = _committed(partial(next(deeds), mail))
            if len(nos.said) % 4 == 0 and len(nos.halts) < rounds - per_mail:
                _halt(lab.campaign, nos)
        lab.settle()
    done = len(nos.said) + len(nos.halts)
    lab.expected["I5"] += _passed_after_a_no(lab, nos)
    for recipient in nos.said:
        append(lab.journal_file, Stopped(clock.now(), recipient))
    return done


def _await_mails_under_way() -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if Message.objects.filter(status=Message.Status.SENDING).exists():
            return


def _victim(nos: Nos) -> Message | None:
    """A mail under way, else the next one that is due."""
    mails = Message.objects.select_related("lead").exclude(lead__email__in=nos.said)
    under_way = mails.filter(status=Message.Status.SENDING).order_by("-lease_until", "?")
    due = mails.filter(pk__in=Message.objects.due(clock.now()).order_by().values("pk"))
    return under_way.first() or due.order_by("scheduled_at", "id").first()


def _halt(campaign: Campaign, nos: Nos) -> None:
    paused = _committed(lambda: pause(campaign, clock.now()))
    time.sleep(_PAUSE_SECONDS)
    resumed = _committed(lambda: resume(campaign, clock.now()))
    nos.halts.append((paused, resumed))


def _passed_after_a_no(lab: Lab, nos: Nos) -> int:
    """Mails that the server took and whose gate committed behind the no, or within a pause.

    A gate's transaction is the one that stored what was sent; nothing changes that row later.
    """
    arrived = {mail.message_id for mail in lab.accepted()}
    gates = _gates()
    moments = _commit_moments([*nos.said.values(), *(xid for pair in nos.halts for xid in pair)])
    halts = [(moments[paused], moments[resumed]) for paused, resumed in nos.halts]
    wrong = 0
    for message_id, recipient, gate in gates:
        said = nos.said.get(recipient)
        too_late = said is not None and gate > moments[said]
        within = any(paused < gate < resumed for paused, resumed in halts)
        wrong += message_id in arrived and (too_late or within)
    return wrong


def _gates() -> list[tuple[str, str, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.smtp_message_id, m.recipient, pg_xact_commit_timestamp(c.xmin) "
            "FROM campaigns_messagecontent c JOIN campaigns_message m ON m.id = c.message_id"
        )
        return list(cursor.fetchall())


def _commit_moments(xids: list[int]) -> dict[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT x, pg_xact_commit_timestamp(x::text::xid) FROM unnest(%s::bigint[]) AS x",
            [xids],
        )
        return dict(cursor.fetchall())


FAULTS = (
    Fault(
        name="races",
        does="suppression, stop, reply, opt-out and pause against the gate, mail by mail",
        must_hold="I1, I2, I4, I5; no unknown",
        rounds=1000,
        inject=race,
        recovery_limit=6.0,
        leads_a_domain=300,
        size=Size(policy={"interval_minutes": 0, "daily_cap": 100_000}),
        rules=Rules(interval=Rules().interval * 0, daily_cap=100_000),
    ),
)
