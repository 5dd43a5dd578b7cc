import pytest
from django.test import Client
from django.urls import resolve

from tests.factories import MessageFactory
from tests.tracking.signed import pixel, unsubscribe
from tracking import views

pytestmark = pytest.mark.django_db


def test_a_pixel_is_not_sent_from_http_to_https(client: Client, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True
    message = MessageFactory(sent=True)

    assert client.get(pixel(message)).status_code == 200
    assert client.get(unsubscribe(message)).status_code == 301


def test_a_pixel_is_not_logged_with_its_token(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.get(pixel(MessageFactory(sent=True)))

    assert not caplog.records


def test_what_is_not_there_below_track_is_not_found(client: Client) -> None:
    assert client.get("/track/other").status_code == 404


def test_its_addresses_are_those_of_the_url_configuration() -> None:
    assert resolve("/track/open.gif").func is views.open_pixel
    assert resolve("/track/click").func is views.click
    assert resolve("/unsubscribe").func is views.unsubscribe
