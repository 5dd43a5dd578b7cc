from __future__ import annotations

import smtplib
import socket
from dataclasses import replace

import pytest

from campaigns.mail import ComposedMail
from campaigns.models import SendingAccount
from campaigns.transport import Outcome, TransportUnavailableError, transport_for
from campaigns.transport import connection as smtp_connection
from tests.smtp import DROP, SILENCE, SmtpServer, smtp_server

MAIL = ComposedMail(
    message_id="1@punthelder-seo.nl",
    sender_name="Christian",
    sender_address="christian@punthelder-seo.nl",
    recipient="info@hotel-zon.nl",
    subject="Hallo",
    html="<p>Hallo</p>",
    text="Hallo\n.\nen een regel met een punt",
)


PIPELINING = ("PIPELINING",)


@pytest.fixture(params=[(), PIPELINING], ids=["verb by verb", "pipelining"])
def offers(request) -> tuple[str, ...]:
    """What the server can do (RFC 2920)."""
    return request.param


def account(server: SmtpServer, **fields: object) -> SendingAccount:
    return SendingAccount(
        name="test", host="127.0.0.1", port=server.port, security="none", **fields
    )


@pytest.fixture(autouse=True)
def short_timeouts(settings, monkeypatch):
    settings.SMTP_TIMEOUT_SECONDS = 0.3
    monkeypatch.setattr(smtp_connection, "COMMAND_TIMEOUT_SECONDS", 0.3)


def deliver_once(server: SmtpServer, mail: ComposedMail = MAIL):
    with transport_for(account(server)) as transport:
        transport.connect()
        return transport.deliver(mail)


COPIED = replace(MAIL, cc=("jan@hotel-zon.nl", "eva@elders.nl"))


def test_who_in_cc_is_turned_away_keeps_the_mail_from_nobody(offers):
    with smtp_server(extensions=offers, RCPT=["250 ok", "550 no", "250 ok"]) as server:
        delivery = deliver_once(server, COPIED)
    assert (delivery.outcome, delivery.turned_away) == (
        Outcome.ACCEPTED, ("jan@hotel-zon.nl: 550 no",),
    )  # fmt: skip
    (mail,) = server.accepted
    assert (mail.recipient, mail.copies) == (MAIL.recipient, ["eva@elders.nl"])


@pytest.mark.parametrize(("reply", "outcome"), [("451 x", "deferred"), ("550 x", "refused")])
def test_where_the_recipient_is_refused_nobody_in_cc_gets_the_mail(offers, reply, outcome):
    with smtp_server(extensions=offers, RCPT=[reply, "250 ok", "250 ok"]) as server:
        delivery = deliver_once(server, COPIED)
    assert (delivery.outcome, delivery.turned_away) == (outcome, ())
    assert server.accepted == []


def test_a_drop_between_the_recipients_has_delivered_nothing(offers):
    with smtp_server(extensions=offers, RCPT=["250 ok", DROP]) as server:
        delivery = deliver_once(server, COPIED)
    assert delivery.outcome == Outcome.NOT_TRANSMITTED
    assert server.accepted == []


def test_an_accepted_mail_arrives_as_it_was_composed(offers):
    with smtp_server(extensions=offers) as server:
        delivery = deliver_once(server)
    assert (delivery.outcome, delivery.code) == (Outcome.ACCEPTED, 250)
    (mail,) = server.accepted
    assert (mail.sender, mail.recipient) == (MAIL.sender_address, MAIL.recipient)
    assert mail.message["Message-ID"] == "<1@punthelder-seo.nl>"
    assert mail.message.get_body(("plain",)).get_content().splitlines() == MAIL.text.splitlines()


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "BODY"])
@pytest.mark.parametrize(
    ("reply", "outcome"), [("451 later", Outcome.DEFERRED), ("550 never", Outcome.REFUSED)]
)
def test_a_reply_is_definite_at_every_verb(verb, reply, outcome, offers):
    with smtp_server(extensions=offers, **{verb: [reply]}) as server:
        delivery = deliver_once(server)
    assert (delivery.outcome, delivery.code) == (outcome, int(reply[:3]))
    assert server.accepted == []


@pytest.mark.parametrize("fault", [DROP, SILENCE])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_connection_lost_before_the_body_has_delivered_nothing(verb, fault, offers):
    with smtp_server(extensions=offers, **{verb: [fault]}) as server:
        delivery = deliver_once(server)
    assert delivery.outcome == Outcome.NOT_TRANSMITTED
    assert server.accepted == []


@pytest.mark.parametrize("fault", [DROP, SILENCE])
def test_a_connection_lost_after_the_body_is_unknown_since_the_mail_was_taken(fault, offers):
    with smtp_server(extensions=offers, BODY=[fault]) as server:
        delivery = deliver_once(server)
    assert delivery.outcome == Outcome.UNKNOWN
    assert len(server.accepted) == 1


@pytest.mark.parametrize(
    ("part", "arrives", "outcome"),
    [("mail", False, Outcome.NOT_TRANSMITTED), ("end", True, Outcome.UNKNOWN)],
)
def test_a_connection_that_breaks_while_the_mail_leaves_counts_from_its_end_on(
    monkeypatch, part, arrives, outcome, offers
):
    send = smtplib.SMTP.send

    def send_or_break(connection, data):
        is_end = data[-3:] == b".\r\n"
        breaks = isinstance(data, bytes) and is_end is (part == "end")
        if arrives or not breaks:
            send(connection, data)
        if breaks:
            raise OSError("the line broke")

    monkeypatch.setattr(smtplib.SMTP, "send", send_or_break)
    with smtp_server(extensions=offers) as server:
        assert deliver_once(server).outcome == outcome


def test_a_mail_lost_behind_an_accepted_one_has_not_been_delivered(offers):
    with (
        smtp_server(extensions=offers, RCPT=["250 ok", DROP]) as server,
        transport_for(account(server)) as transport,
    ):
        transport.connect()
        outcomes = [transport.deliver(MAIL).outcome for _ in range(2)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.NOT_TRANSMITTED]


def test_the_last_reply_has_a_time_of_its_own_and_each_verb_of_the_next_mail_its_own(
    settings, monkeypatch, offers
):
    settings.SMTP_TIMEOUT_SECONDS = 7
    monkeypatch.setattr(smtp_connection, "COMMAND_TIMEOUT_SECONDS", 5)
    waits: list[float | None] = []
    getreply = smtplib.SMTP.getreply

    def timed(connection):
        waits.append(connection.sock.gettimeout())
        return getreply(connection)

    with smtp_server(extensions=offers) as server, transport_for(account(server)) as transport:
        transport.connect()
        monkeypatch.setattr(smtplib.SMTP, "getreply", timed)
        for _ in range(2):
            transport.deliver(MAIL)
    assert waits[:8] == [5, 5, 5, 7] * 2


def test_the_end_of_a_mail_does_not_wait_for_its_beginning_to_be_acknowledged():
    with smtp_server() as server, transport_for(account(server)) as transport:
        transport.connect()
        sock = transport._connection.sock
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_nonsense_in_place_of_the_last_reply_is_unknown(offers):
    with smtp_server(extensions=offers, BODY=["what?"]) as server:
        assert deliver_once(server).outcome == Outcome.UNKNOWN


def test_a_mail_takes_two_trips_to_a_server_that_takes_commands_together(monkeypatch):
    said: list[bytes | str] = []
    send = smtplib.SMTP.send

    def noted(connection, data):
        said.append(data)
        send(connection, data)

    with (
        smtp_server(extensions=PIPELINING) as server,
        transport_for(account(server)) as transport,
    ):
        transport.connect()
        monkeypatch.setattr(smtplib.SMTP, "send", noted)
        transport.deliver(MAIL)
        monkeypatch.undo()
    announced, content, end = said
    assert announced == (
        "MAIL FROM:<christian@punthelder-seo.nl>\r\nRCPT TO:<info@hotel-zon.nl>\r\nDATA\r\n"
    )
    assert (content[:5], end) == (b"Date:", b".\r\n")
    assert len(server.accepted) == 1


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_a_server_that_asks_for_a_mail_that_it_has_refused_does_not_get_it(verb):
    with (
        smtp_server(
            extensions=PIPELINING, **{verb: ["550 no", "250 ok"], "DATA": ["354 go on"]}
        ) as server,
        transport_for(account(server)) as transport,
    ):
        transport.connect()
        outcomes = [transport.deliver(MAIL).outcome for _ in range(2)]
    assert outcomes == [Outcome.REFUSED, Outcome.ACCEPTED]
    # The first conversation was given up: what it got next would have been the mail.
    assert (server.connections, len(server.accepted)) == (2, 1)


def test_a_refusal_stands_where_the_server_then_hangs_up():
    script = {"RCPT": ["550 no"], "DATA": [DROP]}
    with smtp_server(extensions=PIPELINING, **script) as server:
        delivery = deliver_once(server)
    assert (delivery.outcome, delivery.code) == (Outcome.REFUSED, 550)
    assert server.accepted == []


@pytest.mark.parametrize(("verb", "is_about_sender"), [("MAIL", True), ("RCPT", False)])
def test_only_a_refusal_ahead_of_the_recipient_is_about_the_account(offers, verb, is_about_sender):
    with smtp_server(extensions=offers, **{verb: ["550 no"]}) as server:
        assert deliver_once(server).is_account_problem is is_about_sender


def test_a_failing_quit_does_not_undo_what_was_accepted():
    with smtp_server(QUIT=[DROP]) as server:
        assert deliver_once(server).outcome == Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("verb", "usual"), [("RCPT", "250 ok"), ("DATA", "354 go on"), ("BODY", "250 taken")]
)
def test_one_connection_serves_many_mails_and_a_refused_one_in_between(verb, usual, offers):
    with (
        smtp_server(extensions=offers, **{verb: [usual, "550 no", usual]}) as server,
        transport_for(account(server)) as transport,
    ):
        outcomes = []
        for _ in range(3):
            transport.connect()
            outcomes.append(transport.deliver(MAIL).outcome)
    assert outcomes == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    assert (server.connections, len(server.accepted)) == (1, 2)


def test_a_connection_that_died_while_idle_is_made_anew(offers):
    script = {"MAIL": ["250 ok", DROP, "250 ok"]}
    with (
        smtp_server(extensions=offers, **script) as server,
        transport_for(account(server)) as transport,
    ):
        transport.connect()
        outcomes = [transport.deliver(MAIL).outcome for _ in range(2)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert (server.connections, len(server.accepted)) == (2, 2)


def test_a_refused_login_is_the_accounts_problem():
    with smtp_server(AUTH=["535 wrong password"]) as server:
        transport = transport_for(account(server, username="me", secret="secret"))
        with pytest.raises(TransportUnavailableError, match="535") as caught:
            transport.connect()
    assert caught.value.is_account_problem
    assert "secret" not in str(caught.value)


def test_a_login_that_is_put_off_is_not_the_accounts_problem():
    with (
        smtp_server(AUTH=["454 try later"]) as server,
        pytest.raises(TransportUnavailableError) as caught,
    ):
        transport_for(account(server, username="me", secret="secret")).connect()
    assert not caught.value.is_account_problem


def test_a_server_without_the_tls_that_is_asked_for_gets_no_mail():
    with smtp_server() as server:
        wanted = account(server)
        wanted.security = SendingAccount.Security.STARTTLS
        with pytest.raises(TransportUnavailableError) as caught:
            transport_for(wanted).connect()
    assert caught.value.is_account_problem
    assert server.accepted == []


def test_a_closed_port_is_no_connection():
    with smtp_server() as server:
        gone = account(server)
    with pytest.raises(TransportUnavailableError, match="no connection to"):
        transport_for(gone).connect()


def test_test_mode_sends_nothing_outside(settings, tmp_path):
    settings.MAIL_TEST_MODE = True
    settings.MAIL_TEST_FOLDER = tmp_path / "outbox"
    with smtp_server() as server:
        delivery = deliver_once(server)
    assert delivery.outcome == Outcome.ACCEPTED
    assert server.connections == 0
    assert b"Subject: Hallo" in (tmp_path / "outbox" / "1@punthelder-seo.nl.eml").read_bytes()
