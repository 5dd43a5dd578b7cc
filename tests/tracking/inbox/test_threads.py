from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.factories import InboundMailFactory
from tests.tracking.answers import DAY, HOUR, MONDAY, came, hard_bounce, mail_of, reply, running
from tests.tracking.answers import sent as sent_mail
from tests.tracking.inbox.letters import a_reply, answered
from tests.tracking.reading import mails
from tracking.inbox.threads import ids_before, thread_of
from tracking.models import InboundMail

pytestmark = pytest.mark.django_db


def test_a_conversation_is_in_order_of_time():
    campaign = running()
    first = sent_mail(campaign)
    came(reply(first, "Later graag.").replace(b"theirs@", b"one@"), MONDAY + HOUR)
    two = came(reply(first, "En nu wel.").replace(b"theirs@", b"two@"), MONDAY + DAY)
    ours = answered(InboundMail.objects.get(own_message_id="one@hotel-zon.nl"))
    thread = thread_of(two)
    assert [entry.sort for entry in thread] == ["sent", "received", "answered", "received"]
    assert [entry.at for entry in thread] == [
        first.sent_at, MONDAY + HOUR, ours.written_at, MONDAY + DAY,
    ]  # fmt: skip
    assert ids_before(two) == [
        first.smtp_message_id, "one@hotel-zon.nl", ours.smtp_message_id, "two@hotel-zon.nl",
    ]  # fmt: skip


def test_what_has_not_left_is_no_part_of_it():
    inbound = a_reply()
    planned = mail_of(inbound.message.campaign, 2)
    assert planned.status == "canceled"
    assert [entry.message for entry in thread_of(inbound) if entry.message] == [inbound.message]


def test_a_bounce_is_shown_and_hangs_nothing_below_it():
    first = sent_mail(running())
    came(hard_bounce(first))
    late = came(reply(first), MONDAY + DAY)
    assert [entry.sort for entry in thread_of(late)] == ["sent", "received", "received"]
    assert ids_before(late) == [first.smtp_message_id, "theirs@hotel-zon.nl"]


def test_conversations_with_others_are_others():
    inbound = a_reply()
    InboundMailFactory()
    assert len(thread_of(inbound)) == 2


def test_what_a_colleague_wrote_in_a_mail_program_is_part_of_it():
    inbound = a_reply()
    head = f"In-Reply-To: <{inbound.own_message_id}>\n"
    raw = mails.mail("Ik bel u.", sender=inbound.message.alias.address, headers=head)
    own = came(raw.replace(b"Message-ID: <theirs@", b"Message-ID: <own@"), MONDAY + DAY)
    thread = thread_of(inbound)
    assert [entry.sort for entry in thread] == ["sent", "received", "elsewhere"]
    assert (thread[-1].own, thread[-1].inbound) == (own, None)
    assert ids_before(own)[-1] == "own@hotel-zon.nl"


def test_an_unmatched_mail_is_alone():
    inbound = came(mails.mail("Graag!"))
    assert [entry.inbound for entry in thread_of(inbound)] == [inbound]


def test_it_takes_three_statements(django_assert_num_queries: DjangoAssertNumQueries):
    inbound = a_reply()
    assert answered(inbound).message == inbound.message
    with django_assert_num_queries(3):
        for entry in thread_of(inbound):
            str(entry.message and entry.message.alias.address)
            str(entry.reply and entry.reply.written_by)
