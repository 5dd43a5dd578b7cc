from __future__ import annotations

import pytest

from campaigns.domain_checks.answers import Answer, Verdict
from campaigns.domain_checks.resolver import NotingResolver
from campaigns.domain_checks.spf import check_spf
from tests.nameserver import Nameserver

DOMAIN = "punthelder-seo.nl"


def check(dns: Nameserver) -> Answer:
    resolver = NotingResolver([dns.address])
    answer = check_spf(DOMAIN, resolver)
    assert resolver.trouble is None
    return answer


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 include:spf.provider.example -all",
        "v=spf1 ip4:192.0.2.0/24 ~all",
        "v=spf1 mx a -all",
        "v=spf1 redirect=spf.provider.example",
    ],
)
def test_a_record_that_names_who_may_send_passes(dns: Nameserver, record: str) -> None:
    dns.txt(DOMAIN, "some-verification=1", record)
    dns.add(DOMAIN, "A", "192.0.2.1")
    dns.add(DOMAIN, "MX", f"10 mail.{DOMAIN}.")
    dns.add(f"mail.{DOMAIN}", "A", "192.0.2.2")
    dns.txt("spf.provider.example", "v=spf1 ip4:198.51.100.0/24 -all")
    assert check(dns) == Answer(Verdict.PASSED, record)


def test_a_domain_that_does_not_exist_has_none(dns: Nameserver) -> None:
    answer = check(dns)
    assert (answer.verdict, answer.record) == (Verdict.FAILED, "")
    assert answer.problem == "punthelder-seo.nl has no SPF record."
    assert answer.remedy == (
        "Publish exactly one TXT record at punthelder-seo.nl that names your mail provider, such "
        "as: v=spf1 include:spf.provider.example -all"
    )


def test_so_has_one_with_other_records_only(dns: Nameserver) -> None:
    dns.txt(DOMAIN, "google-site-verification=1", "v=spf10 -all")
    assert check(dns).problem == "punthelder-seo.nl has no SPF record."


def test_of_two_records_receivers_believe_none(dns: Nameserver) -> None:
    dns.txt(DOMAIN, "v=spf1 mx -all", "v=spf1 a -all")
    answer = check(dns)
    assert answer.verdict is Verdict.FAILED
    assert "several SPF records" in answer.problem
    assert answer.remedy.startswith("Join them into one")


@pytest.mark.parametrize(("count", "verdict"), [(10, Verdict.PASSED), (11, Verdict.FAILED)])
def test_ten_lookups_are_allowed(dns: Nameserver, count: int, verdict: Verdict) -> None:
    hosts = [f"h{number}.{DOMAIN}" for number in range(count)]
    dns.txt(DOMAIN, "v=spf1 " + " ".join(f"a:{host}" for host in hosts) + " -all")
    for host in hosts:
        dns.add(host, "A", "192.0.2.1")
    answer = check(dns)
    assert answer.verdict is verdict
    assert ("more than 10 DNS lookups" in answer.problem) is (verdict is Verdict.FAILED)


def test_lookups_behind_includes_count_too(dns: Nameserver) -> None:
    dns.txt(DOMAIN, "v=spf1 include:one.example include:two.example -all")
    for name in ("one.example", "two.example"):
        hosts = [f"h{number}.{name}" for number in range(5)]
        dns.txt(name, "v=spf1 " + " ".join(f"a:{host}" for host in hosts) + " -all")
        for host in hosts:
            dns.add(host, "A", "192.0.2.1")
    assert "more than 10 DNS lookups" in check(dns).problem


@pytest.mark.parametrize(
    ("record", "words", "remedy"),
    [
        ("v=spf1 include:gone.example -all", "gone.example has no SPF record", "leads nowhere"),
        ("v=spf1 include:punthelder-seo.nl -all", "Include loop", "leads back"),
        ("v=spf1 ipv4:192.0.2.1 -all", "ipv4 is not a valid", "Correct the record"),
        ("v=spf1 +all", "lets the whole world send", "-all in place of +all"),
        ("v=spf1 a:x.example a:y.example a:z.example -all", "void DNS lookups", "lead nowhere"),
    ],
)
def test_what_is_wrong_is_named_with_the_way_to_mend_it(
    dns: Nameserver, record: str, words: str, remedy: str
) -> None:
    dns.txt(DOMAIN, record)
    answer = check(dns)
    assert (answer.verdict, answer.record) == (Verdict.FAILED, record)
    assert words in answer.problem
    assert remedy in answer.remedy


OPEN = "spf.open.example"


@pytest.mark.parametrize(
    ("record", "term", "remedy"),
    [
        ("v=spf1 ip4:0.0.0.0/0 -all", "(0.0.0.0/0)", "Name the networks"),
        ("v=spf1 ip6:::/0 -all", "(::/0)", "Name the networks"),
        ("v=spf1 ip4:128.0.0.0/1 mx ip4:0.0.0.0/1 ~all", "(0.0.0.0/0)", "Name the networks"),
        ("v=spf1 a/0 -all", "(0.0.0.0/0)", "Name the networks"),
        (f"v=spf1 include:{OPEN} -all", f"(+all behind include:{OPEN})", f"Take include:{OPEN}"),
        (
            "v=spf1 include:chain.example -all",
            f"(+all behind include:{OPEN} behind",
            "Take include:",
        ),
        ("v=spf1 redirect=wide.example", "(0.0.0.0/0)", "Name the networks"),
    ],
)
def test_a_record_that_lets_the_whole_world_send_fails_however_it_says_so(
    dns: Nameserver, record: str, term: str, remedy: str
) -> None:
    dns.txt(DOMAIN, record)
    dns.add(DOMAIN, "A", "192.0.2.1")
    dns.add(DOMAIN, "MX", f"10 {DOMAIN}.")
    dns.txt(OPEN, "v=spf1 +all")
    dns.txt("chain.example", f"v=spf1 include:{OPEN} ?all")
    dns.txt("wide.example", "v=spf1 ip4:0.0.0.0/0 -all")
    answer = check(dns)
    assert (answer.verdict, answer.record) == (Verdict.FAILED, record)
    assert term in answer.problem
    assert answer.remedy.startswith(remedy)


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 -ip4:0.0.0.0/0 ip6:2001:db8::/32 -all",
        f"v=spf1 mx ?include:{OPEN} -all",
        "v=spf1 ip4:0.0.0.0/1 -all",
        "v=spf1 include:%{i}.spf.example ip4:192.0.2.1 -all",
    ],
)
def test_a_record_that_names_much_of_it_but_lets_not_all_pass_does_not_fail(
    dns: Nameserver, record: str
) -> None:
    dns.txt(DOMAIN, record)
    dns.add(DOMAIN, "A", "192.0.2.1")
    dns.add(DOMAIN, "MX", f"10 {DOMAIN}.")
    dns.txt(OPEN, "v=spf1 +all")
    assert check(dns).verdict is Verdict.PASSED


@pytest.mark.parametrize("record", ["v=spf1 mx ?all", "v=spf1 mx"])
def test_a_record_that_forbids_nobody_is_weak(dns: Nameserver, record: str) -> None:
    dns.txt(DOMAIN, record)
    dns.add(DOMAIN, "MX", f"10 {DOMAIN}.")
    dns.add(DOMAIN, "A", "192.0.2.1")
    assert check(dns).verdict is Verdict.WEAK


def test_a_record_that_was_mended_is_seen_at_once(dns: Nameserver) -> None:
    dns.txt(DOMAIN, "v=spf1 +all")
    assert check(dns).verdict is Verdict.FAILED
    dns.clear(DOMAIN)
    dns.txt(DOMAIN, "v=spf1 ip4:192.0.2.1 -all")
    assert check(dns).verdict is Verdict.PASSED
