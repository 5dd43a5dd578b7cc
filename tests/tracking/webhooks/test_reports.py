"""What each provider's events say, from payloads in the shape that it documents."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from campaigns.models import SendingAccount
from tests.tracking.webhooks import payloads
from tests.tracking.webhooks.payloads import WHEN, About
from tracking.reading import Kind, Reason
from tracking.webhooks.posts import Post, UnreadableCallError
from tracking.webhooks.providers import PROVIDERS, Provider, provider_of
from tracking.webhooks.values import Report

OWN_ID = "0b1c7a3e-1111-2222-3333-444455556666@punthelder-seo.nl"
OURS = About(own_id=OWN_ID)
GONE = "550 5.1.1 <info@hotel-zon.nl>: Recipient address rejected: User unknown"
FULL = "452 4.2.2 The email account that you tried to reach is over quota"
SPAM = "554 5.7.1 Message rejected as spam by content filtering"
# Providers' own words, which name reasons without having one.
ADVICE = (
    "The recipient's email provider sent a hard bounce message. Sending to such addresses can have "
    "a negative impact on your reputation as a sender."
)
EXAMPLES = "Unable to deliver message (i.e. mailbox full, account disabled, out of disk space)."
SUPPRESSED = "554 5.7.1 recipient address suppressed due to customer policy"
LISTED = "550 5.7.1 Service unavailable; client host blocked using Spamhaus"


def provider(backend: str, **options: Any) -> Provider:
    found = provider_of(SendingAccount(backend=backend, secret="k", provider_options=options))
    assert found is not None
    return found


def report(backend: str, payload: Any, headers: dict[str, str] | None = None) -> Report | None:
    whole = Post(json.dumps(payload).encode(), "application/json", headers or {})
    (event,) = provider(backend).events_in(whole)
    return provider(backend).report_of(event)


BREVO, SPARK, JET = payloads.brevo, payloads.sparkpost, payloads.mailjet
SEND, SEND_2, GUN = payloads.mailersend, payloads.mailersend_2, payloads.mailgun
MARK, RE = payloads.postmark, payloads.resend


def permanent(reason: str, words: str = "", **more: Any) -> dict[str, Any]:
    status = {"code": 550, "message": words, "description": "", **more}
    return GUN("failed", severity="permanent", reason=reason, **{"delivery-status": status})


def resend_bounce(sort: str, more: str, words: str, **codes: Any) -> dict[str, Any]:
    return RE("bounced", bounce={"type": sort, "subType": more, "message": words, **codes})


def postmark_change(reason: str | None) -> dict[str, Any]:
    return MARK("SubscriptionChange", SuppressSending=bool(reason), SuppressionReason=reason)


BOUNCES = [
    ("brevo", BREVO("hard_bounce", reason=GONE), Reason.UNKNOWN_USER),
    ("brevo", BREVO("hard_bounce"), Reason.UNKNOWN_USER),
    ("brevo", BREVO("hard_bounce", reason=LISTED), Reason.BLOCKED),
    ("brevo", BREVO("hard_bounce", reason=FULL), Reason.MAILBOX_FULL),
    ("brevo", BREVO("soft_bounce", reason=GONE), Reason.TEMPORARY),
    ("brevo", BREVO("soft_bounce", reason=FULL), Reason.MAILBOX_FULL),
    ("brevo", BREVO("invalid_email"), Reason.UNKNOWN_USER),
    ("brevo", BREVO("blocked", reason="blocked : due to blacklist user"), Reason.OTHER),
    ("brevo", BREVO("error", reason="template"), Reason.SYSTEM),
    (
        "brevo",
        BREVO("hard_bounce", reason=" RecipientError: 550 5.5.0 mailbox unavailable."),
        Reason.UNKNOWN_USER,
    ),
    (
        "brevo",
        BREVO("soft_bounce", reason="undefined Unable to find MX of domain hotel-zon.nl"),
        Reason.OTHER,
    ),
    (
        "mailersend",
        SEND("hard_bounced", reason="Host or domain name not found"),
        Reason.UNKNOWN_HOST,
    ),
    ("mailersend", SEND("soft_bounced", reason="Unknown reason"), Reason.OTHER),
    ("mailersend", SEND("hard_bounced", reason=GONE), Reason.UNKNOWN_USER),
    ("mailersend", SEND("hard_bounced", reason=SPAM), Reason.SPAM),
    ("mailersend", SEND("hard_bounced"), Reason.UNKNOWN_USER),
    ("mailersend", SEND("soft_bounced", reason=GONE), Reason.TEMPORARY),
    ("mailersend", SEND_2("hard_bounced", reason=GONE), Reason.UNKNOWN_USER),
    ("mailersend", SEND_2("soft_bounced"), Reason.OTHER),
    ("mailgun", permanent("bounce", GONE), Reason.UNKNOWN_USER),
    (
        "mailgun",
        permanent("suppress-bounce", "previously bounced address", code=605),
        Reason.UNKNOWN_USER,
    ),
    ("mailgun", permanent("generic", LISTED), Reason.BLOCKED),
    ("mailgun", permanent("generic", "550 no"), Reason.OTHER),
    ("mailgun", permanent("old", "Too old", code=602), Reason.EXPIRED),
    ("mailgun", permanent("bounce", "no", **{"enhanced-code": "5.2.2"}), Reason.MAILBOX_FULL),
    ("mailgun", GUN("rejected", reject={"reason": "Sandbox subdomains"}), Reason.OTHER),
    ("mailjet", JET("bounce", hard_bounce=True, error="user unknown"), Reason.UNKNOWN_USER),
    ("mailjet", JET("bounce", hard_bounce=False, error="user unknown"), Reason.TEMPORARY),
    ("mailjet", JET("bounce", hard_bounce=True, error="invalid domain"), Reason.UNKNOWN_HOST),
    ("mailjet", JET("bounce", hard_bounce=False, error="quota exceeded"), Reason.MAILBOX_FULL),
    ("mailjet", JET("blocked", error="sender blocked"), Reason.BLOCKED),
    ("mailjet", JET("blocked", error="preblocked"), Reason.OTHER),
    ("mailjet", JET("bounce", hard_bounce=True, error="", comment=GONE), Reason.UNKNOWN_USER),
    ("postmark", MARK("Bounce", Type="HardBounce", ID=1, Details=GONE), Reason.UNKNOWN_USER),
    ("postmark", MARK("Bounce", Type="HardBounce", ID=1, Details=SPAM), Reason.SPAM),
    ("postmark", MARK("Bounce", Type="SoftBounce", ID=1, Details=FULL), Reason.MAILBOX_FULL),
    ("postmark", MARK("Bounce", Type="SoftBounce", ID=1), Reason.OTHER),
    ("postmark", MARK("Bounce", Type="SoftBounce", ID=1, Description=EXAMPLES), Reason.OTHER),
    ("postmark", MARK("Bounce", Type="Blocked", ID=1), Reason.BLOCKED),
    ("postmark", MARK("Bounce", Type="SpamNotification", ID=1), Reason.SPAM),
    ("postmark", MARK("Bounce", Type="DMARCPolicy", ID=1), Reason.AUTH),
    ("postmark", MARK("Bounce", Type="BadEmailAddress", ID=1), Reason.UNKNOWN_USER),
    ("postmark", MARK("Bounce", Type="ManuallyDeactivated", ID=1), Reason.OTHER),
    ("postmark", postmark_change("HardBounce"), Reason.UNKNOWN_USER),
    (
        "resend",
        resend_bounce("Permanent", "General", "The email provider sent a hard bounce message"),
        Reason.UNKNOWN_USER,
    ),
    (
        "resend",
        resend_bounce("Permanent", "General", "x", diagnosticCode=[f"smtp; {SPAM}"]),
        Reason.SPAM,
    ),
    (
        "resend",
        resend_bounce("Transient", "MailboxFull", "the recipient's inbox was full"),
        Reason.MAILBOX_FULL,
    ),
    (
        "resend",
        resend_bounce("Permanent", "Suppressed", "Resend has suppressed sending to this address"),
        Reason.UNKNOWN_USER,
    ),
    ("resend", RE("bounced", bounce={"message": ADVICE}), Reason.UNKNOWN_USER),
    (
        "resend",
        RE("bounced", bounce={"message": "Resend has suppressed sending to this address"}),
        Reason.UNKNOWN_USER,
    ),
    (
        "resend",
        resend_bounce("Transient", "General", "a general bounce message; reputation"),
        Reason.OTHER,
    ),
    ("resend", resend_bounce("Transient", "MailboxFull", ADVICE), Reason.MAILBOX_FULL),
    ("resend", RE("failed", failed={"reason": "reached_daily_quota"}), Reason.SYSTEM),
    ("sparkpost", [SPARK("bounce", bounce_class="10", raw_reason=GONE)], Reason.UNKNOWN_USER),
    ("sparkpost", [SPARK("out_of_band", bounce_class="30", raw_reason="")], Reason.UNKNOWN_USER),
    ("sparkpost", [SPARK("bounce", bounce_class="22", raw_reason=FULL)], Reason.MAILBOX_FULL),
    ("sparkpost", [SPARK("bounce", bounce_class="51", raw_reason=SPAM)], Reason.SPAM),
    ("sparkpost", [SPARK("bounce", bounce_class="1", raw_reason="550 no")], Reason.OTHER),
    (
        "sparkpost",
        [SPARK("policy_rejection", bounce_class="25", raw_reason=SUPPRESSED)],
        Reason.OTHER,
    ),
    ("sparkpost", [SPARK("generation_rejection", raw_reason=SUPPRESSED)], Reason.OTHER),
    ("sparkpost", [SPARK("generation_failure", raw_reason="no template")], Reason.SYSTEM),
]  # fmt: skip


@pytest.mark.parametrize(("backend", "payload", "reason"), BOUNCES)
def test_a_bounce_condemns_the_address_only_for_a_fact_about_it(backend, payload, reason):
    found = report(backend, payload)
    assert (found.kind, found.reason) == (Kind.BOUNCE, reason)
    assert (found.recipient, found.at) == (OURS.recipient, WHEN)


OTHERS = [
    ("brevo", BREVO("spam"), Kind.COMPLAINT),
    ("brevo", BREVO("complaint"), Kind.COMPLAINT),
    ("brevo", BREVO("unsubscribe"), Kind.UNSUBSCRIBE),
    ("brevo", BREVO("delivered"), Kind.OTHER),
    ("brevo", BREVO("deferred", reason=FULL), Kind.OTHER),
    ("brevo", BREVO("request"), Kind.OTHER),
    ("brevo", BREVO("unique_opened"), Kind.OTHER),
    ("brevo", BREVO("click", link="https://punthelder.nl"), Kind.OTHER),
    ("brevo", BREVO("list_addition"), None),
    ("brevo", BREVO("something_new"), None),
    ("mailersend", SEND("spam_complaint"), Kind.COMPLAINT),
    ("mailersend", SEND("unsubscribed"), Kind.UNSUBSCRIBE),
    ("mailersend", SEND("delivered"), Kind.OTHER),
    ("mailersend", SEND("opened_unique"), Kind.OTHER),
    ("mailersend", SEND_2("spam_complaint"), Kind.COMPLAINT),
    ("mailersend", SEND_2("delivered"), Kind.OTHER),
    ("mailgun", GUN("complained"), Kind.COMPLAINT),
    ("mailgun", GUN("unsubscribed"), Kind.UNSUBSCRIBE),
    ("mailgun", GUN("delivered"), Kind.OTHER),
    ("mailgun", GUN("failed", severity="temporary", reason="generic"), Kind.OTHER),
    ("mailgun", permanent("suppress-complaint", code=607), Kind.UNSUBSCRIBE),
    ("mailgun", permanent("suppress-unsubscribe", code=606), Kind.UNSUBSCRIBE),
    ("mailjet", JET("spam", source="JMRPP"), Kind.COMPLAINT),
    ("mailjet", JET("unsub", mj_list_id=0), Kind.UNSUBSCRIBE),
    ("mailjet", JET("sent", smtp_reply="250 OK"), Kind.OTHER),
    ("mailjet", JET("bounce", hard_bounce=False, error="greylisted"), Kind.OTHER),
    ("mailjet", JET("blocked", error="spam reporter"), Kind.UNSUBSCRIBE),
    ("postmark", MARK("SpamComplaint", Type="SpamComplaint", ID=2), Kind.COMPLAINT),
    ("postmark", postmark_change("ManualSuppression"), Kind.UNSUBSCRIBE),
    ("postmark", postmark_change("SpamComplaint"), Kind.COMPLAINT),
    ("postmark", postmark_change(None), None),
    ("postmark", MARK("Bounce", Type="Transient", ID=3), Kind.OTHER),
    ("postmark", MARK("Bounce", Type="AutoResponder", ID=3), Kind.OTHER),
    ("postmark", MARK("Delivery", Details="250 OK"), Kind.OTHER),
    ("postmark", MARK("Open", FirstOpen=True), Kind.OTHER),
    ("resend", RE("complained"), Kind.COMPLAINT),
    ("resend", RE("delivered"), Kind.OTHER),
    ("resend", RE("delivery_delayed"), Kind.OTHER),
    ("resend", {"type": "contact.created", "created_at": "2026-06-02T09:30:00Z", "data": {}}, None),
    ("sparkpost", [SPARK("spam_complaint", fbtype="abuse")], Kind.COMPLAINT),
    ("sparkpost", [SPARK("list_unsubscribe")], Kind.UNSUBSCRIBE),
    ("sparkpost", [SPARK("bounce", bounce_class="90", raw_reason="")], Kind.UNSUBSCRIBE),
    ("sparkpost", [SPARK("bounce", bounce_class="60", raw_reason="")], Kind.OTHER),
    ("sparkpost", [SPARK("delivery")], Kind.OTHER),
    ("sparkpost", [{"msys": {}}], None),
]  # fmt: skip


@pytest.mark.parametrize(("backend", "payload", "kind"), OTHERS)
def test_what_else_is_told_is_a_wish_a_sign_of_life_or_nothing(backend, payload, kind):
    found = report(backend, payload)
    assert (found.kind if found else None) == kind
    assert found is None or (found.reason, found.diagnostic) == (None, "")


BY_METADATA = {
    "brevo": BREVO("delivered", OURS),
    "mailgun": GUN("delivered", OURS),
    "mailjet": JET("sent", OURS),
    "postmark": MARK("Delivery", OURS),
    "resend": RE("delivered", OURS),
    "sparkpost": [SPARK("delivery", OURS)],
}


@pytest.mark.parametrize("backend", BY_METADATA)
def test_our_own_id_comes_back_with_the_event(backend):
    assert report(backend, BY_METADATA[backend]).message_ids[0] == OWN_ID


@pytest.mark.parametrize(
    ("backend", "payload", "provider_id"),
    [
        ("brevo", BREVO("delivered"), "<provider-1@smtp-relay.mailin.fr>"),
        ("mailersend", SEND("delivered"), "provider-1"),
        ("mailersend", SEND_2("delivered"), "provider-1"),
        ("mailgun", GUN("delivered"), "<provider-1@mg.example>"),
        ("mailjet", JET("sent"), "13792286917004336"),
        ("postmark", MARK("Delivery"), "provider-1"),
        ("resend", RE("delivered"), "provider-1"),
        ("sparkpost", [SPARK("delivery")], "provider-1"),
    ],
)
def test_the_providers_own_id_is_the_one_that_it_answered_with(backend, payload, provider_id):
    assert report(backend, payload).provider_message_id == provider_id


def test_a_header_of_ours_names_the_mail_too():
    own = [{"name": "X-Campaign-Message-ID", "value": f"<{OWN_ID}>"}]
    assert report("resend", RE("delivered", headers=own)).message_ids == (OWN_ID,)


SINGLE = {
    "brevo": BREVO, "mailersend": SEND, "mailgun": GUN, "mailjet": JET, "postmark": MARK,
    "resend": RE, "sparkpost": lambda kind, mail: [SPARK(kind, mail)],
}  # fmt: skip
DELIVERED = {"mailjet": "sent", "postmark": "Delivery", "sparkpost": "delivery"}


@pytest.mark.parametrize("backend", PROVIDERS)
def test_the_same_event_has_the_same_key_and_another_another(backend):
    def key(mail: About) -> str:
        payload = SINGLE[backend](DELIVERED.get(backend, "delivered"), mail)
        headers = {"svix-id": f"msg_{mail.number}"}
        return report(backend, payload, headers).key

    later = About(number="2", at=WHEN + timedelta(hours=1))
    assert key(OURS) == key(About(own_id=OWN_ID))
    assert key(OURS) != key(later)
    assert len(key(OURS)) == 64


def test_mailgun_telling_again_with_another_token_tells_the_same_event():
    told = [
        {**GUN("delivered"), "signature": {"token": token, "timestamp": "1", "signature": ""}}
        for token in ("a" * 50, "b" * 50)
    ]
    first, second = (Post(json.dumps(one).encode(), "application/json") for one in told)
    gun = provider("mailgun")
    assert gun.key_of(first) != gun.key_of(second)
    assert gun.report_of(first).key == gun.report_of(second).key


def test_a_providers_own_words_are_shown_where_the_server_said_nothing():
    found = report("postmark", MARK("Bounce", Type="SoftBounce", ID=1, Description=EXAMPLES))
    assert found.diagnostic == EXAMPLES
    found = report("resend", resend_bounce("Permanent", "General", ADVICE, diagnosticCode=[GONE]))
    assert found.diagnostic == GONE


@pytest.mark.parametrize(
    ("stamp", "at"), [(1_780_392_600_000, WHEN), (1_780_392_600, WHEN), (None, None)]
)
def test_brevos_times_are_understood_in_seconds_too(stamp, at):
    payload = BREVO("complaint") | {"ts_epoch": stamp}
    if stamp is None:
        del payload["ts_epoch"]
    assert report("brevo", payload).at == at


def test_what_a_provider_said_fits_into_the_database():
    found = report("brevo", BREVO("hard_bounce", reason="a\0b\ud800" + "x" * 5_000))
    assert found.diagnostic.startswith("a\ufffdb\ufffdx")
    assert len(found.diagnostic) == 1_000


@pytest.mark.parametrize(
    ("backend", "payload"),
    [
        ("brevo", {"items": []}),
        ("brevo", "text"),
        ("mailersend", {"type": "activity.delivered"}),
        ("mailgun", {"event-data": []}),
        ("mailjet", {}),
        ("postmark", []),
        ("resend", {"type": "email.bounced", "data": {"bounce": []}}),
        ("sparkpost", [{"msys": {"a": 1, "b": 2}}]),
        ("sparkpost", {"msys": {}}),
    ],
)
def test_another_shape_is_said_to_be_unreadable(backend, payload):
    post = Post(json.dumps(payload).encode(), "application/json")
    with pytest.raises(UnreadableCallError):
        provider(backend).report_of(post)
