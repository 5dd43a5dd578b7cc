from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from campaigns.transport import connection as smtp_connection
from campaigns.transport.smtp import SmtpTransport
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib import clock
from tests.smtp import DROP, smtp_server
from tests.threads import Meanwhile, in_threads
from tests.tracking.inbox.letters import AT_DESK, WORDS, WRITER, a_reply, answered, leaves_by
from tracking import tasks
from tracking.inbox import departing
from tracking.models import InboundMail, OutboundReply

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def short_timeouts(settings, monkeypatch):
    settings.SMTP_TIMEOUT_SECONDS = 0.3
    monkeypatch.setattr(smtp_connection, "COMMAND_TIMEOUT_SECONDS", 0.3)


def tried(reply: OutboundReply, at=AT_DESK) -> OutboundReply:
    with clock.frozen(at):
        departing.send(reply.pk)
    reply.refresh_from_db()
    return reply


def test_an_answer_arrives_below_the_mail_that_it_answers():
    reply = answered(a_reply())
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    assert (reply.status, reply.sent_at, reply.reply_code) == ("sent", AT_DESK, 250)
    (mail,) = server.accepted
    assert (mail.sender, mail.recipient) == (reply.alias.address, WRITER)
    head = mail.message
    assert head["Subject"] == "Re: Vindbaarheid van Hotel Zon"
    assert head["Message-ID"] == f"<{reply.smtp_message_id}>"
    assert head["In-Reply-To"] == "<theirs@hotel-zon.nl>"
    assert head["References"].split() == [
        f"<{reply.message.smtp_message_id}>",
        "<theirs@hotel-zon.nl>",
    ]
    assert head["List-Unsubscribe"] is None


HEAD = "2026-06-01 08:51, Piet Jansen <receptie@hotel-zon.nl>:"


def test_an_answer_is_what_was_written_with_the_signature_and_the_mail_that_it_answers():
    inbound = a_reply("Graag!\n\n<b>Wanneer</b>?", date="Mon, 01 Jun 2026 08:51:00 +0200")
    reply = answered(inbound, "Dag <b>Piet</b>,\n\nTot morgen!\nOm tien.")
    Lead.objects.update(first_name="Piet", last_name="Jansen")
    OutboundReply.objects.update(signature_html='<p onclick="x()">Christian</p>')
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    (mail,) = server.accepted
    text = mail.message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == (
        "Dag <b>Piet</b>,\n\nTot morgen!\nOm tien.\n\nChristian\n\n"
        f"{HEAD}\n> Graag!\n>\n> <b>Wanneer</b>?\n"
    )
    html = mail.message.get_body(("html",)).get_content().strip()
    assert html == (
        "<p>Dag &lt;b&gt;Piet&lt;/b&gt;,</p><p>Tot morgen!<br>Om tien.</p><p>Christian</p>"
        "<p>2026-06-01 08:51, Piet Jansen &lt;receptie@hotel-zon.nl&gt;:</p>"
        '<blockquote type="cite">Graag!<br><br>&lt;b&gt;Wanneer&lt;/b&gt;?</blockquote>'
    )


def test_what_stood_below_the_mail_that_is_answered_is_not_quoted():
    """Among it is our own mail, with the link that opts the lead out."""
    below = "Op ma 1 juni 2026 om 08:00 schreef Victor <v@punthelder-seo.nl>:\n> Dag Piet\n"
    reply = answered(a_reply(f"Graag!\n\n{below}"), "Dag.")
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    text = server.accepted[0].message.get_body(("plain",)).get_content()
    assert "> Graag!" in text
    assert "Dag Piet" not in text


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:30:00 +0000",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Fri, 05 Jun 2099 10:00:00 +0200",
    ],
)
def test_a_date_that_cannot_be_is_not_quoted_and_keeps_nobody_from_answering(date: str):
    reply = answered(a_reply(date=date), "Dag.")
    with smtp_server() as server:
        leaves_by(server)
        assert tried(reply).status == "sent"
    text = server.accepted[0].message.get_body(("plain",)).get_content()
    received_at = reply.inbound.received_at.astimezone(reply.alias.domain.policy.zone)
    assert f"{received_at:%Y-%m-%d %H:%M}, <{WRITER}>:" in text


def test_a_mail_without_words_is_not_quoted_and_the_signature_is_marked():
    reply = answered(a_reply("> Dag Piet\n"), "Dag.")
    OutboundReply.objects.update(signature_html="<p>Christian</p>")
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    text = server.accepted[0].message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == "Dag.\n\n-- \nChristian\n"


JAN, EVA = "jan@hotel-zon.nl", "eva@elders.nl"


def with_copies() -> OutboundReply:
    inbound = a_reply()
    InboundMail.objects.update(cc_addresses=[JAN, EVA])
    return answered(inbound, cc=[JAN, EVA])


def test_an_answer_goes_to_those_in_cc_in_one_mail():
    reply = with_copies()
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    (mail,) = server.accepted
    assert (mail.recipient, mail.copies) == (WRITER, [JAN, EVA])
    assert (mail.message["To"], mail.message["Cc"]) == (WRITER, f"{JAN}, {EVA}")
    assert (reply.status, reply.cc, reply.cc_detail) == ("sent", [JAN, EVA], "")


def test_who_in_cc_is_turned_away_keeps_it_from_nobody():
    reply = with_copies()
    with smtp_server(RCPT=["250 ok", "550 no such user", "250 ok"]) as server:
        leaves_by(server)
        tried(reply)
    (mail,) = server.accepted
    assert (mail.recipient, mail.copies) == (WRITER, [EVA])
    assert (reply.status, reply.cc_detail) == ("sent", f"{JAN}: 550 no such user")


def test_who_in_cc_opts_out_before_it_leaves_gets_no_copy():
    reply = with_copies()
    suppress([EVA], reason=Suppression.Reason.UNSUBSCRIBED)
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    (mail,) = server.accepted
    assert (mail.copies, mail.message["Cc"]) == ([JAN], JAN)
    assert reply.status == "sent"
    assert reply.cc_detail.startswith(f"{EVA} opted out on")


def test_an_answer_leaves_once_however_often_it_is_handed_out():
    reply = answered(a_reply())
    with smtp_server() as server:
        leaves_by(server)
        for _ in range(3):
            tried(reply)
    assert len(server.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_send_it_once():
    reply = answered(a_reply())
    with smtp_server() as server, clock.frozen(AT_DESK):
        leaves_by(server)
        in_threads(4, lambda: departing.send(reply.pk))
    assert len(server.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_submitted_twice_arrives_once():
    inbound = a_reply()
    with smtp_server() as server, clock.frozen(AT_DESK):
        leaves_by(server)
        in_threads(4, lambda: departing.send(answered(inbound, replies_seen=0).pk))
    assert len(server.accepted) == 1


def test_a_drop_after_the_end_of_the_mail_is_unknown_and_not_sent_again():
    reply = answered(a_reply())
    with smtp_server(BODY=[DROP, "250 ok"]) as server:
        leaves_by(server)
        assert tried(reply).status == "unknown"
        tried(reply, AT_DESK + 60 * MINUTE)
        assert departing.due(AT_DESK + 60 * MINUTE) == []
    assert len(server.accepted) == 1


@pytest.mark.parametrize("script", [{"RCPT": ["451 later"]}, {"DATA": [DROP]}, {"CONNECT": [DROP]}])
def test_what_did_not_leave_is_tried_twice_more_later_and_later(script: dict[str, list[str]]):
    reply = answered(a_reply())
    with smtp_server(**script) as server:
        leaves_by(server)
        tried(reply)
        assert (reply.status, reply.retries) == ("queued", 1)
        assert reply.next_try_at == AT_DESK + 2 * MINUTE
        assert tried(reply, AT_DESK + MINUTE).retries == 1  # not yet
        tried(reply, AT_DESK + 2 * MINUTE)
        assert reply.next_try_at == AT_DESK + 12 * MINUTE
        tried(reply, AT_DESK + 12 * MINUTE)
    assert (reply.status, reply.retries, reply.sent_at) == ("failed", 2, None)
    assert server.accepted == []


@pytest.mark.parametrize("script", [{"RCPT": ["550 no such user"]}, {"MAIL": ["550 not you"]}])
def test_a_refusal_is_final_and_shown(script: dict[str, list[str]]):
    reply = answered(a_reply())
    with smtp_server(**script) as server:
        leaves_by(server)
        tried(reply)
    assert (reply.status, reply.reply_code, reply.sent_at) == ("failed", 550, None)
    assert reply.detail in ("no such user", "not you")


def test_who_opts_out_before_it_leaves_gets_no_answer():
    reply = answered(a_reply())
    suppress([WRITER], reason=Suppression.Reason.UNSUBSCRIBED)
    with smtp_server() as server:
        leaves_by(server)
        tried(reply)
    assert reply.status == "failed"
    assert reply.detail.startswith("receptie@hotel-zon.nl opted out on")
    assert server.accepted == []


@pytest.mark.django_db(transaction=True)
def test_the_last_look_waits_for_an_opt_out_that_is_being_written():
    reply = answered(a_reply())
    claimed = departing._claimed(reply.pk, AT_DESK)
    with transaction.atomic():
        suppress([WRITER], reason=Suppression.Reason.UNSUBSCRIBED)
        look = Meanwhile(lambda: departing._passes(claimed))
        assert look.waits()
    assert look.result() is False
    reply.refresh_from_db()
    assert reply.status == "failed"


@pytest.mark.django_db(transaction=True)
def test_an_opt_out_waits_for_a_last_look_that_has_begun():
    reply = answered(a_reply())
    claimed = departing._claimed(reply.pk, AT_DESK)
    with transaction.atomic():
        assert departing._passes(claimed)
        opt_out = Meanwhile(lambda: suppress([WRITER], reason=Suppression.Reason.UNSUBSCRIBED))
        assert opt_out.waits()
    assert opt_out.result() == 1


def test_what_goes_wrong_before_it_leaves_is_tried_again():
    reply = answered(a_reply())
    with mock.patch.object(departing, "composed", side_effect=RuntimeError("poison")):
        tried(reply)
    assert (reply.status, reply.retries, reply.detail) == ("queued", 1, "RuntimeError: poison")


def test_what_goes_wrong_while_it_leaves_is_unknown():
    reply = answered(a_reply())
    with smtp_server() as server, mock.patch.object(
        SmtpTransport, "deliver", side_effect=RuntimeError("?")
    ):  # fmt: skip
        leaves_by(server)
        tried(reply)
    assert reply.status == "unknown"


def died(reply: OutboundReply, phase: str) -> None:
    OutboundReply.objects.filter(pk=reply.pk).update(
        status="sending", phase=phase, attempt_id="00000000-0000-0000-0000-000000000001",
        sent_at=AT_DESK, lease_until=Now() - MINUTE,
    )  # fmt: skip


@pytest.mark.parametrize(("phase", "status"), [("claimed", "queued"), ("wire", "unknown")])
def test_what_a_dead_worker_left(phase: str, status: str):
    reply = answered(a_reply())
    died(reply, phase)
    assert departing.reap_expired_leases() == 1
    reply.refresh_from_db()
    assert reply.status == status


def test_a_worker_that_lost_its_claim_sends_nothing():
    reply = answered(a_reply())
    with smtp_server() as server, clock.frozen(AT_DESK):
        leaves_by(server)
        late = departing._claimed(reply.pk, AT_DESK)
        OutboundReply.objects.update(lease_until=Now() - MINUTE)
        departing.reap_expired_leases()
        assert not departing._passes(late)
    reply.refresh_from_db()
    assert (reply.status, server.accepted) == ("queued", [])


def test_an_answer_that_comes_late_settles_the_unknown():
    reply = answered(a_reply())
    with clock.frozen(AT_DESK):
        slow = departing._claimed(reply.pk, AT_DESK)
        assert departing._passes(slow)
    OutboundReply.objects.update(lease_until=Now() - MINUTE)
    departing.reap_expired_leases()
    departing._write_down(slow, departing.Delivery(departing.Outcome.ACCEPTED, 250))
    reply.refresh_from_db()
    assert (reply.status, reply.sent_at) == ("sent", AT_DESK)


def test_in_test_mode_nothing_leaves_the_house(settings, tmp_path):
    settings.MAIL_TEST_MODE, settings.MAIL_TEST_FOLDER = True, tmp_path
    reply = tried(answered(a_reply()))
    assert reply.status == "sent"
    assert [path.name for path in tmp_path.iterdir()] == [f"{reply.smtp_message_id}.eml"]


def test_the_tick_hands_out_what_is_due_alone():
    inbound = a_reply()
    first, later = answered(inbound), answered(inbound, "Later.")
    OutboundReply.objects.filter(pk=later.pk).update(next_try_at=AT_DESK + MINUTE)
    with clock.frozen(AT_DESK), mock.patch.object(tasks.send_reply, "apply_async") as offered:
        tasks.send_replies()
    assert [call.kwargs["args"] for call in offered.call_args_list] == [(first.pk,)]


def test_without_redis_an_answer_waits_for_the_tick(django_capture_on_commit_callbacks):
    reply = answered(a_reply())
    gone = OperationalError("no Redis")
    with (
        mock.patch.object(tasks.send_reply, "apply_async", side_effect=gone) as offered,
        django_capture_on_commit_callbacks(execute=True),
    ):
        tasks.hand_out(reply.pk)
        offered.assert_not_called()  # nobody sends what may still be rolled back
    offered.assert_called_once()
    assert departing.due(AT_DESK) == [reply.pk]


def test_words_of_a_person_wait_for_no_window():
    """A Monday evening; the campaign would wait for the next morning."""
    reply = answered(a_reply(), WORDS)
    with smtp_server() as server:
        leaves_by(server)
        tried(reply, AT_DESK + 14 * 60 * MINUTE)
    assert len(server.accepted) == 1
