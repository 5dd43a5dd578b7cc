"""django-anymail against a provider's API that a local HTTP server plays."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from campaigns.mail import Attachment, ComposedMail, InlineImage
from campaigns.models import SendingAccount
from campaigns.transport import Delivery, Outcome, TransportUnavailableError, transport_for

MAIL = ComposedMail(
    message_id="1@punthelder-seo.nl",
    sender_name='Christian "C" van der Meer',
    sender_address="christian@punthelder-seo.nl",
    recipient="info@hotel-zon.nl",
    subject="Hallo Zoë",
    html='<p>Hallo <img src="cid:hero"></p>',
    text="Hallo",
    reply_to="antwoord@punthelder-seo.nl",
    headers={"List-Unsubscribe": "<https://punthelder.nl/unsubscribe>"},
    inline_images=(InlineImage("hero", "hero.png", b"\x89PNG\r\n\x1a\n", "image/png"),),
    attachments=(Attachment("rapport.pdf", b"%PDF", "application/pdf"),),
)
ACCEPTED = {"ErrorCode": 0, "Message": "OK", "MessageID": "abc", "To": MAIL.recipient}


@dataclass
class Provider:
    """Answers each request with `status` and `answer`; None hangs up without an answer."""

    status: int = 200
    answer: object = field(default_factory=lambda: ACCEPTED)
    requests: list[dict] = field(default_factory=list)
    url: str = ""


@contextmanager
def provider(**fields: object) -> Iterator[Provider]:
    played = Provider(**fields)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            played.requests.append({"headers": dict(self.headers), **json.loads(body)})
            if played.answer is None:
                self.connection.close()
                return
            content = json.dumps(played.answer).encode()
            self.send_response(played.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError, ValueError):  # hung up on purpose
                super().finish()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        played.url = f"http://127.0.0.1:{server.server_address[1]}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield played
        finally:
            server.shutdown()
            thread.join()


def postmark(url: str, **fields: object) -> SendingAccount:
    return SendingAccount(
        name="post", backend="postmark", secret="key-1", provider_options={"api_url": url}, **fields
    )


def deliver(played: Provider) -> Delivery:
    with transport_for(postmark(played.url)) as transport:
        transport.connect()
        return transport.deliver(MAIL)


def test_an_accepted_mail_is_what_was_composed():
    with provider() as played:
        delivery = deliver(played)
    assert (delivery.outcome, delivery.provider_id) == (Outcome.ACCEPTED, "abc")
    (request,) = played.requests
    assert request["headers"]["X-Postmark-Server-Token"] == "key-1"
    assert request["To"] == MAIL.recipient
    assert MAIL.sender_address in request["From"]
    assert (request["Subject"], request["ReplyTo"]) == ("Hallo Zoë", MAIL.reply_to)
    headers = {header["Name"]: header["Value"] for header in request["Headers"]}
    assert headers["List-Unsubscribe"] == MAIL.headers["List-Unsubscribe"]
    assert headers["Message-ID"] == "<1@punthelder-seo.nl>"
    files = {one["Name"]: one.get("ContentID") for one in request["Attachments"]}
    assert files == {"hero.png": "cid:hero", "rapport.pdf": None}
    assert request["Metadata"] == {"mailsuite-id": MAIL.message_id}


@pytest.mark.parametrize(
    ("inactive", "outcome", "turned_away"),
    [
        ("jan@hotel-zon.nl", Outcome.ACCEPTED, ("jan@hotel-zon.nl: rejected",)),
        (MAIL.recipient, Outcome.REFUSED, ()),
    ],
)
def test_of_several_recipients_the_first_one_decides(inactive, outcome, turned_away):
    said = (
        f"Message OK, but will not deliver to these inactive addresses: {inactive}. "
        "Inactive recipients are ones that have generated a hard bounce."
    )
    answer = {**ACCEPTED, "Message": said, "Cc": "jan@hotel-zon.nl"}
    with provider(answer=answer) as played, transport_for(postmark(played.url)) as transport:
        transport.connect()
        delivery = transport.deliver(replace(MAIL, cc=("jan@hotel-zon.nl",)))
    assert played.requests[0]["Cc"] == "jan@hotel-zon.nl"
    assert (delivery.outcome, delivery.turned_away) == (outcome, turned_away)


def test_nobody_knows_what_became_of_a_mail_with_one_bad_address_and_no_id():
    answer = {"ErrorCode": 300, "Message": "Invalid 'Cc' address: 'jan@hotel-zon.nl'."}
    with provider(answer=answer) as played, transport_for(postmark(played.url)) as transport:
        transport.connect()
        delivery = transport.deliver(replace(MAIL, cc=("jan@hotel-zon.nl",)))
    assert (delivery.outcome, delivery.detail) == (Outcome.UNKNOWN, "jan@hotel-zon.nl: invalid")


def test_an_id_that_is_too_long_to_go_along_keeps_no_mail_back():
    mail = replace(MAIL, message_id=f"1@{'a' * 60}.{'b' * 20}.nl")
    with provider() as played, transport_for(postmark(played.url)) as transport:
        transport.connect()
        assert transport.deliver(mail).is_accepted
    (request,) = played.requests
    assert not request.get("Metadata")


def test_a_provider_without_metadata_sends_all_the_same():
    with provider(status=202, answer={}) as played:
        account = SendingAccount(
            name="ms", backend="mailersend", secret="k", provider_options={"api_url": played.url}
        )
        with transport_for(account) as transport:
            transport.connect()
            assert transport.deliver(replace(MAIL, headers={})).outcome == Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (422, Outcome.REFUSED),
        (401, Outcome.NOT_TRANSMITTED),
        (429, Outcome.DEFERRED),
        (503, Outcome.DEFERRED),
        (500, Outcome.UNKNOWN),
    ],
)
def test_an_answer_is_judged_by_what_it_says_of_this_request(status, outcome):
    with provider(status=status, answer={"ErrorCode": 10, "Message": "no"}) as played:
        delivery = deliver(played)
    assert (delivery.outcome, delivery.code) == (outcome, status)
    assert delivery.is_account_problem is (status == 401)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (402, "not enough credits"),
        (404, "domain not found"),
        (400, "The from field does not match a verified sender identity"),
        (422, "Sender signature not defined for From address"),
        (422, "The sending domain is not verified"),
    ],
)
def test_trouble_with_account_or_sender_is_no_leads_fault(status, words):
    with provider(status=status, answer={"ErrorCode": 10, "Message": words}) as played:
        delivery = deliver(played)
    assert (delivery.outcome, delivery.is_account_problem) == (Outcome.NOT_TRANSMITTED, True)


def test_silence_after_the_request_is_unknown_and_never_tried_twice():
    with provider(answer=None) as played:
        delivery = deliver(played)
    assert delivery.outcome == Outcome.UNKNOWN
    assert len(played.requests) == 1


def test_a_provider_that_cannot_be_reached_got_nothing():
    with provider() as gone:
        pass
    assert deliver(gone).outcome == Outcome.NOT_TRANSMITTED


def test_an_account_without_its_key_is_the_accounts_problem():
    account = postmark("http://127.0.0.1:1/")
    account.secret = ""
    with pytest.raises(TransportUnavailableError, match="post") as caught:
        transport_for(account).connect()
    assert caught.value.is_account_problem


@pytest.mark.parametrize("backend", [b for b in SendingAccount.Backend if b != "smtp"])
def test_every_provider_that_can_be_chosen_can_be_set_up(backend):
    options = {
        "mailgun": {"sender_domain": "punthelder.nl"},
        "mailjet": {"secret_key": "s"},
    }.get(backend, {})
    account = SendingAccount(name="x", backend=backend, secret="k", provider_options=options)
    with transport_for(account) as transport:
        transport.connect()
