"""Who gets in, how much is read, and what is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import SendingAccountFactory
from tests.tracking.webhooks.calls import (
    MAILERSEND_KEY,
    MAILGUN_KEY,
    RESEND_KEY,
    Caller,
    basic,
    caller,
    mailgun_signature,
    signature_of_mailersend,
    signature_of_resend,
    signed_by_mailgun,
)
from tests.tracking.webhooks.payloads import (
    About,
    mailersend,
    mailgun,
    mailjet,
    postmark,
    resend,
    sparkpost,
)
from tracking.models import ProviderEvent, ProviderWebhook
from tracking.webhooks.addresses import addresses_of, make_secret
from tracking.webhooks.providers import PROVIDERS

pytestmark = pytest.mark.django_db

DELIVERED = postmark("Delivery")


@pytest.fixture
def post() -> Caller:
    return caller("postmark")


def count() -> int:
    return ProviderEvent.objects.count()


# --- Who gets in ---


def test_the_provider_that_knows_the_secret_is_let_in_and_heard(post):
    answer = post.tell(DELIVERED)
    assert (answer.status_code, answer.content) == (200, b"")
    event = ProviderEvent.objects.get()
    assert (event.account, event.purpose, event.state) == (post.account, "tracking", "waiting")
    assert json.loads(bytes(event.body)) == DELIVERED


@pytest.mark.parametrize("number", [0, 999_999, 2**63, 10**30])
def test_an_account_that_is_not_there_is_not_found(post, number):
    answer = Client().post(f"/webhooks/{number}/tracking", headers={"Authorization": basic("x")})
    assert (answer.status_code, answer.content) == (404, b"")


def test_an_account_without_a_secret_or_a_provider_is_not_found(post):
    without = SendingAccountFactory(backend="brevo")
    smtp = SendingAccountFactory()
    ProviderWebhook.objects.create(account=smtp, secret="s", secret_since=datetime.now(UTC))
    for account in (without, smtp):
        asked = Caller(account, "s", client=post.client)
        url = f"/webhooks/{account.pk}/tracking"
        answer = asked.client.post(url, headers={"Authorization": basic("s")})
        assert answer.status_code == 404


@pytest.mark.parametrize("path", ["inbound-mime", "other", "inbound-"])
def test_a_path_that_the_provider_does_not_have_is_not_found(post, path):
    url = f"/webhooks/{post.account.pk}/{path}"
    answer = post.client.post(url, headers={"Authorization": basic(post.secret)})
    assert answer.status_code == 404


WRONG = [
    {},
    {"Authorization": basic("wrong")},
    {"Authorization": basic("")},
    {"Authorization": "Basic"},
    {"Authorization": "Basic !!!"},
    {"Authorization": "Basic " + "A" * 5_000},
    {"Authorization": "Bearer x"},
    {"Authorization": "Basic /////w=="},
]


@pytest.mark.parametrize("headers", WRONG)
def test_who_does_not_know_the_secret_is_told_nothing(post, headers):
    answer = post.client.post(post.path(), b"{}", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.content) == (403, b"")
    assert "WWW-Authenticate" not in answer.headers
    assert count() == 0


def test_another_user_with_the_right_secret_is_nobody(post):
    headers = {"Authorization": basic(post.secret, user="postmark")}
    assert post.tell(DELIVERED, headers=headers).status_code == 403


def test_the_secret_of_one_account_opens_no_other(post):
    other = caller("postmark")
    headers = {"Authorization": basic(other.secret)}
    assert post.tell(DELIVERED, headers=headers).status_code == 403


def test_a_new_secret_ends_the_one_before(post):
    before = post.secret
    post.secret = make_secret(post.account)
    assert post.tell(DELIVERED).status_code == 200
    headers = {"Authorization": basic(before)}
    assert post.tell(DELIVERED, headers=headers).status_code == 403


def test_nobody_can_guess_a_secret_and_the_database_does_not_show_it(post):
    assert len(post.secret) >= 43  # 32 bytes
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM tracking_providerwebhook")
        ((sealed,),) = cursor.fetchall()
    assert post.secret not in sealed


def test_a_stranger_costs_one_query_and_no_reading(post):
    stranger = b"x" * 100_000
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = post.post(stranger, headers={"Authorization": basic("wrong")})
    assert answer.status_code == 403
    assert len(queries) == 1


def test_an_account_whose_own_key_is_lost_is_still_told(post):
    """What its provider tells would be lost else; sending waits for the key."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_sendingaccount SET secret = 'sealed by another key'")
    assert post.tell(DELIVERED).status_code == 200


def test_a_stranger_never_has_its_body_read(post, monkeypatch):
    from django.core.handlers.wsgi import WSGIRequest

    def read(*_: object) -> bytes:
        raise AssertionError("the body was read")

    monkeypatch.setattr(WSGIRequest, "read", read)
    answer = post.post(b"{}", headers={"Authorization": basic("wrong")})
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options"])
def test_other_methods_are_not_allowed(post, method):
    answer = getattr(post.client, method)(post.path())
    assert answer.status_code == 405


def test_an_address_can_be_tried_without_a_call(post):
    answer = post.client.head(post.path(), headers={"Authorization": basic(post.secret)})
    assert answer.status_code == 200
    assert post.client.head(post.path()).status_code == 403
    assert count() == 0


@pytest.mark.parametrize("backend", PROVIDERS)
def test_the_addresses_hold_what_opens_them(backend, settings):
    settings.PUBLIC_URL = "https://mail.example.org"
    account = SendingAccountFactory(backend=backend)
    secret = make_secret(account)
    for purpose, address in addresses_of(account, secret).items():
        scheme, _, rest = address.partition("://")
        login, _, place = rest.partition("@")
        host, _, path = place.partition("/")
        assert (scheme, host) == ("https", "mail.example.org")
        user, _, password = login.partition(":")
        url = f"/{path}"
        assert url.startswith(f"/webhooks/{account.pk}/{purpose}")
        headers = {"Authorization": basic(password, user=user)}
        assert Client().head(url, headers=headers).status_code == 200


# --- Signatures ---


def signed(backend: str) -> Caller:
    keys = {"mailgun": MAILGUN_KEY, "mailersend": MAILERSEND_KEY, "resend": RESEND_KEY}
    return caller(backend, tracking_key=keys[backend], inbound_key=keys[backend])


def test_mailersend_is_believed_by_its_signature_of_the_body():
    send = signed("mailersend")
    body = json.dumps(mailersend("delivered")).encode()
    assert send.post(body).status_code == 403
    assert send.post(body, headers=signature_of_mailersend(body, "other")).status_code == 403
    assert send.post(body + b" ", headers=signature_of_mailersend(body)).status_code == 403
    assert count() == 0
    assert send.post(body, headers=signature_of_mailersend(body)).status_code == 200
    assert count() == 1


def test_a_trial_call_of_mailersend_is_answered_and_means_nothing():
    """It is signed with a key that is in its documentation, so its signature proves nothing."""
    send = signed("mailersend")
    body = json.dumps({"type": "webhook.test", "message": "Test"}).encode()
    public = signature_of_mailersend(body, "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G")
    assert send.post(body, headers=public).status_code == 200
    real = json.dumps(mailersend("hard_bounced")).encode()
    forged = signature_of_mailersend(real, "test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G")
    assert send.post(real, headers=forged).status_code == 403


@pytest.mark.parametrize(
    "change",
    [{"signature": "0" * 64}, {"token": "other"}, {"timestamp": "1"}, {"signature": None},
     {"timestamp": "later"}, {"signature": ["a"]}, {"token": "\u00e9"}],
)  # fmt: skip
def test_mailgun_is_believed_by_its_signature_of_time_and_token(change):
    gun = signed("mailgun")
    right = mailgun_signature()
    payload = mailgun("delivered")
    assert gun.tell({**payload, "signature": {**right, **change}}).status_code == 403
    assert gun.tell(payload).status_code == 403
    assert count() == 0
    assert gun.tell({**payload, "signature": right}).status_code == 200


@pytest.mark.parametrize("age", [timedelta(hours=73), timedelta(minutes=-20)])
def test_what_mailgun_signed_too_long_ago_or_ahead_of_time_is_not_believed(age):
    gun = signed("mailgun")
    told = signed_by_mailgun(mailgun("delivered"), at=datetime.now(UTC) - age)
    assert gun.tell(told).status_code == 403
    assert count() == 0


def test_a_token_of_mailgun_counts_once_whatever_is_told_with_it():
    """Its signature does not cover what is told."""
    gun = signed("mailgun")
    assert gun.tell(signed_by_mailgun(mailgun("delivered"))).status_code == 200
    forged = mailgun("failed", About(recipient="boss@hotel-zon.nl"), severity="permanent")
    assert gun.tell(signed_by_mailgun(forged)).status_code == 200
    event = ProviderEvent.objects.get()
    assert json.loads(bytes(event.body))["event-data"]["event"] == "delivered"


def test_resend_is_believed_by_its_signature():
    send = signed("resend")
    body = json.dumps(resend("delivered")).encode()
    right = signature_of_resend(body)
    other_key = "whsec_" + "b3RoZXIta2V5LW9mLXJlc2VuZA=="
    for wrong in (
        {},
        {**right, "svix-id": "msg_2"},
        {**right, "svix-signature": "v1,AAAA"},
        {**right, "svix-signature": "nonsense"},
        signature_of_resend(body, key=other_key),
        signature_of_resend(body, at=datetime.now(UTC) - timedelta(minutes=6)),
        signature_of_resend(body, at=datetime.now(UTC) + timedelta(minutes=6)),
    ):
        assert send.post(body, headers=wrong).status_code == 403
    assert count() == 0
    assert send.post(body, headers=right).status_code == 200


def test_keys_are_for_their_own_address():
    send = caller("mailersend", tracking_key=MAILERSEND_KEY)
    body = json.dumps({"type": "inbound.message", "data": {"id": "1", "raw": ""}}).encode()
    assert send.post(body, purpose="inbound").status_code == 200
    assert send.post(body).status_code == 403


# --- What is stored ---


def test_a_call_told_again_is_answered_and_not_stored_again(post):
    for _ in range(3):
        assert post.tell(DELIVERED).status_code == 200
    assert count() == 1


def test_the_same_words_to_another_account_are_another_event(post):
    post.tell(DELIVERED)
    caller("postmark").tell(DELIVERED)
    assert count() == 2


def test_a_batch_is_stored_event_by_event():
    spark = caller("sparkpost")
    events = [sparkpost("delivery", About(number=str(n))) for n in range(5)]
    spark.tell(events)
    spark.tell([*events[3:], sparkpost("open", About(number="9"))])
    assert count() == 6


def test_mailjet_may_tell_one_event_or_many():
    jet = caller("mailjet")
    jet.tell(mailjet("sent"))
    jet.tell([mailjet("open"), mailjet("click")])
    assert count() == 3


def test_a_call_that_is_too_long_is_not_read(post, settings):
    settings.INBOUND_MAX_BYTES = 1_000
    assert post.post(b"[" + b" " * 998 + b"]").status_code == 200
    assert post.post(b"[" + b" " * 999 + b"]").status_code == 413


def test_more_than_a_form_may_hold_elsewhere_is_read_here(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    jet = caller("mailjet")
    assert jet.tell([mailjet("sent", comment="x" * 5_000)]).status_code == 200
    assert count() == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"a": ' * 100_000, b"9" * 10_000,
     json.dumps([1] * 10_001).encode()],
)  # fmt: skip
def test_what_is_in_no_form_that_holds_events_is_refused(body):
    jet = caller("mailjet")
    assert jet.post(body).status_code == 400
    assert count() == 0


def test_a_form_is_stored_as_it_came_where_the_provider_sends_forms():
    body = b"event=delivered&token=abc&timestamp=1"
    for backend, status in (("mailgun", 200), ("brevo", 400), ("postmark", 400)):
        answer = caller(backend).post(body, "application/x-www-form-urlencoded")
        assert answer.status_code == status
    event = ProviderEvent.objects.get()
    assert (event.account.backend, bytes(event.body)) == ("mailgun", body)


def test_brevos_answers_are_stored_one_by_one():
    asked = caller("brevo")
    items = [{"Uuid": [f"u{n}"], "Subject": "Re"} for n in range(3)]
    asked.tell({"items": items}, purpose="inbound")
    asked.tell({"items": items[:1]}, purpose="inbound")
    assert count() == 3


def test_nothing_of_the_password_is_stored(post):
    post.tell(DELIVERED, headers={"X-Forwarded-For": "1.2.3.4", "Cookie": "a=b"})
    event = ProviderEvent.objects.get()
    assert event.headers == {}
    assert post.secret not in json.dumps(event.headers) + bytes(event.body).decode()


def test_an_answer_sets_no_cookie_and_is_kept_by_no_cache(post):
    answer = post.tell(DELIVERED)
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"
