"""The one path for whatever comes back, whichever way it came.

A mail is read, tied to a message of ours, kept, and takes effect, all of that once: the row and
its effects are one transaction, and the database refuses a second row of the same mail. Whoever
hands it over again, at the same moment or a year later, gets the row that is there.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Q

from campaigns.models import Message
from leads.addresses import InvalidAddress, normalised_address
from leads.models import Lead
from mailsuite.lib import clock
from tracking import fingerprints
from tracking.conversations import message_answered
from tracking.copies import copied, wait_for_copies
from tracking.deadlocks import through_deadlocks
from tracking.effects import Answer, Effect, take_effect
from tracking.matching import message_of
from tracking.models import InboundMail, Mailbox, OutboundReply
from tracking.own_mail import is_from_ourselves, message_of_own
from tracking.own_replies import note_arrival, note_bounce, reply_named
from tracking.reading import Intent, Kind, ReadMail, Recipient, read_mail
from tracking.storable_mail import storable_mail

log = structlog.get_logger(__name__)

State = InboundMail.State

# A report can name hundreds of addresses.
_MOST_GUESSES = 10


@dataclass(frozen=True, slots=True)
class _Arrival:
    """How a mail came. `raw` is None for a provider's event."""

    source: InboundMail.Source
    source_key: str
    fingerprint: str
    received_at: datetime
    mailbox: Mailbox | None = None
    raw: bytes | None = None
    # When it was written, where that is too long ago to act upon.
    too_old: datetime | None = None


def receive(
    raw: bytes,
    *,
    source: InboundMail.Source,
    source_key: str,
    received_at: datetime,
    mailbox: Mailbox | None = None,
    written_at: datetime | None = None,
    not_before: datetime | None = None,
) -> InboundMail:
    """Take in one raw mail (RFC 5322) and let it take effect; the row of it, or of the same mail
    when it came before.

    `source_key` is what the source knows it by; `received_at` is business time (UTC). A mail from
    before `not_before` takes no effect and waits for a person; its time is `written_at` where the
    source knows it, else its Date. Raises OperationalError where the database is away: nothing has
    happened then, and the mail is to be handed over again.
    """
    mail = storable_mail(read_mail(raw))
    fingerprint = fingerprints.of_mail(raw, mail)
    key = fingerprints.of_key(source_key)
    written = written_at or mail.date
    too_old = written if written and not_before and written < not_before else None
    return _take(mail, _Arrival(source, key, fingerprint, received_at, mailbox, raw, too_old))


def receive_piped(raw: bytes) -> InboundMail:
    """The same for a mail that a mail server's pipe hands over now: it has no name there, so its
    content is its name."""
    return receive(
        raw,
        source=InboundMail.Source.PIPE,
        source_key=hashlib.sha256(raw).hexdigest(),
        received_at=clock.now(),
    )


def receive_event(mail: ReadMail, *, source_key: str, received_at: datetime) -> InboundMail:
    """The same for a provider's event without a mail, worded as the mail that would say it:
    `kind`, `recipients` of a bounce, `references` to the message. `source_key`: the provider's
    own id of the event."""
    fingerprint, key = fingerprints.of_event(source_key), fingerprints.of_key(source_key)
    arrival = _Arrival(InboundMail.Source.WEBHOOK, key, fingerprint, received_at)
    return _take(storable_mail(mail), arrival)


def _take(mail: ReadMail, arrival: _Arrival) -> InboundMail:
    inbound = _known(arrival) or through_deadlocks(partial(_take_once, mail, arrival))
    log.info("received", inbound_id=inbound.pk, kind=inbound.kind, state=inbound.state)
    return inbound


def _known(arrival: _Arrival) -> InboundMail | None:
    the_same = Q(fingerprint=arrival.fingerprint)
    the_same |= Q(source=arrival.source, source_key=arrival.source_key)
    return InboundMail.objects.defer("raw").filter(the_same).order_by("id").first()


@transaction.atomic
def _take_once(mail: ReadMail, arrival: _Arrival) -> InboundMail:
    wait_for_copies(mail)
    is_ours = is_from_ourselves(mail)
    if is_ours:
        mail = replace(mail, intent=Intent.NONE)  # colleagues want nothing of us
    is_believed = not is_ours and arrival.too_old is None
    reply = reply_named(mail.references) if is_believed else None
    message = _message_named(mail, reply) if is_believed else None
    inbound = _row(mail, arrival, message_of_own(mail) if is_ours else message)
    inbound.state, inbound.outcome = _before_effect(
        message, is_ours=is_ours, too_old=arrival.too_old
    )
    if first := None if is_ours else copied(mail, inbound):
        _ignore(inbound, first)
        message = reply = None
    try:
        with transaction.atomic():
            inbound.save(force_insert=True)
    except IntegrityError:  # another worker has been quicker, and has committed
        known = _known(arrival)
        if known is None:
            raise
        return known
    if reply is not None and mail.kind is Kind.BOUNCE:
        _note(inbound, Effect(note_bounce(reply, mail)))
    elif message is not None:
        _note(inbound, take_effect(_answer(mail, message, inbound)))
        # Addresses and messages are locked before replies.
        if reply is not None:
            note_arrival(reply)
    return inbound


def _message_named(mail: ReadMail, reply: OutboundReply | None) -> Message | None:
    """By its own Message-ID or by a number that we signed, else by one that belongs to it."""
    return (
        message_of(mail.references)
        or (reply.message if reply is not None else None)
        or message_answered(mail)
    )


def _before_effect(
    message: Message | None, *, is_ours: bool, too_old: datetime | None
) -> tuple[InboundMail.State, str]:
    if is_ours:
        return State.IGNORED, "From one of our own senders: nobody's answer."
    if too_old is not None:
        at = too_old.astimezone(UTC)
        return State.UNMATCHED, (
            f"Brought too late to be believed by itself: it is of {at:%Y-%m-%d %H:%M} UTC. "
            "Tie it to its message where it still counts."
        )
    if message is None:
        return State.UNMATCHED, "Names no mail of ours, so nothing follows from it by itself."
    return State.DONE, ""


def _ignore(inbound: InboundMail, first: InboundMail) -> None:
    inbound.message = None
    inbound.state = State.IGNORED
    inbound.outcome = (
        f"A copy of #{first.pk}, which came by {first.get_source_display()}: nothing follows twice."
    )


def _answer(mail: ReadMail, message: Message, inbound: InboundMail) -> Answer:
    return Answer(
        mail=mail,
        message=message,
        received_at=inbound.received_at,
        learned_at=max(clock.now(), inbound.received_at),
        source_id=f"inbound:{inbound.pk}",
    )


def _note(inbound: InboundMail, effect: Effect) -> None:
    if effect.needs_person:
        inbound.state = State.TO_REVIEW
    inbound.outcome = effect.words[:500]
    inbound.save(update_fields=["state", "outcome"])


def _row(mail: ReadMail, arrival: _Arrival, message: Message | None) -> InboundMail:
    return InboundMail(
        source=arrival.source,
        source_key=arrival.source_key,
        fingerprint=arrival.fingerprint,
        mailbox=arrival.mailbox,
        received_at=arrival.received_at,
        kind=mail.kind,
        auto_reply=mail.auto_reply or "",
        intent=mail.intent,
        return_date=mail.return_date,
        own_message_id=mail.message_id[:255],
        written_at=mail.date and mail.date.astimezone(UTC),
        from_address=mail.from_address[:320],
        to_addresses=[address[:320] for address in mail.to_addresses],
        cc_addresses=[address[:320] for address in mail.cc_addresses],
        subject=mail.subject[:500],
        text=mail.own_text,
        recipients=[_recipient(recipient) for recipient in mail.recipients],
        raw=arrival.raw,
        raw_since=None if arrival.raw is None else clock.now(),
        message=message,
        lead_id=message.lead_id if message else _lead_guessed(mail),
    )


def _lead_guessed(mail: ReadMail) -> int | None:
    """By the sender, or by the address that a report is about."""
    addresses = [recipient.address for recipient in mail.recipients] or [mail.from_address]
    found = (_lead_with(address) for address in addresses[:_MOST_GUESSES])
    return next((lead_id for lead_id in found if lead_id is not None), None)


def _lead_with(address: str) -> int | None:
    try:
        email = normalised_address(address)
    except InvalidAddress:
        return None
    return Lead.objects.filter(email=email).values_list("pk", flat=True).first()


def _recipient(recipient: Recipient) -> dict[str, Any]:
    return {name: str(value) for name, value in asdict(recipient).items()}
