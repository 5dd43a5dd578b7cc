from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from rich.console import Console
from rich.table import Table

from campaigns.integrity import CHECKS, Finding, check_integrity
from mailsuite.lib import clock


class Command(BaseCommand):
    help = "Hold messages, events and figures against the rules. Exit status 1: a rule is broken."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument(
            "--days",
            type=int,
            default=30,
            help="how far back to look at the pace of mails (default: %(default)s), and of each "
            "domain no further than to the last change of its sending policy; everything else is "
            "checked in full",
        )

    def handle(self, *, days: int, **options: Any) -> None:
        now = clock.now()
        findings = check_integrity(since=now - timedelta(days=days), now=now)
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            self._show(findings)
        if findings:
            raise SystemExit(1)

    def _show(self, findings: list[Finding]) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type]  # Django's, a file to all
        if not findings:
            console.print(f"All well: {len(CHECKS)} checks, no findings.")
            return
        table = Table(title=f"{len(findings)} of {len(CHECKS)} checks found something")
        table.add_column("check", ratio=3)
        table.add_column("count", justify="right")
        table.add_column("for example", ratio=4)
        table.add_column("how to mend", ratio=4)
        for finding in findings:
            samples = "\n".join(finding.samples)
            table.add_row(finding.check, str(finding.count), samples, finding.mend)
        console.print(table)
