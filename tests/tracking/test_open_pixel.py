import base64
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

from campaigns.models import MessageEvent
from mailsuite.lib import clock
from mailsuite.lib.tokens import Purpose, sign
from tests.factories import MessageFactory
from tests.tracking.signed import CHROME, pixel
from tracking.models import Hit

NOON = datetime(2026, 6, 1, 10, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_it_is_a_picture_of_one_pixel_that_nobody_may_cache(client: Client) -> None:
    answer = client.get(pixel(MessageFactory(sent=True)))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/gif"
    assert answer["Cache-Control"] == "no-store, private"
    assert answer.content == base64.b64decode(
        "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="
    )


def test_the_hit_is_noted_with_who_asked_and_when(client: Client) -> None:
    message = MessageFactory(sent=True)

    with clock.frozen(NOON):
        client.get(pixel(message), headers={"User-Agent": CHROME}, REMOTE_ADDR="198.51.100.7")

    hit = Hit.objects.get()
    assert (hit.kind, hit.message_id, hit.link_id, hit.at) == ("opened", message.pk, None, NOON)
    assert (hit.method, hit.user_agent, hit.ip_address) == ("GET", CHROME, "198.51.100.7")
    assert not MessageEvent.objects.exists()


def test_it_takes_one_round_trip_to_the_database(
    client: Client, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    url = pixel(MessageFactory(sent=True))

    with django_assert_num_queries(1):
        client.get(url)


def test_it_opens_no_session_and_sets_no_cookie(client: Client) -> None:
    answer = client.get(pixel(MessageFactory(sent=True)))

    assert not answer.cookies
    assert "Vary" not in answer


@pytest.mark.parametrize(
    "query",
    [
        "",
        "m={id}",
        "m={id}&t=",
        "m={id}&t=AAAAAAAAAAAAAAAAAAAAAA",
        "m={id}&t={unsubscribe}",
        "m={other}&t={open}",
        "m=0{id}x&t={open}",
        "m=-1&t={open}",
        "m=" + 400 * "9" + "&t={open}",
        "m=%00&t=%ff",
    ],
)
def test_an_address_that_we_did_not_make_is_not_found(client: Client, query: str) -> None:
    message = MessageFactory(sent=True)
    query = query.format(
        id=message.pk,
        other=message.pk + 1,
        open=sign(Purpose.OPEN, message.pk),
        unsubscribe=sign(Purpose.UNSUBSCRIBE, message.pk),
    )

    assert client.get(f"/track/open.gif?{query}").status_code == 404
    assert not Hit.objects.exists()


def test_the_pixel_of_a_deleted_message_is_not_found(client: Client) -> None:
    message = MessageFactory(sent=True)
    url = pixel(message)
    message.delete()

    assert client.get(url).status_code == 404
    assert not Hit.objects.exists()


def test_the_pixel_is_shown_though_the_database_is_down(client: Client) -> None:
    url = pixel(MessageFactory(sent=True))

    with patch.object(connection, "cursor", side_effect=OperationalError("server closed")):
        answer = client.get(url)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/gif")
    assert not Hit.objects.exists()


def test_a_key_that_was_changed_keeps_old_mails_working(client: Client, settings: object) -> None:
    settings.TRACKING_KEYS = ["old"]
    url = pixel(MessageFactory(sent=True))
    settings.TRACKING_KEYS = ["new", "old"]

    assert client.get(url).status_code == 200


def test_other_methods_are_refused(client: Client) -> None:
    url = pixel(MessageFactory(sent=True))

    assert client.post(url).status_code == 405
    assert not Hit.objects.exists()
