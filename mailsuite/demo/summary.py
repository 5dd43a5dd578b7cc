"""The demo's last word: the figures, the promises, and where to look further."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailsuite.demo.outcome import Outcome
from mailsuite.lib.plurals import counted

_PROMISES = {
    "duplicate": "no mail went twice",
    "lost": "no mail was lost",
    "interval": "20 minutes between two mails of a domain",
    "cap": "27 mails a day for each domain",
    "window": "on workdays, in office hours",
    "order": "each mail after the one before it",
    "offset": "three workdays between them",
    "after_stop": "nothing after a no of any kind, nor while away",
}


def show_summary(console: Console, outcome: Outcome) -> None:
    figures = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    for words, number in (
        ("leads in the campaign", outcome.leads),
        ("held back, a variable has no value", outcome.held),
        ("mails planned", outcome.planned),
        ("sent, says mailsuite", outcome.sent),
        ("accepted, says the mail server", outcome.accepted),
        ("opened by people", outcome.opened),
        ("clicked", outcome.clicked),
        ("answered", outcome.replied),
        ("opted out", outcome.unsubscribed),
        ("reported as spam", outcome.complained),
        ("bounced, no such address", outcome.bounced),
        ("canceled after all that", outcome.canceled),
        ("not delivered for now", outcome.bounced_softly),
        ("answered by an absence notice", outcome.away),
        ("pauses of a domain by itself", outcome.resumed),
        ("of unknown fate", outcome.unknown),
    ):
        figures.add_row(words, str(number))
    console.print()
    console.print(figures)
    console.print("\nPromises, counted from what the mail server recorded:")
    for kind, promise in _PROMISES.items():
        broken = outcome.violations[kind]
        mark = Text(f"  broken {broken} times: ", "red") if broken else Text("  kept: ", "green")
        console.print(mark + Text(promise))
    for trouble in _misunderstood(outcome):
        console.print(Text(f"  {trouble}", "red"))
    console.print(f"\n{outcome.wall_seconds:.0f} s", highlight=False)


def _misunderstood(outcome: Outcome) -> Iterator[str]:
    for figure, difference in outcome.miscounted.items():
        if difference:
            words = "too many" if difference > 0 else "too few"
            yield f"counted {abs(difference)} {words} as {figure}, by what the recipients did"
    if outcome.unmatched:
        yield f"tied {counted(outcome.unmatched, 'mail')} that came back to none of its own"
