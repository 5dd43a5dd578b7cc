from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.table import Table

from campaigns.domain_checks.checking import check_domain
from campaigns.models import DomainCheck, SendingDomain
from mailsuite.lib import clock

_COLOURS = {"passed": "green", "weak": "yellow", "failed": "red", "unknown": "dim"}


class Command(BaseCommand):
    help = (
        "Ask the DNS about SPF, DKIM and DMARC of sending domains, and store the answers. Exit "
        "status 1: a check failed. A DNS that does not answer fails no check."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("domains", nargs="*", help="names; none: all that are in use")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *, domains: Sequence[str], **options: Any) -> None:
        found = [
            check for domain in _chosen(domains) for check in check_domain(domain, clock.now())
        ]
        if options["json"]:
            self.stdout.write(json.dumps([_row(check) for check in found], indent=2))
        else:
            self._show(found)
        if any(check.verdict == DomainCheck.Verdict.FAILED for check in found):
            raise SystemExit(1)

    def _show(self, checks: Sequence[DomainCheck]) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type]  # Django's, a file to all
        table = Table("domain", "check", "verdict", "what is wrong", "how to mend it")
        for check in checks:
            colour = _COLOURS[check.verdict]
            problem = f"Not asked now: {check.trouble}." if check.trouble else check.problem
            table.add_row(
                check.domain.name,
                check.get_kind_display(),
                f"[{colour}]{check.verdict}[/]",
                problem.replace("[", r"\["),
                check.remedy.replace("[", r"\["),
            )
        console.print(table)


def _chosen(names: Sequence[str]) -> list[SendingDomain]:
    """Raises CommandError for a name that no sending domain has."""
    domains = SendingDomain.objects.order_by("name")
    if not names:
        return list(domains.filter(is_active=True))
    wanted = {name.lower() for name in names}
    found = list(domains.filter(name__in=wanted))
    absent = sorted(wanted - {domain.name for domain in found})
    if absent:
        raise CommandError(
            f"There is no sending domain {', '.join(absent)}. Look them up in the admin."
        )
    return found


def _row(check: DomainCheck) -> dict[str, Any]:
    return {
        "domain": check.domain.name,
        "check": check.kind,
        "verdict": check.verdict,
        "record": check.record,
        "problem": check.problem,
        "remedy": check.remedy,
        "answered_at": check.answered_at and check.answered_at.isoformat(),
        "trouble": check.trouble,
    }
