"""`manage.py set_up_example`: something to start from."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from campaigns.defaults import set_up_example


class Command(BaseCommand):
    help = (
        "Set up the four example domains with their senders, the default policy and the default "
        "flow with its templates. What is there already stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        example = set_up_example()
        names = ", ".join(domain.name for domain in example.domains)
        done = "Set up" if example.created else "Already there"
        self.stdout.write(f'{done}: the flow "{example.flow}" on {names}.')
        self.stdout.write("Enter your mail server under Sending accounts before you launch.")
