from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import MessageEvent
from tests.tracking.signed import CHROME, GMAIL_PROXY, IPHONE
from tracking.actors import actor_by_user_agent, actors_of
from tracking.models import Hit

HUMAN, PROXY, SCANNER, UNKNOWN = MessageEvent.Actor
SENT = datetime(2026, 6, 1, 6, tzinfo=UTC)
PERSON = {"user_agent": CHROME, "ip_address": "198.51.100.7"}
GATEWAY = {"user_agent": CHROME, "ip_address": "203.0.113.9"}


def hit(seconds: float, link_id: int | None = None, **fields: object) -> Hit:
    """A hit so many seconds after sending: on a link where one is named, else on the pixel."""
    kind = Hit.Kind.OPENED if link_id is None else Hit.Kind.CLICKED
    defaults = {"kind": kind, "method": "GET", **PERSON}
    return Hit(at=SENT + timedelta(seconds=seconds), link_id=link_id, **{**defaults, **fields})


def opt_out_page(seconds: float, **fields: object) -> Hit:
    return hit(seconds, kind=Hit.Kind.VISITED, **fields)


@pytest.mark.parametrize(
    ("user_agent", "actor"),
    [
        (CHROME, HUMAN),
        (CHROME + " Edg/142.0.0.0", HUMAN),
        (IPHONE, HUMAN),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0", HUMAN),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", HUMAN),
        ("Mozilla/4.0 (compatible; ms-office; MSOffice 16)", HUMAN),
        ("Outlook-iOS/709.2226530.prod.iphone (3.24.1)", HUMAN),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) MacOutlook/16.89", HUMAN),
        (GMAIL_PROXY, PROXY),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", PROXY),
        ("Mozilla/5.0", PROXY),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0",
            PROXY,
        ),
        ("Barracuda Sentinel (EE)", SCANNER),
        ("Mozilla/5.0 (compatible; ProofPoint URL Defense)", SCANNER),
        ("Mimecast", SCANNER),
        ("Microsoft Office Existence Discovery", SCANNER),
        ("Java/17.0.1", SCANNER),
        ("curl/8.5.0", SCANNER),
        ("python-requests/2.32.3", SCANNER),
        ("Slackbot 1.0 (+https://api.slack.com/robots)", SCANNER),
        (CHROME.replace("Chrome/", "HeadlessChrome/"), SCANNER),
        ("", UNKNOWN),
        ("something new", UNKNOWN),
    ],
)
def test_what_a_user_agent_alone_says(user_agent: str, actor: str) -> None:
    assert actor_by_user_agent(user_agent) == actor


@pytest.mark.parametrize(
    ("hits", "actors"),
    [
        # Reads, follows a link, comes back for another.
        ([hit(60), hit(75, 1), hit(140, 2)], [HUMAN, HUMAN, HUMAN]),
        # Two links in two windows, one after the other.
        ([hit(60, 1), hit(61, 2)], [HUMAN, HUMAN]),
        # An impatient double click is one target.
        ([hit(60, 1), hit(60.2, 1), hit(60.5, 1)], [HUMAN, HUMAN, HUMAN]),
        # Three links, but not within two seconds.
        ([hit(60, 1), hit(61, 2), hit(62.1, 3)], [HUMAN, HUMAN, HUMAN]),
        # Three links within two seconds.
        ([hit(60, 1), hit(61, 2), hit(62, 3)], [SCANNER, SCANNER, SCANNER]),
        # A link and the opt-out page at once, which nobody wants at once.
        ([hit(60, 1), opt_out_page(61)], [SCANNER, SCANNER]),
        ([hit(60, 1), opt_out_page(63)], [HUMAN, HUMAN]),
        # The pixel is no link.
        ([hit(60, 1), hit(60, 2), hit(60)], [HUMAN, HUMAN, HUMAN]),
        # The one who made the burst also loaded the pixel; somebody else opened later.
        (
            [hit(9, **GATEWAY), *(hit(20, n, **GATEWAY) for n in (1, 2, 3)), hit(40)],
            [SCANNER, SCANNER, SCANNER, SCANNER, HUMAN],
        ),
        # HEAD first, GET after it.
        ([hit(60, 1, method="HEAD"), hit(61, 1)], [SCANNER, SCANNER]),
        ([hit(60, 1, method="HEAD", **GATEWAY), hit(61, 1)], [SCANNER, HUMAN]),
        # Nobody's hand is that quick.
        ([hit(2.9, 1), hit(3, 2)], [SCANNER, HUMAN]),
        # An image cache has no business following links.
        ([hit(60, 1, user_agent="Mozilla/5.0")], [SCANNER]),
        # A cache that is also part of a burst stays what it says.
        ([hit(60, user_agent=GMAIL_PROXY), *(hit(60, n) for n in (1, 2, 3))],
         [PROXY, SCANNER, SCANNER, SCANNER]),
    ],
)  # fmt: skip
def test_who_made_the_hits_of_one_message(hits: list[Hit], actors: list[str]) -> None:
    assert actors_of(hits, sent_at=SENT) == actors


def test_a_mail_without_a_known_time_of_sending_has_no_too_soon() -> None:
    assert actors_of([hit(0, 1)], sent_at=None) == [HUMAN]
