"""What of the answers is kept: a DNS that is out of order fails no check."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from structlog.testing import capture_logs

from campaigns.domain_checks import resolver as resolving
from campaigns.domain_checks.checking import check_domain
from campaigns.domain_checks.resolver import NotingResolver
from campaigns.domain_checks.stored import failed_checks, forget_checks
from campaigns.models import DomainCheck, SendingDomain
from campaigns.tasks import check_domains, check_one_domain
from mailsuite.lib import clock
from tests.campaigns.domain_checks.keys import rsa
from tests.factories import SendingDomainFactory
from tests.factories.campaigns import MONDAY
from tests.nameserver import Nameserver

pytestmark = pytest.mark.django_db

NAME = "punthelder-seo.nl"
DAY = timedelta(days=1)
Kind = DomainCheck.Kind


@pytest.fixture
def domain() -> SendingDomain:
    return SendingDomainFactory(name=NAME, dkim_selector="s1")


@pytest.fixture
def good(dns: Nameserver) -> Nameserver:
    dns.txt(NAME, "v=spf1 ip4:192.0.2.1 -all")
    dns.txt(f"s1._domainkey.{NAME}", f"v=DKIM1; p={rsa()}")
    dns.txt(f"_dmarc.{NAME}", "v=DMARC1; p=reject")
    return dns


@pytest.fixture
def ask(dns: Nameserver, settings) -> Callable[..., dict[str, str]]:
    """Check, and answer the verdicts."""
    settings.DNS_SERVERS = [dns.address]

    def ask(domain: SendingDomain, at=MONDAY) -> dict[str, str]:
        # Waiting for nobody need not take long; for an answer there is time on a busy machine.
        seconds = 0.3 if dns.is_silent else 5.0
        checks = check_domain(
            domain, at, make_resolver=lambda: NotingResolver([dns.address], seconds)
        )
        return {check.kind: check.verdict for check in checks}

    return ask


def stored(domain: SendingDomain, kind: str) -> DomainCheck:
    return DomainCheck.objects.get(domain=domain, kind=kind)


ALL_PASSED = {"spf": "passed", "dkim": "passed", "dmarc": "passed"}


def test_each_answer_is_kept_with_its_time(domain: SendingDomain, good: Nameserver, ask) -> None:
    assert ask(domain) == ALL_PASSED
    check = stored(domain, Kind.SPF)
    assert (check.record, check.problem, check.remedy) == ("v=spf1 ip4:192.0.2.1 -all", "", "")
    assert (check.answered_at, check.tried_at, check.trouble) == (MONDAY, MONDAY, "")
    assert not failed_checks().exists()


def test_a_failure_is_kept_logged_and_gone_when_it_is_mended(
    domain: SendingDomain, good: Nameserver, ask
) -> None:
    good.clear(f"_dmarc.{NAME}")
    with capture_logs() as logs:
        assert ask(domain) == ALL_PASSED | {"dmarc": "failed"}
    (line,) = [line for line in logs if line["event"] == "domain check failed"]
    assert (line["domain"], line["check"]) == (NAME, "dmarc")
    (failed,) = failed_checks()
    assert failed.remedy.startswith("Publish a TXT record at _dmarc.punthelder-seo.nl")
    good.txt(f"_dmarc.{NAME}", "v=DMARC1; p=reject")
    assert ask(domain, MONDAY + DAY) == ALL_PASSED
    assert not failed_checks().exists()
    assert DomainCheck.objects.count() == 3


@pytest.mark.parametrize("outage", ["fails_for", "is_silent_about"])
def test_an_outage_leaves_the_last_answer_as_it_is(
    domain: SendingDomain, good: Nameserver, ask, outage: str
) -> None:
    ask(domain)
    for name in (NAME, f"s1._domainkey.{NAME}", f"_dmarc.{NAME}"):
        getattr(good, outage)(name)
    assert ask(domain, MONDAY + DAY) == ALL_PASSED
    for kind in Kind:
        check = stored(domain, kind)
        assert (check.answered_at, check.tried_at) == (MONDAY, MONDAY + DAY)
        assert check.trouble.startswith("no answer")
    good.recovers()
    ask(domain, MONDAY + 2 * DAY)
    assert stored(domain, Kind.SPF).trouble == ""


@pytest.mark.parametrize("outage", ["fails_for", "is_silent_about"])
def test_nothing_is_known_where_it_never_answered(
    domain: SendingDomain, good: Nameserver, ask, outage: str
) -> None:
    getattr(good, outage)(NAME)
    verdicts = ask(domain)
    assert verdicts == ALL_PASSED | {"spf": "unknown"}
    assert stored(domain, Kind.SPF).answered_at is None
    assert not failed_checks().exists()


@pytest.mark.parametrize("outage", ["fails_for", "is_silent_about"])
def test_an_outage_behind_an_include_fails_nothing_either(
    domain: SendingDomain, good: Nameserver, ask, outage: str
) -> None:
    good.clear(NAME)
    good.txt(NAME, "v=spf1 include:spf.provider.example -all")
    getattr(good, outage)("spf.provider.example")
    assert ask(domain)["spf"] == "unknown"
    assert "spf.provider.example" in stored(domain, Kind.SPF).trouble


def test_after_one_outage_nobody_else_is_waited_for(
    domain: SendingDomain, good: Nameserver, ask
) -> None:
    good.clear(NAME)
    hosts = [f"h{number}.{NAME}" for number in range(9)]
    good.txt(NAME, "v=spf1 " + " ".join(f"a:{host}" for host in hosts) + " -all")
    for host in hosts:
        good.is_silent_about(host)
    ask(domain)
    assert {name for name, _ in good.asked if name in hosts} == {hosts[0]}


def test_a_check_comes_to_an_end(domain: SendingDomain, good: Nameserver, ask, monkeypatch) -> None:
    monkeypatch.setattr(resolving, "CHECK_SECONDS", -1)
    assert set(ask(domain).values()) == {"unknown"}
    assert good.asked == []


def test_a_closed_port_is_an_outage(domain: SendingDomain) -> None:
    check_domain(domain, MONDAY, make_resolver=lambda: NotingResolver([("127.0.0.1", 1)], 0.2))
    assert {check.verdict for check in DomainCheck.objects.all()} == {"unknown"}


def test_without_a_selector_the_key_is_not_asked_for(good: Nameserver, ask) -> None:
    domain = SendingDomainFactory(name=NAME)
    assert ask(domain) == ALL_PASSED | {"dkim": "unknown"}
    check = stored(domain, Kind.DKIM)
    assert check.problem.startswith("No DKIM selector is entered")
    assert (check.answered_at, check.trouble) == (None, "")
    assert not [name for name, _ in good.asked if "_domainkey" in name]


def test_checks_of_another_selector_are_forgotten(
    domain: SendingDomain, good: Nameserver, ask
) -> None:
    ask(domain)
    forget_checks(domain, [Kind.DKIM])
    assert set(DomainCheck.objects.values_list("kind", flat=True)) == {"spf", "dmarc"}


# manage.py check_domains


def run(*args: str) -> tuple[str, int]:
    out = StringIO()
    try:
        with clock.frozen(MONDAY):
            call_command("check_domains", *args, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


def test_the_command_is_content_with_good_records(domain, good, ask) -> None:
    SendingDomainFactory(is_active=False)
    text, status = run("--json")
    assert status == 0
    assert [(row["domain"], row["check"], row["verdict"]) for row in json.loads(text)] == [
        (NAME, "spf", "passed"), (NAME, "dkim", "passed"), (NAME, "dmarc", "passed"),
    ]  # fmt: skip


def test_the_command_shows_what_failed_and_how_to_mend_it(domain, good, ask) -> None:
    good.clear(f"s1._domainkey.{NAME}")
    text, status = run(NAME.upper())
    assert status == 1
    assert "failed" in text
    assert "Publish the" in text


def test_an_outage_is_no_failure_of_the_command(domain, good, ask) -> None:
    good.fails_for(NAME)
    text, status = run("--json")
    assert status == 0
    assert json.loads(text)[0]["trouble"] == "no answer to punthelder-seo.nl TXT, but SERVFAIL"


def test_an_unknown_name_is_refused(domain: SendingDomain) -> None:
    with pytest.raises(CommandError, match=r"no sending domain other\.nl"):
        call_command("check_domains", "other.nl")


# Beat


def test_each_day_all_domains_in_use_are_checked(domain, good, ask, monkeypatch) -> None:
    SendingDomainFactory(is_active=False)
    enqueued: list[int] = []
    monkeypatch.setattr(check_one_domain, "delay", enqueued.append)
    check_domains()
    assert enqueued == [domain.pk]
    check_one_domain(domain.pk)
    assert stored(domain, Kind.DMARC).verdict == "passed"


def test_a_domain_that_was_deleted_meanwhile_is_not_checked(good: Nameserver) -> None:
    check_one_domain(4711)
    assert good.asked == []


def test_only_who_checks_loads_what_asks_the_dns() -> None:
    code = "import django, sys; django.setup(); sys.exit('dns.resolver' in sys.modules)"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mailsuite.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert done.returncode == 0
