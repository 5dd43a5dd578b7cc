"""Write back, from the alias that was written to. The mail leaves by `departing`."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.models import SenderAlias
from leads.addresses import InvalidAddress, normalised_address
from leads.suppression import hold_addresses
from mailsuite.lib.errors import Conflict, Refusal
from tracking.inbox.headers import subject_of_answer, thread_ids
from tracking.inbox.originals import Original, original_of
from tracking.inbox.others import checked_copies
from tracking.inbox.permission import addresses_of, objection
from tracking.inbox.threads import ids_before
from tracking.models import InboundMail, OutboundReply

LONGEST = 20_000


@transaction.atomic
def answer(
    inbound_id: int,
    *,
    text: str,
    by: User,
    now: datetime,
    replies_seen: int | None = None,
    cc: Collection[str] = (),
) -> OutboundReply:
    """The reply, queued to leave at once. `now` is business time.

    The same words to the same mail are one reply: submitted twice, the second time gets the row
    that is there (one that has failed joins the queue again). `replies_seen`: how many answers to
    this mail the writer knew of (answers_to). `cc`: who of those whom the mail went to besides gets
    the answer too (others_of). Raises Refusal for an empty text, for anybody else in Cc and for a
    person who wants no more mail, Conflict for a mail that cannot be answered and where a colleague
    has answered meanwhile, InboundMail.DoesNotExist.
    """
    words = _checked(text)
    inbound = InboundMail.objects.slim().select_related("message__lead").get(pk=inbound_id)
    recipient = recipient_of(inbound, original_of(inbound))
    addresses = addresses_of(inbound, recipient)
    copies = checked_copies(cc, inbound, recipient)
    # Addresses before rows; and before the list is read, or the answer may be stale.
    hold_addresses(sorted({*addresses, *copies}))
    InboundMail.objects.select_for_update(no_key=True).only("pk").get(pk=inbound_id)
    digest = hashlib.sha256(words.encode()).hexdigest()
    replies = OutboundReply.objects.filter(inbound=inbound_id)
    known = replies.filter(text_digest=digest).select_for_update(no_key=True).first()
    if known is not None and known.status != OutboundReply.Status.FAILED:
        return _the_same(known, copies)
    if refusal := objection(addresses) or objection(copies):
        raise Refusal(refusal, code="suppressed")
    if known is not None:
        known.cc = copies
        return queue_again(known, now)
    if replies_seen is not None and answers_to(inbound) > replies_seen:
        raise Conflict(
            "Somebody has answered this mail while you wrote. Read that first; if yours is still "
            "needed, send it again.",
            code="answered_meanwhile",
        )
    reply = _written(inbound, recipient, words, by=by, now=now)
    reply.cc, reply.text_digest = copies, digest
    reply.save(force_insert=True)
    _done_with(inbound_id, by, now)
    return reply


def _done_with(inbound_id: int, by: User, now: datetime) -> None:
    """Whoever answers a mail has read it, and has dealt with what it asked."""
    answered = InboundMail.objects.filter(pk=inbound_id)
    answered.filter(read_at=None).update(read_at=now)
    answered.filter(state=InboundMail.State.TO_REVIEW).update(
        state=InboundMail.State.SETTLED, settled_by=by, settled_at=now
    )


def recipient_of(inbound: InboundMail, as_it_came: Original) -> str:
    """Where an answer goes: to Reply-To, where the writer has set one, else to the sender
    (RFC 5322 §3.6.2). Raises Conflict for a mail that cannot be answered."""
    if inbound.message is None:
        raise Conflict(
            "This mail belongs to no message of ours yet. Tie it to one first: the answer leaves "
            "from the alias of that message.",
            code="not_tied",
        )
    if inbound.is_own:
        raise Conflict("One of us wrote this mail. Answer one that came in.", code="not_answerable")
    if not inbound.is_answerable:
        raise Conflict(
            f"A {inbound.kind} comes from a machine; nobody would read the answer.",
            code="not_answerable",
        )
    for address in (as_it_came.reply_to, inbound.from_address):
        try:
            return normalised_address(address)
        except InvalidAddress:
            continue
    raise Conflict(
        f"{inbound.from_address!r} is no address that mail can go to.", code="not_answerable"
    )


def _the_same(known: OutboundReply, copies: list[str]) -> OutboundReply:
    """Who adds somebody in Cc means another mail, and its recipient would get the words twice."""
    if added := [one for one in copies if one not in known.cc]:
        raise Conflict(
            f"These words were sent already, without {', '.join(added)} in Cc. Change them to send "
            "another mail.",
            code="sent_without_cc",
        )
    return known


def answers_to(inbound: InboundMail) -> int:
    """How many there are: written here, or by colleagues in mail programs of their own. Which mail
    of the conversation a colleague answers does not matter: whoever writes ought to read it."""
    here = OutboundReply.objects.filter(inbound=inbound.pk).count()
    if inbound.message is None:
        return here
    own = InboundMail.objects.own().filter(message__enrollment=inbound.message.enrollment_id)
    return here + own.filter(received_at__gte=inbound.received_at).exclude(pk=inbound.pk).count()


def prospects(inbound: InboundMail, as_it_came: Original) -> tuple[str, str]:
    """Where an answer would go, and why nobody may write one: one of the two is ""."""
    try:
        to = recipient_of(inbound, as_it_came)
    except Conflict as problem:
        return "", problem.message
    refusal = objection(addresses_of(inbound, to))
    return ("" if refusal else to), refusal


def queue_again(reply: OutboundReply, now: datetime) -> OutboundReply:
    """Of a locked reply that stopped: it leaves as if it had never been tried."""
    reply.status = OutboundReply.Status.QUEUED
    reply.next_try_at = now
    reply.retries = 0
    reply.attempt_id = reply.lease_until = reply.sent_at = reply.reply_code = None
    reply.phase = reply.detail = reply.cc_detail = ""
    reply.save()
    return reply


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not words:
        raise Refusal("The answer is empty. Write it first.", fields={"text": "is empty"})
    if len(words) > LONGEST:
        problem = f"has {len(words):,} characters; {LONGEST:,} is the most"
        raise Refusal(f"The answer {problem}.", fields={"text": problem})
    return words


def _written(
    inbound: InboundMail, recipient: str, words: str, *, by: User, now: datetime
) -> OutboundReply:
    message = inbound.message
    assert message is not None  # noqa: S101  recipient_of() has raised
    alias = SenderAlias.objects.select_related("domain").get(pk=message.alias_id)
    kept = getattr(message, "content", None)
    in_reply_to, references = thread_ids(ids_before(inbound), inbound.own_message_id)
    return OutboundReply(
        inbound=inbound,
        message=message,
        alias=alias,
        recipient=recipient,
        subject=subject_of_answer(inbound.subject, kept.subject if kept else ""),
        text=words,
        signature_html=alias.signature_html,
        in_reply_to=in_reply_to,
        references=" ".join(references),
        smtp_message_id=f"{uuid.uuid4()}@{alias.domain.name}",
        written_by=by,
        written_at=now,
        next_try_at=now,
    )
