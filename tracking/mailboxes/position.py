"""How far a folder has been read, and each mail taken in at its place.

The row of the folder is locked first and everything else after it: nobody who holds an address, a
campaign or a message asks for a folder. Who finds the row further on than it should be has
been overtaken by another worker and stops.
"""

from __future__ import annotations

from datetime import datetime

from django.db import Error, connection, transaction

from mailsuite.lib import clock
from tracking.mailboxes import stuck
from tracking.mailboxes.values import FetchedMail, OpenFolder
from tracking.models import InboundMail, Mailbox, MailboxFolder
from tracking.receiving import receive


class OvertakenError(Exception):
    """Another worker has read on in this folder."""


def place_in(mailbox: Mailbox, opened: OpenFolder) -> MailboxFolder:
    """Where to go on in a folder.

    With another UIDVALIDITY its numbers mean other mails (RFC 3501 §2.3.1.1); so they do where the
    next number is one that has been read already, as after a backup was put back. Such a folder
    is begun anew, as a new row, so that its old numbers are in nobody's way.
    """
    with transaction.atomic():
        place, is_new = MailboxFolder.objects.select_for_update().get_or_create(
            mailbox=mailbox, name=opened.name, defaults={"uid_validity": opened.uid_validity}
        )
        is_same = place.uid_validity == opened.uid_validity and place.last_uid < opened.next_uid
        if is_new or is_same:
            return place
        place.delete()
        return MailboxFolder.objects.create(
            mailbox=mailbox, name=opened.name, uid_validity=opened.uid_validity
        )


def begin_anew(mailbox: Mailbox) -> None:
    """Read all of its folders again; what was read before takes no second effect."""
    MailboxFolder.objects.filter(mailbox=mailbox).delete()


def take(place: MailboxFolder, uid: int, mail: FetchedMail | None) -> None:
    """Receive the mail and go past it, both or neither; None: it is gone, go past it.

    A mail that cannot be received is set aside, so that those behind it are. Raises OvertakenError,
    and django.db.Error where the database is away.
    """
    try:
        with transaction.atomic():
            _go_past(place, uid)
            if mail is not None:
                _receive(place, mail)
    except OvertakenError:
        raise
    except Exception as error:
        if isinstance(error, Error) and not connection.is_usable():
            raise
        set_aside(place, uid, error)


def set_aside(place: MailboxFolder, uid: int, error: Exception) -> None:
    """Go past a mail that nobody can read now; `stuck` tries it again."""
    with transaction.atomic():
        _go_past(place, uid)
        stuck.note(place, uid, error)


def finish(place: MailboxFolder, last_uid: int, now: datetime) -> None:
    """All mails up to `last_uid` have been looked for at the business time `now`."""
    behind = MailboxFolder.objects.filter(pk=place.pk, last_uid__lte=last_uid)
    behind.update(last_uid=last_uid, last_read_at=now)


def take_stuck(place: MailboxFolder, uid: int, mail: FetchedMail | None) -> None:
    """The same for a mail that was set aside: receive it and strike it off."""
    try:
        with transaction.atomic():
            if stuck.strike_off(place, uid) and mail is not None:
                _receive(place, mail)
    except Exception as error:
        if isinstance(error, Error) and not connection.is_usable():
            raise
        stuck.note(place, uid, error)


def _go_past(place: MailboxFolder, uid: int) -> None:
    here = MailboxFolder.objects.filter(pk=place.pk, last_uid__lt=uid)
    if not here.update(last_uid=uid):
        raise OvertakenError


def _receive(place: MailboxFolder, mail: FetchedMail) -> None:
    now = clock.now()
    receive(
        mail.raw,
        source=InboundMail.Source.IMAP,
        source_key=f"{place.pk}:{place.uid_validity}:{mail.uid}",
        received_at=min(mail.arrived_at or now, now),
        mailbox=place.mailbox,
    )
