"""Whatever is sent to the addresses: it is answered, and what is stored of it ends by itself."""

from __future__ import annotations

import copy
import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailsuite.lib import clock
from tests.tracking.webhooks import payloads
from tests.tracking.webhooks.calls import (
    MAILERSEND_KEY,
    MAILGUN_KEY,
    RESEND_KEY,
    Caller,
    caller,
    stored,
)
from tests.tracking.webhooks.payloads import WHEN, About
from tracking.models import ProviderEvent
from tracking.webhooks.processing import process_waiting
from tracking.webhooks.providers import PROVIDERS
from tracking.webhooks.reports import TooEarlyError

pytestmark = pytest.mark.django_db

NOWHERE = {"api_url": "http://127.0.0.1:9/"}  # what has to be fetched is not fetched here
KEYS = {"mailgun": MAILGUN_KEY, "mailersend": MAILERSEND_KEY, "resend": RESEND_KEY}
OURS = About(own_id="1@punthelder-seo.nl")
ODD = [
    None, True, -1, 0, 10**30, 1e400, -1e400, float("nan"), "", "x" * 3_000, "\0", "\ud800",
    "é\u2028", "<a@b.c>, <d@e.f>", "=?utf-8?q?=00?=", [], {}, [[]], [None], {"": None},
    {"event": {}}, "2026-06-02", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
]  # fmt: skip

EVENTS: dict[str, list[Any]] = {
    "brevo": [
        payloads.brevo("hard_bounce", OURS, reason="550 5.1.1 User unknown"),
        {"items": [{"Uuid": ["1"], "Headers": {"From": "a@b.c", "Received": ["x", "y"]},
                    "RawTextBody": "x", "RawHtmlBody": None,
                    "Attachments": [{"Name": "a", "ContentType": "message/delivery-status",
                                     "DownloadToken": "t"}]}]},
    ],
    "mailersend": [
        payloads.mailersend("hard_bounced", OURS, reason="550 5.1.1 User unknown"),
        payloads.mailersend_2("soft_bounced", OURS, reason="full"),
        {"type": "inbound.message", "data": {"id": "1", "raw": "From: a@b.c\n\nx",
         "sender": {"email": "a@b.c"}, "recipients": {"rcptTo": [{"email": "a@b.c"}]}}},
    ],
    "mailgun": [
        {**payloads.mailgun("failed", OURS, severity="permanent", reason="bounce",
                            **{"delivery-status": {"code": 550, "message": "User unknown"}}),
         "signature": {"timestamp": "1", "token": "t", "signature": "s"}},
    ],
    "mailjet": [
        payloads.mailjet("bounce", OURS, hard_bounce=True, error="user unknown"),
        [payloads.mailjet("spam", OURS), payloads.mailjet("sent", OURS)],
        {"Sender": "a@b.c", "Recipient": "d@e.f", "Headers": {"From": "a@b.c", "To": ["x"]},
         "Parts": [{"Headers": {"Content-Type": "image/png; name=a"}, "ContentRef": "Attachment1"}],
         "Attachment1": "aGFsbG8=", "Text-part": "x", "SpamAssassinScore": "1"},
    ],
    "postmark": [
        payloads.postmark("Bounce", OURS, Type="HardBounce", ID=1, Details="User unknown"),
        payloads.postmark("SubscriptionChange", OURS, SuppressSending=True, SuppressionReason="x"),
        {"MessageID": "1", "FromFull": {"Email": "a@b.c", "Name": ""}, "Headers": [
            {"Name": "Return-Path", "Value": "<>"}], "RawEmail": "From: a@b.c\n\nx"},
        {"MessageID": "1", "FromFull": {"Email": "a@b.c", "Name": ""}, "ToFull": [],
         "Headers": [{"Name": "X-A", "Value": "b"}], "TextBody": "x", "HtmlBody": "<p>",
         "Attachments": [{"Name": "a", "Content": "aGk=", "ContentType": "text/plain"}]},
    ],
    "resend": [
        payloads.resend("bounced", OURS, bounce={"type": "Permanent", "subType": "General",
                                                 "message": "x", "diagnosticCode": ["550"]}),
        {"type": "email.received", "created_at": "2026-06-02T09:30:00Z",
         "data": {"email_id": "56761188"}},
    ],
    "sparkpost": [
        [payloads.sparkpost("bounce", OURS, bounce_class="10", raw_reason="x"), {"msys": {}}],
        [{"msys": {"relay_message": {"content": {"email_rfc822": "RnJvbTo=",
          "email_rfc822_is_base64": True}, "msg_from": "a@b.c", "rcpt_to": "d@e.f",
          "protocol": "smtp"}}}],
    ],
}  # fmt: skip


def mutated(payload: Any, random: Random) -> Any:
    """`payload` with one to three places put wrong."""
    changed = copy.deepcopy(payload)
    for _ in range(random.randint(1, 3)):
        places = list(_places(changed))
        if not places:
            return copy.deepcopy(random.choice(ODD))
        where, key = random.choice(places)
        if isinstance(where, dict) and random.random() < 0.25:
            del where[key]
        else:
            where[key] = copy.deepcopy(random.choice(ODD))
    return changed


def _places(value: Any) -> Any:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, below in list(inner):
        yield value, key
        if isinstance(below, dict | list):
            yield from _places(below)


def asked(backend: str, **keys: str) -> Caller:
    found = caller(backend, **keys)
    found.account.provider_options = NOWHERE
    found.account.save()
    return found


def came_to_an_end() -> None:
    """Or waits for what may still come, and for nothing that we did not think of."""
    with clock.frozen(WHEN):
        process_waiting(WHEN)
    for state, outcome in stored():
        assert state != "waiting" or "yet" in outcome or "127.0.0.1" in outcome, outcome


@pytest.mark.parametrize("purpose", ["tracking", "inbound"])
@pytest.mark.parametrize("backend", PROVIDERS)
def test_no_payload_is_a_crash(backend, purpose):
    random = Random(f"{backend} {purpose}")
    provider = asked(backend)
    provider.client.raise_request_exception = False
    with clock.frozen(WHEN):
        for number in range(60):
            payload = mutated(random.choice(EVENTS[backend]), random)
            body = json.dumps(payload).encode()
            answer = provider.post(body, purpose=purpose, headers={"svix-id": f"msg_{number}"})
            assert answer.status_code in (200, 400), body
    came_to_an_end()
    assert ProviderEvent.objects.exists()


@pytest.mark.parametrize("backend", KEYS)
def test_no_signature_is_a_crash(backend):
    random = Random(backend)
    provider = asked(backend, tracking_key=KEYS[backend])
    provider.client.raise_request_exception = False
    for _ in range(60):
        payload = mutated(random.choice(EVENTS[backend]), random)
        headers = {
            name: random.choice(["", "x", "v1,", "v1,AAAA v1", "9" * 30, "é", "nan", "1"])
            for name in ("Signature", "svix-id", "svix-timestamp", "svix-signature")
        }
        answer = provider.post(json.dumps(payload).encode(), headers=headers)
        assert answer.status_code in (400, 403)
    assert not ProviderEvent.objects.exists()


CONTENT_TYPES = [
    "application/json", "application/json; charset=utf-16", "", "text/plain",
    "application/x-www-form-urlencoded", "multipart/form-data", "multipart/form-data; boundary=",
    'multipart/form-data; boundary="a', "multipart/form-data; boundary=" + "x" * 300,
    "multipart/form-data; boundary=a; charset=nonsense",
]  # fmt: skip
FORM = (
    b'--a\r\nContent-Disposition: form-data; name="token"\r\n\r\n\xff\0\r\n'
    b'--a\r\nContent-Disposition: form-data; name="f"; filename="../x"\r\n'
    b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n!!\r\n--a--\r\n"
)


@pytest.mark.django_db(transaction=True)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.sampled_from([FORM, FORM[:90], b"[" * 940 + b"]" * 940, b"%", b"a=%zz&token=%00"]),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    content_type=st.sampled_from(CONTENT_TYPES),
    backend=st.sampled_from(list(PROVIDERS)),
    purpose=st.sampled_from(["tracking", "inbound"]),
)
def test_no_bytes_are_a_crash(body, content_type, backend, purpose):
    provider = asked(backend)
    provider.client.raise_request_exception = False
    with clock.frozen(WHEN):
        answer = provider.post(body, content_type, purpose=purpose)
    assert answer.status_code in (200, 400)
    came_to_an_end()


def test_too_early_is_told_by_its_words():
    """What came_to_an_end() looks for."""
    assert "yet" in str(TooEarlyError("No mail of ours is known by this id yet."))
