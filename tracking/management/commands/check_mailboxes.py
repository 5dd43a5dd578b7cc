from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tracking.mailboxes.checking import Report, check
from tracking.models import Mailbox


class Command(BaseCommand):
    help = (
        "Log in to the mailboxes and look at their folders; nothing is read or changed. Exit "
        "status 1: one cannot be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="default: all active ones")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *, names: list[str], **options: Any) -> None:
        reports = {mailbox.name: check(mailbox) for mailbox in _mailboxes(names)}
        if options["json"]:
            self.stdout.write(json.dumps([_as_json(*pair) for pair in reports.items()], indent=2))
        else:
            self._show(reports)
        if any(report.problems for report in reports.values()):
            raise SystemExit(1)

    def _show(self, reports: dict[str, Report]) -> None:
        console = Console(file=self.stdout)  # type: ignore[arg-type]  # Django's, a file to all
        if not reports:
            console.print("There is no active mailbox. Make one in the admin, under Mailboxes.")
            return
        table = Table()
        table.add_column("mailbox")
        table.add_column("answers")
        table.add_column("found", ratio=1)
        for name, report in reports.items():
            words = [*report.problems, *([report.words] if report.read else [])]
            answers = "no" if report.problems else "yes"
            table.add_row(escape(name), answers, escape("\n".join(words)))
        console.print(table)


def _mailboxes(names: list[str]) -> list[Mailbox]:
    # Their secrets are unsealed one by one: a lost key is a finding, not the end.
    mailboxes = Mailbox.objects.defer("secret")
    if not names:
        return list(mailboxes.filter(is_active=True))
    found = list(mailboxes.filter(name__in=names))
    if missing := sorted(set(names) - {mailbox.name for mailbox in found}):
        raise CommandError(f"There is no mailbox {', '.join(missing)}. The admin lists them.")
    return found


def _as_json(name: str, report: Report) -> dict[str, Any]:
    return {
        "mailbox": name,
        "ok": not report.problems,
        "problems": list(report.problems),
        "read": [{"folder": folder.name, "mails": folder.mails} for folder in report.read],
        "others": [{"folder": folder.name, "use": folder.use} for folder in report.others],
    }
