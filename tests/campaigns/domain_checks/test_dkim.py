from __future__ import annotations

import pytest

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.dkim import check_dkim
from campaigns.domain_checks.resolver import NotingResolver
from tests.campaigns.domain_checks.keys import ed25519, rsa, weak_rsa
from tests.nameserver import Nameserver

DOMAIN = "punthelder-seo.nl"
AT = f"s1._domainkey.{DOMAIN}"


def check(dns: Nameserver) -> Answer:
    resolver = NotingResolver([dns.address])
    answer = check_dkim(DOMAIN, "s1", resolver)
    assert resolver.trouble is None
    return answer


# Keys are made anew each time, so they give no names that all test processes would agree on.
@pytest.mark.parametrize(
    "record",
    [
        f"v=DKIM1; k=rsa; p={rsa()}",
        f"p={rsa()}",
        f"v=DKIM1; t=s; p={rsa()[:90]} {rsa()[90:]};",
        f"v=DKIM1; k=ed25519; p={ed25519()}",
    ],
    ids=["rsa", "no tags", "in two strings", "ed25519"],
)
def test_a_key_that_can_be_read_passes(dns: Nameserver, record: str) -> None:
    dns.txt(AT, record)
    assert check(dns) == Answer(Verdict.PASSED, record)


def test_a_key_at_the_providers_end_of_an_alias_passes(dns: Nameserver) -> None:
    dns.alias(AT, "s1.domains.provider.example")
    dns.txt("s1.domains.provider.example", f"v=DKIM1; p={rsa()}")
    assert check(dns).verdict is Verdict.PASSED


@pytest.mark.parametrize("knows_the_domain", [False, True])
def test_no_key_fails(dns: Nameserver, knows_the_domain: bool) -> None:
    if knows_the_domain:
        dns.add(AT, "A", "192.0.2.1")
    assert check(dns) == Answer(
        Verdict.FAILED,
        "",
        "There is no DKIM key at s1._domainkey.punthelder-seo.nl.",
        "Publish the record that your mail provider shows for the selector s1 at "
        "s1._domainkey.punthelder-seo.nl.",
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ("v=DKIM1; p=", "revoked"),
        ("v=DKIM1; k=rsa", "no key"),
        ("v=DKIM2; p=AAAA", "version DKIM2"),
        ("v=DKIM1; p=not base64!", "no base64"),
        (f"v=DKIM1; p={rsa()[:100]}", "cannot be read"),
        (f"v=DKIM1; p={ed25519()}", "cannot be read"),
        ("v=DKIM1; k=ed25519; p=AAAA", "no Ed25519 key"),
        (f"v=DKIM1; k=dsa; p={rsa()}", "type dsa"),
        (f"v=DKIM1; p={weak_rsa()}", "768 bits"),
    ],
    ids=[
        "revoked", "no key", "other version", "no base64", "cut off", "ed25519 said to be rsa",
        "bad ed25519", "dsa", "768 bits",
    ],
)  # fmt: skip
def test_a_key_that_nobody_can_use_fails(dns: Nameserver, record: str, words: str) -> None:
    dns.txt(AT, record)
    answer = check(dns)
    assert (answer.verdict, answer.record) == (Verdict.FAILED, record)
    assert words in answer.problem
    assert answer.remedy


def test_two_keys_at_one_place_fail(dns: Nameserver) -> None:
    dns.txt(AT, f"v=DKIM1; p={rsa()}", "v=DKIM1; p=")
    assert "2 TXT records" in check(dns).problem


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (f"v=DKIM1; p={rsa(1024)}", "1024 bits"),
        (f"v=DKIM1; t=y:s; p={rsa()}", "test mode"),
    ],
    ids=["short", "test mode"],
)
def test_a_short_key_and_one_in_test_mode_are_weak(
    dns: Nameserver, record: str, words: str
) -> None:
    dns.txt(AT, record)
    answer = check(dns)
    assert answer.verdict is Verdict.WEAK
    assert words in answer.problem
