from __future__ import annotations

from datetime import timedelta

import factory
from factory.django import DjangoModelFactory

from tests.factories.campaigns import MONDAY, MessageFactory
from tests.factories.people import UserFactory
from tracking.models import InboundMail, OutboundReply


class InboundMailFactory(DjangoModelFactory):
    """The row alone, an unread reply to the first mail. What really takes a mail in is
    tracking.receiving.receive()."""

    class Meta:
        model = InboundMail

    source = InboundMail.Source.PIPE
    source_key = factory.Sequence(lambda n: f"key {n}")
    fingerprint = factory.Sequence(lambda n: f"{n:064x}")
    received_at = MONDAY + timedelta(hours=1)
    kind = "reply"
    message = factory.SubFactory(MessageFactory, sent=True)
    lead = factory.LazyAttribute(lambda mail: mail.message and mail.message.lead)
    from_address = factory.LazyAttribute(
        lambda mail: mail.message.lead.email if mail.message else "piet@elders.nl"
    )
    own_message_id = factory.Sequence(lambda n: f"theirs-{n}@hotel-zon.nl")
    subject = "Re: Hello Hotel"
    text = "Graag, belt u mij?"
    state = InboundMail.State.DONE


class OutboundReplyFactory(DjangoModelFactory):
    """The row alone, queued. What really writes one is tracking.inbox.answering.answer()."""

    class Meta:
        model = OutboundReply

    inbound = factory.SubFactory(InboundMailFactory)
    message = factory.SelfAttribute("inbound.message")
    alias = factory.SelfAttribute("message.alias")
    recipient = factory.SelfAttribute("inbound.from_address")
    subject = "Re: Hello Hotel"
    text = "Morgen om tien uur?"
    text_digest = factory.Sequence(lambda n: f"{n:064x}")
    smtp_message_id = factory.Sequence(lambda n: f"reply-{n}@punthelder.nl")
    written_by = factory.SubFactory(UserFactory)
    written_at = MONDAY + timedelta(hours=2)
    next_try_at = factory.SelfAttribute("written_at")
