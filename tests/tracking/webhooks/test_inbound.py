"""Answers and reports that providers bring, in the shape that each documents."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlencode

import pytest

from campaigns.models import Enrollment, Message, MessageEvent
from leads.models import Suppression
from mailsuite.lib import clock
from mailsuite.lib.errors import Refusal
from mailsuite.lib.tokens import Purpose, sign
from mailsuite.tasks import housekeeping
from tests.tracking.answers import HOUR, MONDAY, hard_bounce, reply, running, sent
from tests.tracking.reading import mails
from tests.tracking.webhooks import payloads
from tests.tracking.webhooks.calls import (
    MAILGUN_KEY,
    Caller,
    caller,
    mailgun_signature,
    stored,
)
from tracking.models import InboundMail, ProviderEvent
from tracking.receiving import receive
from tracking.webhooks import fetching, processing
from tracking.webhooks.processing import process_waiting

pytestmark = pytest.mark.django_db

NOW = MONDAY + HOUR
SENDER = "receptie@hotel-zon.nl"
ALIAS = "christian@punthelder.nl"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def mail() -> Message:
    return sent(running())


# --- How each provider hands a mail on ---


def by_mailersend(raw: bytes, asked: Caller, sender: str = SENDER) -> None:
    data = {
        "object": "message",
        "id": "62fb66bef54a112e920b5493",
        "sender": {"email": sender},
        "recipients": {"rcptTo": [{"email": ALIAS}]},
        "raw": raw.decode("utf-8", "replace"),
        "created_at": "2026-06-01T09:00:00.000000Z",
    }
    answer = asked.tell({"type": "inbound.message", "data": data}, purpose="inbound")
    assert answer.status_code == 200


def by_mailgun(raw: bytes, asked: Caller, sender: str = SENDER, token: str = "t" * 50) -> None:
    fields = {
        "recipient": ALIAS, "sender": sender, "body-mime": raw.decode("utf-8", "replace"),
        **mailgun_signature(at=NOW, token=token),
    }  # fmt: skip
    body = urlencode(fields).encode()
    form = "application/x-www-form-urlencoded"
    assert asked.post(body, form, purpose="inbound").status_code == 200


def by_mailgun_in_parts(raw: bytes, asked: Caller, sender: str = SENDER) -> None:
    fields = {b"recipient": ALIAS.encode(), b"sender": sender.encode(), b"body-mime": raw}
    fields |= {name.encode(): value.encode() for name, value in mailgun_signature(at=NOW).items()}
    body = b"".join(
        b'--=_b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % one
        for one in fields.items()
    )
    answer = asked.post(
        body + b"--=_b--\r\n", 'multipart/form-data; boundary="=_b"', purpose="inbound"
    )
    assert answer.status_code == 200


def by_postmark(raw: bytes, asked: Caller, sender: str = SENDER) -> None:
    payload = {
        "From": sender,
        "FromFull": {"Email": sender, "Name": "", "MailboxHash": ""},
        "OriginalRecipient": ALIAS,
        "Subject": "Re: Vindbaarheid",
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "Headers": [{"Name": "Return-Path", "Value": f"<{sender}>"}],
        "RawEmail": raw.decode("utf-8", "replace"),
    }
    assert asked.tell(payload, purpose="inbound").status_code == 200


def by_sparkpost(raw: bytes, asked: Caller, sender: str = SENDER) -> None:
    relayed = {
        "content": {
            "email_rfc822": base64.b64encode(raw).decode(),
            "email_rfc822_is_base64": True,
        },
        "msg_from": sender,
        "rcpt_to": ALIAS,
        "protocol": "smtp",
        "webhook_id": "4839201967643219",
    }
    answer = asked.tell([{"msys": {"relay_message": relayed}}], purpose="inbound")
    assert answer.status_code == 200


def by_brevo(raw: bytes, asked: Caller, sender: str = SENDER) -> None:
    headers, text = _taken_apart(raw)
    item = {
        "Uuid": ["9b2c9a5e-4f4f-4e9b-9b4d-8c8b8f3ef0d5"],
        "Headers": headers | {"Delivered-To": ALIAS, "Return-Path": f"<{sender}>"},
        "RawTextBody": text,
        "RawHtmlBody": None,
        "Attachments": [
            {"Name": "offerte.pdf", "ContentType": "application/pdf", "DownloadToken": "never"}
        ],
        "SpamScore": 2.8,
    }
    assert asked.tell({"items": [item]}, purpose="inbound").status_code == 200


def by_mailjet(raw: bytes, asked: Caller, sender: str = SENDER) -> None:
    headers, text = _taken_apart(raw)
    payload = {
        "Sender": sender,
        "Recipient": ALIAS,
        "Headers": headers,
        "Parts": [{"Headers": {"Content-Type": "text/plain"}, "ContentRef": "Text-part"}],
        "Text-part": text,
        "SpamAssassinScore": "1.7",
    }
    assert asked.tell(payload, purpose="inbound").status_code == 200


def _taken_apart(raw: bytes) -> tuple[dict[str, Any], str]:
    parsed = message_from_bytes(raw, policy=default)
    return {name: str(value) for name, value in parsed.items()}, parsed.get_content()


WHOLE = {
    "mailersend": by_mailersend,
    "mailgun": by_mailgun,
    "postmark": by_postmark,
    "sparkpost": by_sparkpost,
}
IN_PIECES = {"brevo": by_brevo, "mailjet": by_mailjet}


@pytest.mark.parametrize("backend", WHOLE | IN_PIECES)
def test_a_reply_ends_the_flow_whoever_brings_it(backend, mail):
    bring = (WHOLE | IN_PIECES)[backend]
    bring(reply(mail, "Graag, belt u mij morgen even?"), caller(backend))
    assert process_waiting(NOW) == 1
    inbound = InboundMail.objects.get()
    assert (inbound.kind, inbound.source, inbound.state) == ("reply", "webhook", "done")
    assert inbound.text == "Graag, belt u mij morgen even?"
    assert (inbound.message, inbound.received_at) == (mail, NOW)
    mail.enrollment.refresh_from_db()
    assert mail.enrollment.end_reason == Enrollment.EndReason.REPLIED
    assert stored() == [("done", "A reply: the flow has ended.")]
    assert bytes(ProviderEvent.objects.get().body) == b""


@pytest.mark.parametrize("backend", WHOLE)
def test_a_report_on_a_delivery_is_read_as_one(backend, mail):
    WHOLE[backend](hard_bounce(mail), caller(backend), sender="")
    process_waiting(NOW)
    assert InboundMail.objects.get().kind == "bounce"
    assert Suppression.objects.get().value == mail.recipient


@pytest.mark.parametrize("backend", WHOLE)
def test_a_whole_mail_is_kept_as_it_came_with_its_envelope_on_top(backend, mail):
    raw = reply(mail)
    WHOLE[backend](raw, caller(backend))
    process_waiting(NOW)
    kept = bytes(InboundMail.objects.get().raw)
    assert kept == f"Return-Path: <{SENDER}>\r\nDelivered-To: {ALIAS}\r\n".encode() + raw


def test_the_same_reply_by_a_provider_and_a_mailbox_is_one(mail):
    raw = reply(mail)
    by_sparkpost(raw, caller("sparkpost"))
    process_waiting(NOW)
    receive(raw, source=InboundMail.Source.IMAP, source_key="1:2:3", received_at=NOW)
    assert InboundMail.objects.count() == 1
    assert MessageEvent.objects.filter(kind="replied").count() == 1


@pytest.mark.parametrize("is_whole_first", [True, False])
@pytest.mark.parametrize("backend", IN_PIECES)
def test_a_reply_in_pieces_that_lies_in_a_mailbox_too_is_shown_once(backend, is_whole_first, mail):
    raw = reply(mail, "Graag, belt u mij morgen even?")
    by_mailbox = partial(
        receive, raw, source=InboundMail.Source.IMAP, source_key="1:2:3", received_at=NOW
    )
    if is_whole_first:
        by_mailbox()
    IN_PIECES[backend](raw, caller(backend))
    process_waiting(NOW)
    if not is_whole_first:
        by_mailbox()
    first, copy = InboundMail.objects.order_by("id")
    assert (first.state, copy.state, copy.message) == ("done", "ignored", None)
    way = "IMAP" if is_whole_first else "Webhook"
    assert copy.outcome == f"A copy of #{first.pk}, which came by {way}: nothing follows twice."
    assert InboundMail.objects.filter(InboundMail.FOR_MARKETERS).count() == 1
    assert MessageEvent.objects.filter(kind="replied").count() == 1


def test_a_reply_that_is_brought_again_is_not_taken_in_again(mail):
    asked = caller("mailgun", inbound_key=MAILGUN_KEY)
    for token in ("t" * 50, "t" * 50, "u" * 50):
        by_mailgun(reply(mail), asked, token=token)
        process_waiting(NOW)
    assert ProviderEvent.objects.count() == 2  # by its token, which Mailgun gave anew
    assert InboundMail.objects.count() == 1
    assert MessageEvent.objects.filter(kind="replied").count() == 1


def test_bytes_that_are_no_utf8_come_through_a_form_and_base64(mail):
    raw = reply(mail).replace(b"Graag", "Graag, café".encode("latin-1"))
    by_mailgun_in_parts(raw, caller("mailgun"))
    process_waiting(NOW)
    assert bytes(InboundMail.objects.get().raw).endswith(raw.rstrip())


def test_a_signed_return_path_stands_in_the_envelope_only(mail):
    token = sign(Purpose.RETURN_PATH, mail.pk)
    raw = hard_bounce(mail).replace(mail.smtp_message_id.encode(), b"unknown@example.org")
    data = {
        "id": "1", "raw": raw.decode(),
        "recipients": {"rcptTo": [{"email": f"bounce+{mail.pk}.{token}@punthelder.nl"}]},
    }  # fmt: skip
    asked = caller("mailersend")
    asked.tell({"type": "inbound.message", "data": data}, purpose="inbound")
    process_waiting(NOW)
    assert InboundMail.objects.get().message == mail


def test_an_envelope_can_not_write_headers_of_its_own(mail):
    by_sparkpost(reply(mail), caller("sparkpost"), sender="a@b.nl>\r\nX-Evil: 1\r\nY: <")
    process_waiting(NOW)
    kept = message_from_bytes(bytes(InboundMail.objects.get().raw))
    assert "X-Evil" not in kept


def written(raw: bytes, at: datetime) -> bytes:
    return raw.replace(mails.MONDAY.encode(), format_datetime(at).encode(), 1)


@pytest.mark.parametrize("backend", ["brevo", "mailjet", "postmark", "sparkpost"])
@pytest.mark.parametrize(("hours", "state"), [(71, "done"), (73, "unmatched")])
def test_an_answer_of_long_ago_waits_for_a_person(backend, hours, state, mail):
    raw = written(reply(mail, "Graag geen mails meer."), NOW - hours * HOUR)
    (WHOLE | IN_PIECES)[backend](raw, caller(backend))
    process_waiting(NOW)
    inbound = InboundMail.objects.get()
    assert (inbound.state, inbound.lead) == (state, mail.lead)
    assert Suppression.objects.exists() is (state == "done")
    mail.enrollment.refresh_from_db()
    assert (mail.enrollment.status == Enrollment.Status.ACTIVE) is (state == "unmatched")
    if state == "unmatched":
        assert inbound.outcome.startswith("Brought too late to be believed by itself: it is of 20")
        assert stored() == [("done", inbound.outcome)]


@pytest.mark.parametrize(("hours", "state"), [(71, "done"), (73, "unmatched")])
def test_what_the_provider_says_of_the_time_goes_before_the_mails_date(hours, state, mail):
    data = {
        "id": "1",
        "raw": written(reply(mail), NOW - 100 * HOUR).decode(),
        "created_at": (NOW - hours * HOUR).isoformat(),
    }
    payload = {"type": "inbound.message", "data": data}
    caller("mailersend").tell(payload, purpose="inbound")
    process_waiting(NOW)
    assert InboundMail.objects.get().state == state


def test_an_answer_that_waited_for_us_is_as_old_as_it_was_when_it_came(mail):
    by_sparkpost(written(reply(mail), NOW), caller("sparkpost"))
    process_waiting(NOW + 200 * HOUR)
    assert InboundMail.objects.get().state == "done"


TRACKING = {
    "brevo": {"event": "sent"},
    "mailersend": {"type": "activity.sent", "data": {}},
    "mailgun": {"event-data": {"event": "delivered"}},
    "postmark": {"RecordType": "Open", "Recipient": SENDER},
    "resend": {"type": "email.delivered", "data": {"email_id": "1"}},
    "sparkpost": [{"msys": {"message_event": {"type": "delivery"}}}],
}


@pytest.mark.parametrize("backend", TRACKING)
def test_an_event_at_the_address_for_answers_fails_and_says_so(backend):
    caller(backend).tell(TRACKING[backend], purpose="inbound")
    process_waiting(NOW)
    ((state, outcome),) = stored()
    assert state == "failed"
    assert outcome.startswith("It cannot be read: ")
    assert not InboundMail.objects.exists()


@pytest.mark.parametrize("broken", ["", "\0\ud800", "no mail at all", "=?utf-8?b?" * 1_000])
def test_a_broken_mail_is_kept_for_a_person(broken):
    asked = caller("mailersend")
    payload = {"type": "inbound.message", "data": {"id": "1", "raw": broken}}
    asked.tell(payload, purpose="inbound")
    process_waiting(NOW)
    assert InboundMail.objects.get().state == "unmatched"


def test_an_html_reply_in_pieces_with_odd_headers_is_put_together(mail):
    payload = {
        "Sender": SENDER,
        "Recipient": ALIAS,
        "Headers": {
            "From": f"Zoë \ud800 <{SENDER}>",
            "Subject": "Re:\r\nX-Evil: 1",
            "In-Reply-To": f"<{mail.smtp_message_id}>",
            "Received": ["by a", "by b"],
            "X Odd\n": "x",
            "Content-Type": "text/html",
        },
        "Parts": [],
        "Html-part": "<p>Graag!</p>",
    }
    caller("mailjet").tell(payload, purpose="inbound")
    process_waiting(NOW)
    ((state, _),) = stored()
    assert state in ("done", "failed")


def test_a_mail_that_can_not_be_read_is_kept_no_longer_than_others(settings):
    settings.INBOUND_RAW_DAYS = 2
    caller("postmark").tell({"RecordType": "Open", "TextBody": "Lief"}, purpose="inbound")
    process_waiting(NOW)
    event = ProviderEvent.objects.get()
    for days, is_kept in ((1, True), (3, False)):
        with clock.frozen(NOW + days * 24 * HOUR):
            housekeeping()
        event.refresh_from_db()
        assert (event.state, b"Lief" in bytes(event.body)) == ("failed", is_kept)
    with pytest.raises(Refusal, match="2 days"):
        processing.try_again(event.pk, NOW)


# --- What has to be fetched ---


@contextmanager
def provider_answers(answers: dict[str, Any]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A provider's API on this machine: path → JSON, bytes, or the status of a refusal.
    "missing" → how many bytes are held back at the end of bytes; "drips" → an event without
    which nothing but the first byte comes."""
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({"path": self.path, **dict(self.headers)})
            answer = answers.get(self.path, 404)
            status = answer if isinstance(answer, int) else 200
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            missing = answers.get("missing", 0) if isinstance(answer, bytes) else 0
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:1])
            if "drips" in answers:
                answers["drips"].wait(60)
            self.wfile.write(body[1 : len(body) - missing])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join()


def resend_at(url: str) -> Caller:
    asked = caller("resend")
    asked.account.provider_options = {"api_url": url}
    asked.account.save()
    return asked


RECEIVED = {
    "type": "email.received",
    "created_at": "2026-06-01T07:00:00.000Z",
    "data": {"email_id": "56761188-7520-42d8-8898-ff6fc54ce618", "to": [ALIAS]},
}
PLACE = "/emails/receiving/56761188-7520-42d8-8898-ff6fc54ce618"


def test_resends_mail_is_fetched_whole_and_its_key_goes_nowhere_else(mail):
    raw, answers = reply(mail), {}
    with provider_answers(answers) as (url, asked):
        answers |= {PLACE: {"raw": {"download_url": f"{url}/raw/1"}}, "/raw/1": raw}
        resend_at(url).tell(RECEIVED, purpose="inbound", headers={"svix-id": "msg_1"})
        process_waiting(NOW)
    assert bytes(InboundMail.objects.get().raw) == raw
    assert [(one["path"], one.get("Authorization")) for one in asked] == [
        (PLACE, "Bearer api-key"),
        ("/raw/1", None),
    ]


@pytest.mark.parametrize("answer", [500, 404, 302])
def test_a_mail_that_can_not_be_fetched_now_is_fetched_later(mail, answer):
    answers: dict[str, Any] = {PLACE: answer}
    with provider_answers(answers) as (url, _):
        resend_at(url).tell(RECEIVED, purpose="inbound")
        process_waiting(NOW)
        assert stored() == [("waiting", f"The provider answered {answer}.")]
        answers |= {PLACE: {"raw": {"download_url": f"{url}/raw/1"}}, "/raw/1": reply(mail)}
        process_waiting(ProviderEvent.objects.get().next_try_at)
    assert InboundMail.objects.get().kind == "reply"


def test_a_provider_that_is_away_is_asked_later():
    with provider_answers({}) as (url, _):
        pass
    resend_at(url).tell(RECEIVED, purpose="inbound")
    process_waiting(NOW)
    assert [state for state, _ in stored()] == ["waiting"]


def test_a_mail_that_is_too_long_is_not_fetched_to_its_end(settings):
    settings.INBOUND_MAX_BYTES = 2_000
    answers: dict[str, Any] = {}
    with provider_answers(answers) as (url, _):
        answers |= {PLACE: {"raw": {"download_url": f"{url}/raw/1"}}, "/raw/1": b"x" * 200_000}
        resend_at(url).tell(RECEIVED, purpose="inbound")
        process_waiting(NOW)
    ((state, outcome),) = stored()
    assert (state, outcome) == ("waiting", "The provider's answer exceeds 2000 bytes.")


def test_a_store_that_drips_is_left_alone_in_time(monkeypatch):
    monkeypatch.setattr(fetching, "_MOST_SECONDS", 0)
    answers = {PLACE: b"{}", "drips": threading.Event()}
    with provider_answers(answers) as (url, _):
        resend_at(url).tell(RECEIVED, purpose="inbound")
        process_waiting(NOW)
        answers["drips"].set()
    assert stored() == [("waiting", "The provider took longer than 0 seconds.")]


def test_a_mail_that_breaks_off_is_fetched_later(mail):
    raw = reply(mail)
    answers: dict[str, Any] = {}
    with provider_answers(answers) as (url, _):
        answers |= {PLACE: {"raw": {"download_url": f"{url}/raw/1"}}, "/raw/1": raw}
        answers["missing"] = 10
        resend_at(url).tell(RECEIVED, purpose="inbound")
        process_waiting(NOW)
        assert [state for state, _ in stored()] == ["waiting"]
        del answers["missing"]
        process_waiting(ProviderEvent.objects.get().next_try_at)
    assert bytes(InboundMail.objects.get().raw) == raw


def test_a_slow_store_holds_up_neither_complaints_nor_the_answers_at_others(mail, monkeypatch):
    """Here each of its answers takes all of its account's share."""
    order: list[str] = []
    real = processing.process

    def noted(event_id: int, now: datetime) -> None:
        event = ProviderEvent.objects.select_related("account").get(pk=event_id)
        order.append(f"{event.account.backend} {event.purpose}")
        real(event_id, now)
        if len(order) == 1:
            brevo.tell(payloads.brevo("spam", payloads.about(mail, at=NOW)))

    monkeypatch.setattr(processing, "process", noted)
    monkeypatch.setattr(processing, "_SHARE_SECONDS", 0)
    brevo = caller("brevo")
    with provider_answers({}) as (url, _):
        slow = resend_at(url)
        for number in range(3):
            slow.tell(RECEIVED, purpose="inbound", headers={"svix-id": f"msg_{number}"})
        by_sparkpost(reply(mail), caller("sparkpost"))
        process_waiting(NOW)
    assert order == [
        "resend inbound", "sparkpost inbound", "brevo tracking", "resend inbound",
        "resend inbound",
    ]  # fmt: skip


def test_news_of_our_mails_comes_before_answers(mail):
    by_sparkpost(reply(mail), caller("sparkpost"))
    caller("brevo").tell(payloads.brevo("spam", payloads.about(mail, at=NOW)))
    assert process_waiting(NOW, seconds=0) == 1
    assert InboundMail.objects.get().kind == "complaint"


@pytest.mark.parametrize("number", ["../../emails", "a/b", "", "x" * 65, None, 7.5])
def test_an_id_that_would_lead_elsewhere_is_not_asked_for(number):
    with provider_answers({}) as (url, asked):
        payload = {**RECEIVED, "data": {"email_id": number}}
        resend_at(url).tell(payload, purpose="inbound")
        process_waiting(NOW)
    assert asked == []
    assert [state for state, _ in stored()] == ["failed"]


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://x/y", "", None, 5])
def test_a_raw_mail_comes_from_the_web_only(place):
    answers: dict[str, Any] = {}
    with provider_answers(answers) as (url, asked):
        answers[PLACE] = {"raw": {"download_url": place}}
        resend_at(url).tell(RECEIVED, purpose="inbound")
        process_waiting(NOW)
    assert [one["path"] for one in asked] == [PLACE]
    assert [state for state, _ in stored()] == ["failed"]


def test_of_brevos_attachments_only_the_parts_of_a_report_are_fetched(mail):
    report = message_from_bytes(hard_bounce(mail), policy=default)
    status, returned = list(report.iter_parts())[-2:]
    parts = {"a": status.as_bytes().partition(b"\n\n")[2], "b": mail_head(returned)}
    answers = {f"/inbound/attachments/{token}": content for token, content in parts.items()}
    item = {
        "Uuid": ["u1"],
        "Headers": {"From": "MAILER-DAEMON@mx.hotel-zon.nl", "To": ALIAS, "Return-Path": "<>",
                    "Subject": "Undelivered Mail Returned to Sender"},
        "RawTextBody": "550 5.1.1 User unknown",
        "Attachments": [
            {"Name": "x.pdf", "ContentType": "application/pdf", "DownloadToken": "pdf"},
            {"Name": "", "ContentType": "message/delivery-status", "DownloadToken": "a"},
            {"Name": "", "ContentType": "text/rfc822-headers", "DownloadToken": "b"},
        ],
    }  # fmt: skip
    with provider_answers(answers) as (url, asked):
        brevo = caller("brevo")
        brevo.account.provider_options = {"api_url": f"{url}/"}
        brevo.account.save()
        brevo.tell({"items": [item]}, purpose="inbound")
        process_waiting(NOW)
    assert [one["path"][-1] for one in asked] == ["a", "b"]
    assert {one["api-key"] for one in asked} == {"api-key"}
    inbound = InboundMail.objects.get()
    assert (inbound.kind, inbound.message) == ("bounce", mail)
    assert Suppression.objects.get().value == mail.recipient


def mail_head(part: Any) -> bytes:
    return part.as_bytes().partition(b"\n\n")[2]
