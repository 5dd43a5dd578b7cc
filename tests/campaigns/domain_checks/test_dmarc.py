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


@pytest.mark.parametrize(
    ("tags", "words", "remedy"),
    [
        ("p=reject; t=y", "in test mode (t=y)", "take t=y out"),
        ("p=reject; pct=0", "By pct=0, receivers", "Take pct=0 out"),
        ("p=quarantine; PCT = 25", "to 25 % of the forged mails", "Take pct=25 out"),
        ("p=reject; rua=bogus", "Receivers ignore rua: bogus is not a valid", "Correct rua."),
        ("p=reject; ruf=bogus; sp=none", "Receivers ignore ruf: bogus", "Correct ruf."),
        ("p=reject; fo=x", "Receivers ignore fo: x is not a valid option", "Correct fo."),
    ],
)
def test_a_policy_that_is_not_applied_in_full_or_that_nobody_reports_on_is_weak(
    dns: Nameserver, tags: str, words: str, remedy: str
) -> None:
    dns.txt(AT, f"v=DMARC1; {tags}")
    answer = check(dns)
    assert answer.verdict is Verdict.WEAK
    assert words in answer.problem
    assert remedy in answer.remedy


@pytest.mark.parametrize("tags", ["p=reject; t=n", "p=reject; pct=100", "p=reject; pct=all"])
def test_these_tags_change_nothing(dns: Nameserver, tags: str) -> None:
    dns.txt(AT, f"v=DMARC1; {tags}")
    assert check(dns).verdict is Verdict.PASSED


def test_all_that_is_weak_is_told_at_once(dns: Nameserver) -> None:
    dns.txt(AT, "v=DMARC1; p=none; rua=bogus, mailto:reports@elsewhere.example; fo=x")
    answer = check(dns)
    assert answer.verdict is Verdict.WEAK
    for words in ("The policy is p=none", "ignore rua", "ignore fo"):
        assert words in answer.problem
    assert answer.remedy.endswith("say p=quarantine. Correct rua. Correct fo.")


def test_a_bad_policy_fails_whatever_else_is_wrong(dns: Nameserver) -> None:
    dns.txt(AT, "v=DMARC1; p=maybe; rua=bogus")
    answer = check(dns)
    assert (answer.verdict, "not maybe" in answer.problem) == (Verdict.FAILED, True)


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
