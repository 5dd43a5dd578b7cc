from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.web_domains import InvalidUrl, web_domain


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("hotelzon.nl", "hotelzon.nl"),
        ("www.HotelZon.nl", "hotelzon.nl"),
        ("HTTPS://WWW.HotelZon.nl/kamers?van=1#top", "hotelzon.nl"),
        ("http://boeken.hotelzon.nl:8080", "boeken.hotelzon.nl"),
        ("//hotelzon.nl", "hotelzon.nl"),
        ("hotelzon.nl:80", "hotelzon.nl"),
        ("hotelzon.nl.", "hotelzon.nl"),
        ("https://www.bücher.de/", "xn--bcher-kva.de"),
        ("https://xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("www.nl", "www.nl"),
    ],
)
def test_the_domain_is_the_host_without_www(url: str, domain: str) -> None:
    assert web_domain(url) == domain


@pytest.mark.parametrize(
    "url",
    [
        "", "-", "geen", "n.v.t.", "hotel zon.nl", "https://", "https:hotelzon.nl",
        "javascript:alert(1)//a.nl", "mailto:info@zon.nl", "info@zon.nl", "ftp://zon.nl",
        "http://192.168.1.1/", "http://[::1]/", "http://[::1", "http://user:secret@zon.nl",
        "zon.nl;zee.nl", "http://" + "a" * 64 + ".nl", "http://-zon.nl", "http://zon..nl",
        "é" * 16_000 + ".nl",
    ],
)  # fmt: skip
def test_what_names_no_public_host_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl, match="is not a web address"):
        web_domain(url)


@given(st.text(max_size=40) | st.text("ahtps:/.w@[]1-é ", max_size=25))
def test_any_text_is_a_domain_that_stays_what_it_is_or_refused(text: str) -> None:
    try:
        domain = web_domain(text)
    except InvalidUrl:
        return
    assert web_domain(domain) in (domain, domain.removeprefix("www."))
    assert domain == domain.lower()
    assert "." in domain
    assert domain.isascii()
