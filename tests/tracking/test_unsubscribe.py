import base64
import hashlib

import pytest
from django.test import Client

from campaigns.models import Enrollment, Message, MessageEvent
from leads.models import Lead, Suppression
from leads.suppression import suppress
from tests.factories import EnrollmentFactory, MessageFactory
from tests.tracking.signed import pixel, unsubscribe
from tracking.models import Hit

ONE_CLICK = {"List-Unsubscribe": "One-Click"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> Message:
    return MessageFactory(
        sent=True,
        enrollment__lead__email="receptie@hotel-zon.nl",
        enrollment__domain__name="punthelder-seo.nl",
    )


def assert_still_subscribed(message: Message) -> None:
    assert not Suppression.objects.exists()
    assert not MessageEvent.objects.exists()
    assert Lead.objects.get().status == Lead.Status.ACTIVE
    assert Enrollment.objects.get().status == Enrollment.Status.ACTIVE


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_at_the_page_changes_nothing(client: Client, message: Message, method: str) -> None:
    for _ in range(3):
        assert getattr(client, method)(unsubscribe(message)).status_code == 200

    assert_still_subscribed(message)
    assert set(Hit.objects.values_list("kind", "method")) == {("visited", method.upper())}


@pytest.mark.parametrize(
    ("accept_language", "words"),
    [
        ("nl-NL,nl;q=0.9", ['<html lang="nl">', "Geen e-mail meer ontvangen?", "Ja, meld mij af"]),
        ("en-GB", ['<html lang="en">', "Stop these e-mails?", "Yes, unsubscribe me"]),
    ],
)
def test_the_page_asks_in_the_visitors_language(
    client: Client, message: Message, accept_language: str, words: list[str]
) -> None:
    answer = client.get(unsubscribe(message), headers={"Accept-Language": accept_language})

    html = answer.content.decode()
    assert all(word in html for word in words)
    assert "r…@hotel-zon.nl" in html
    assert "punthelder-seo.nl" in html
    assert "receptie@" not in html


def test_the_button_sends_what_a_mail_clients_one_click_sends(
    client: Client, message: Message
) -> None:
    html = client.get(unsubscribe(message)).content.decode()

    assert '<form method="post">' in html
    assert '<input type="hidden" name="List-Unsubscribe" value="One-Click">' in html
    assert "<script" not in html


def test_the_page_loads_nothing_and_tells_no_other_site_its_address(
    client: Client, message: Message
) -> None:
    answer = client.get(unsubscribe(message))

    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert policy.endswith("form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    assert "unsafe" not in policy
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer["Vary"] == "Accept-Language"
    assert not answer.cookies


def test_the_policy_lets_the_pages_own_style_through(client: Client, message: Message) -> None:
    answer = client.get(unsubscribe(message))

    style = answer.content.decode().partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("content_type", ["url-encoded", "multipart"])
def test_one_click_opts_out_without_cookie_page_or_redirect(
    message: Message, content_type: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    url = unsubscribe(message)

    if content_type == "multipart":
        answer = client.post(url, ONE_CLICK)
    else:
        answer = client.post(
            url, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
        )

    assert answer.status_code == 200
    assert not answer.cookies
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert Lead.objects.get().status == Lead.Status.SUPPRESSED


def test_after_it_the_page_confirms_in_place_of_asking(client: Client, message: Message) -> None:
    confirmation = client.post(unsubscribe(message), ONE_CLICK).content.decode()

    assert "You are unsubscribed" in confirmation
    assert "<form" not in confirmation
    assert "You are unsubscribed" in client.get(unsubscribe(message)).content.decode()


@pytest.mark.parametrize(
    "body", [{}, {"List-Unsubscribe": "one-click"}, {"unsubscribe": "One-Click"}]
)
def test_a_post_without_the_agreed_body_opts_nobody_out(
    client: Client, message: Message, body: dict[str, str]
) -> None:
    answer = client.post(unsubscribe(message), body)

    assert answer.status_code == 400
    assert "Yes, unsubscribe me" in answer.content.decode()
    assert_still_subscribed(message)


def test_the_same_in_json_opts_nobody_out(client: Client, message: Message) -> None:
    answer = client.post(unsubscribe(message), ONE_CLICK, content_type="application/json")

    assert answer.status_code == 400
    assert_still_subscribed(message)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_lost_its_end_says_how_to_go_on(
    client: Client, message: Message, method: str
) -> None:
    answer = getattr(client, method)(unsubscribe(message)[:-3], ONE_CLICK)

    assert answer.status_code == 404
    assert "This link is not complete" in answer.content.decode()
    assert_still_subscribed(message)


def test_the_token_of_a_pixel_opts_nobody_out(client: Client, message: Message) -> None:
    url = pixel(message).replace("/track/open.gif", "/unsubscribe")

    assert client.post(url, ONE_CLICK).status_code == 404
    assert_still_subscribed(message)


def test_the_opt_out_of_a_deleted_message_is_not_found(client: Client, message: Message) -> None:
    url = unsubscribe(message)
    message.delete()

    assert client.post(url, ONE_CLICK).status_code == 404


def test_opting_out_is_never_limited(client: Client, message: Message) -> None:
    Hit.objects.bulk_create(
        [
            Hit(kind=Hit.Kind.VISITED, message_id=message.pk, method="GET", at=message.sent_at)
            for _ in range(1000)
        ]
    )

    assert client.get(unsubscribe(message)).status_code == 200
    assert client.post(unsubscribe(message), ONE_CLICK).status_code == 200
    assert Suppression.objects.count() == 1


def test_somebody_suppressed_already_is_not_asked_again(client: Client, message: Message) -> None:
    suppress(["hotel-zon.nl"], reason="manual", scope=Suppression.Scope.DOMAIN)

    assert "<form" not in client.get(unsubscribe(message)).content.decode()


def test_mails_planned_in_every_campaign_are_canceled_at_once(
    client: Client, message: Message
) -> None:
    follow_up = MessageFactory(enrollment=message.enrollment, mail_number=2)
    elsewhere = MessageFactory(enrollment=EnrollmentFactory(lead=message.lead))
    somebody_else = MessageFactory()

    client.post(unsubscribe(message), ONE_CLICK)

    for canceled in (follow_up, elsewhere):
        canceled.refresh_from_db()
        assert canceled.status == Message.Status.CANCELED
        assert canceled.enrollment.end_reason == Enrollment.EndReason.UNSUBSCRIBED
    somebody_else.refresh_from_db()
    assert somebody_else.status == Message.Status.QUEUED
