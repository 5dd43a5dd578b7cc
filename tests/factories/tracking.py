from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from tests.factories.campaigns import MONDAY, SendingAccountFactory
from tracking.models import Mailbox, MailboxFolder, ProviderEvent, StuckMail


class MailboxFactory(DjangoModelFactory):
    class Meta:
        model = Mailbox

    name = factory.Sequence(lambda n: f"mailbox {n}")
    host = "imap.example.nl"
    username = factory.Sequence(lambda n: f"christian{n}@punthelder.nl")
    secret = "sesame"


class MailboxFolderFactory(DjangoModelFactory):
    class Meta:
        model = MailboxFolder

    mailbox = factory.SubFactory(MailboxFactory)
    name = "INBOX"
    uid_validity = 7
    last_uid = 40


class StuckMailFactory(DjangoModelFactory):
    """Given up."""

    class Meta:
        model = StuckMail

    folder = factory.SubFactory(MailboxFolderFactory)
    uid = factory.Sequence(lambda n: 20 + n)
    tries = 6
    problem = "ValueError: poison."
    since = MONDAY


class ProviderEventFactory(DjangoModelFactory):
    """Stored and not taken in yet."""

    class Meta:
        model = ProviderEvent

    account = factory.SubFactory(SendingAccountFactory, backend="postmark")
    purpose = ProviderEvent.Purpose.TRACKING
    key = factory.Sequence(lambda n: f"{n:064x}")
    content_type = "application/json"
    body = b"{}"
    received_at = MONDAY
    next_try_at = factory.SelfAttribute("received_at")
