"""Mails that could not be read in their turn: tried again for a day, then shown to a person."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import QuerySet

from mailsuite.lib import clock
from tracking.mailboxes.problems import said
from tracking.models import MailboxFolder, StuckMail

log = structlog.get_logger(__name__)

# What it waits for (a lock, a server's cache, a new version of mailsuite) takes minutes or days.
_PAUSES = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=4),
    timedelta(hours=20),
)  # fmt: skip


def note(place: MailboxFolder, uid: int, error: Exception) -> None:
    """It failed once more, or for the first time."""
    now = clock.now()
    mail, is_new = StuckMail.objects.get_or_create(
        folder=place, uid=uid, defaults={"problem": "", "since": now, "tries": 0}
    )
    mail.tries += 1
    mail.problem = f"{type(error).__name__}: {said(error)}"[:500]
    pauses = _PAUSES[mail.tries - 1 : mail.tries]
    mail.next_try_at = now + pauses[0] if pauses else None
    mail.save(update_fields=["tries", "problem", "next_try_at"])
    log.warning(
        "mail not read", mailbox=place.mailbox_id, folder=place.name, uid=uid, tries=mail.tries,
        is_new=is_new, exc_info=error,
    )  # fmt: skip


def due(place: MailboxFolder, now: datetime) -> QuerySet[StuckMail]:
    return StuckMail.objects.filter(folder=place, next_try_at__lte=now)


def strike_off(place: MailboxFolder, uid: int) -> bool:
    """Whether it was still there; another worker's transaction on it is waited for."""
    return bool(StuckMail.objects.filter(folder=place, uid=uid).delete()[0])


def try_again(mail: StuckMail, now: datetime) -> None:
    """A person asks for it: at the next turn, and then as if it had never been tried."""
    StuckMail.objects.filter(pk=mail.pk).update(tries=0, next_try_at=now)
