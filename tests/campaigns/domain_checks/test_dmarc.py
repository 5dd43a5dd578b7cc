from __future__ import annotations

import pytest

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.dmarc import check_dmarc
from campaigns.domain_checks.resolver import NotingResolver
from tests.nameserver import Nameserver

DOMAIN = "punthelder-seo.nl"
AT = f"_dmarc.{DOMAIN}"


def check(dns: Nameserver, domain: str = DOMAIN) -> Answer:
    resolver = NotingResolver([dns.address])
    answer = check_dmarc(domain, resolver)
    assert resolver.trouble is None
    return answer


@pytest.mark.parametrize("policy", ["quarantine", "reject"])
def test_a_policy_against_forged_mails_passes(dns: Nameserver, policy: str) -> None:
    dns.txt(AT, f"v=DMARC1; p={policy}; rua=mailto:reports@elsewhere.example")
    answer = check(dns)
    assert (answer.verdict, answer.problem, answer.remedy) == (Verdict.PASSED, "", "")


def test_where_reports_go_is_not_asked_for(dns: Nameserver) -> None:
    dns.txt(AT, "v=DMARC1; p=reject; rua=mailto:reports@elsewhere.example")
    dns.is_silent_about("elsewhere.example")
    assert check(dns).verdict is Verdict.PASSED
    assert not [name for name, _ in dns.asked if "elsewhere" in name]


def test_p_none_is_weak(dns: Nameserver) -> None:
    dns.txt(AT, "v=DMARC1; p=none")
    answer = check(dns)
    assert answer.verdict is Verdict.WEAK
    assert answer.record == "v=DMARC1; p=none"
    assert "p=none" in answer.problem
    assert "p=quarantine" in answer.remedy


@pytest.mark.parametrize("knows_the_domain", [False, True])
def test_a_domain_without_a_record_fails(dns: Nameserver, knows_the_domain: bool) -> None:
    if knows_the_domain:
        dns.add(DOMAIN, "A", "192.0.2.1")
    answer = check(dns)
    assert answer.verdict is Verdict.FAILED
    assert (
        answer.problem == "punthelder-seo.nl has no DMARC record, and no domain above it has one."
    )
    assert answer.remedy.startswith("Publish a TXT record at _dmarc.punthelder-seo.nl")


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], "several DMARC records"),
        (["v=DMARC1; p=maybe"], "not maybe"),
        (["v=spf1 -all"], "no DMARC record"),
    ],
)
def test_what_is_wrong_is_named(dns: Nameserver, texts: list[str], words: str) -> None:
    dns.txt(AT, *texts)
    answer = check(dns)
    assert answer.verdict is Verdict.FAILED
    assert words in answer.problem
    assert answer.remedy


@pytest.mark.parametrize(
    ("record", "verdict"),
    [
        ("v=DMARC1; p=reject", Verdict.PASSED),
        ("v=DMARC1; p=reject; sp=none", Verdict.WEAK),
        ("v=DMARC1; p=none; sp=reject", Verdict.PASSED),
    ],
)
def test_a_subdomain_has_the_policy_of_the_domain_above(
    dns: Nameserver, record: str, verdict: Verdict
) -> None:
    dns.txt(AT, record)
    dns.add(f"mail.{DOMAIN}", "A", "192.0.2.1")
    assert check(dns, f"mail.{DOMAIN}").verdict is verdict
