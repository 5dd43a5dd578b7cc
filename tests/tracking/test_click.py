import pytest
from django.test import Client

from tests.factories import MessageFactory, TrackedLinkFactory
from tests.tracking.signed import click
from tracking import recording
from tracking.models import Hit

pytestmark = pytest.mark.django_db


def test_it_goes_where_the_link_in_the_mail_went(client: Client) -> None:
    message = MessageFactory(sent=True)
    url = "https://punthelder.nl/scan?naam=Café&x=1#top"
    link = TrackedLinkFactory(campaign=message.campaign, url=url)

    answer = client.get(click(message, link))

    assert answer.status_code == 302
    assert answer["Location"] == "https://punthelder.nl/scan?naam=Caf%C3%A9&x=1#top"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store, private"
    assert not answer.cookies


def test_the_hit_names_the_link(client: Client) -> None:
    message = MessageFactory(sent=True)
    link = TrackedLinkFactory(campaign=message.campaign)

    client.get(click(message, link))

    assert Hit.objects.values_list("kind", "message_id", "link_id").get() == (
        "clicked",
        message.pk,
        link.pk,
    )


def test_head_is_answered_alike_and_noted_as_head(client: Client) -> None:
    message = MessageFactory(sent=True)
    link = TrackedLinkFactory(campaign=message.campaign)

    answer = client.head(click(message, link))

    assert (answer.status_code, answer["Location"]) == (302, link.url)
    assert Hit.objects.get().method == "HEAD"


def test_nothing_in_the_request_can_name_another_target(client: Client) -> None:
    message = MessageFactory(sent=True)
    link = TrackedLinkFactory(campaign=message.campaign)

    answer = client.get(click(message, link) + "&url=https://evil.example&next=//evil.example")

    assert answer["Location"] == link.url


def test_a_token_for_one_link_opens_no_other(client: Client) -> None:
    message = MessageFactory(sent=True)
    mine, other = TrackedLinkFactory.create_batch(2, campaign=message.campaign)

    answer = client.get(click(message, mine).replace(f"l={mine.pk}&", f"l={other.pk}&"))

    assert answer.status_code == 404
    assert not Hit.objects.exists()


def test_a_link_of_another_campaign_is_not_found(client: Client) -> None:
    message = MessageFactory(sent=True)

    assert client.get(click(message, TrackedLinkFactory())).status_code == 404
    assert not Hit.objects.exists()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://punthelder.nl/", "//evil.example"]
)
def test_only_web_addresses_are_gone_to(client: Client, url: str) -> None:
    message = MessageFactory(sent=True)
    link = TrackedLinkFactory(campaign=message.campaign, url=url)

    assert client.get(click(message, link)).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_visitor_arrives_though_the_hit_cannot_be_noted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_INSERT", "SELECT 1 / 0")
    message = MessageFactory(sent=True)
    link = TrackedLinkFactory(campaign=message.campaign)

    answer = client.get(click(message, link))

    assert answer["Location"] == link.url
    assert not Hit.objects.exists()
