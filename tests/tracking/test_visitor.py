import pytest
from django.test import RequestFactory

from tracking.visitor import client_address, visitor_of


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "proxies", "expected"),
    [
        ("198.51.100.7", "", 0, "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", 0, "198.51.100.7"),  # made up by the visitor
        ("10.0.0.1", "198.51.100.7", 1, "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7", 1, "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.2", 2, "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7", 2, "10.0.0.1"),  # came in past the outer proxy
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7:50123", 1, "198.51.100.7"),
        ("10.0.0.1", "[2001:db8::7]:50123", 1, "2001:db8::7"),
        ("10.0.0.1", "2001:DB8:0::7", 1, "2001:db8::7"),
        ("10.0.0.1", "unknown", 1, None),
        ("", "", 0, None),  # a Unix socket
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(
    peer: str, forwarded_for: str, proxies: int, expected: str | None
) -> None:
    assert client_address(peer, forwarded_for, proxies=proxies) == expected


def test_a_user_agent_fits_its_column() -> None:
    request = RequestFactory().get("/", headers={"User-Agent": "a\x00b" + 600 * "c"})

    assert visitor_of(request).user_agent == "ab" + 498 * "c"
