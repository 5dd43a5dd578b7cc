"""What the demo shows while it runs: a live table on a terminal, a line a day elsewhere."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailsuite.demo.journal import (
    ASKED_TO_STOP,
    AWAY,
    BOUNCED,
    BOUNCED_SOFTLY,
    CLICKED,
    COMPLAINED,
    OPENED,
    OPTED_OUT,
    REPLIED,
    AcceptedMail,
    Entry,
    Journal,
    Resumption,
)
from mailsuite.demo.oracle import ZONE
from mailsuite.demo.standings import Standing, standings
from mailsuite.lib import clock

_REFRESH_SECONDS = 0.25
_SHOWN_EVENTS = 8
_COLOURS = {
    OPENED: "green",
    CLICKED: "bold green",
    REPLIED: "bold green",
    OPTED_OUT: "red",
    ASKED_TO_STOP: "red",
    COMPLAINED: "bold red",
    BOUNCED: "yellow",
    BOUNCED_SOFTLY: "yellow",
    AWAY: "cyan",
}


def display_on(console: Console, journal: Journal) -> Display:
    return (LiveTable if console.is_terminal else DailyLines)(console, journal)


class Display(ABC):
    """Use as a context manager; call `refresh` as often as you like."""

    def __init__(self, console: Console, journal: Journal) -> None:
        self.console, self.journal = console, journal
        self._shown_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.show()

    def refresh(self) -> None:
        if time.monotonic() >= self._shown_at + _REFRESH_SECONDS:
            self.show()
            self._shown_at = time.monotonic()

    @abstractmethod
    def show(self) -> None: ...


class LiveTable(Display):
    """Redraws itself in place."""

    def __enter__(self) -> Self:
        self._live = Live(console=self.console, auto_refresh=False)
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is None:
                self.show()
        finally:
            self._live.stop()

    def show(self) -> None:
        entries = self.journal.entries
        events = Text("\n").join(map(_told, entries[-_SHOWN_EVENTS:]))
        events.no_wrap, events.overflow = True, "ellipsis"
        feed = Panel(events, title="What the recipients see and do", title_align="left")
        self._live.update(Group(_table(standings(entries)), feed), refresh=True)


class DailyLines(Display):
    """One line for each business day on which something happened, when it is over."""

    def __init__(self, console: Console, journal: Journal) -> None:
        super().__init__(console, journal)
        self._day = ""
        self._shown = 0

    def refresh(self) -> None:
        day = _local(clock.now(), "%a %d %b %Y")
        if day != self._day:
            if self._day:
                self.show()
            self._day = day

    def show(self) -> None:
        if len(self.journal.entries) == self._shown:
            return
        self._shown = len(self.journal.entries)
        rows = standings(self.journal.entries)
        planned, sent = sum(row.planned for row in rows), sum(row.sent for row in rows)
        opened, clicked = sum(row.opened for row in rows), sum(row.clicked for row in rows)
        replied, bounced = sum(row.replied for row in rows), sum(row.bounced for row in rows)
        opted_out = sum(row.opted_out for row in rows)
        self.console.print(
            f"{self._day}: {sent} of {planned} mails sent, {opened} opened, {clicked} clicked, "
            f"{replied} answered, {opted_out} opted out, {bounced} bounced",
            highlight=False,
            soft_wrap=True,
        )


def _table(rows: Sequence[Standing]) -> Table:
    """No wider than a terminal of 80 columns; the names of domains are cut there."""
    title = _local(clock.now(), "%A %d %B %Y  %H:%M")
    table = Table(title=title, title_style="bold", box=None, padding=(0, 1, 0, 0))
    table.add_column("Sending domain", overflow="ellipsis")
    for heading in ("Sent", "Opened", "Clicked", "Replied", "Opted out", "Bounced"):
        table.add_column(heading.replace(" ", "\n"), justify="right", no_wrap=True)
    table.add_column("Next mail", no_wrap=True)
    for row in rows:
        figures = (row.opened, row.clicked, row.replied, row.opted_out, row.bounced)
        next_mail = _local(row.next_at, "%d %b %H:%M") if row.next_at else "–"
        if row.is_paused:
            next_mail = "paused"
        sent = f"{row.sent}/{row.planned}"
        table.add_row(row.domain, sent, *map(str, figures), next_mail)
    return table


def _told(entry: Entry) -> Text:
    at = _local(entry.at, "%a %H:%M")
    if isinstance(entry, AcceptedMail):
        return Text(f"{at}  mail {entry.number} to {entry.recipient}: {entry.subject}")
    if isinstance(entry, Resumption):
        return Text(f"{at}  {entry.domain} goes on, was paused: {entry.reason}", style="bold")
    until = f", back on {entry.back_on:%a %d %b}" if entry.back_on else ""
    style = _COLOURS.get(entry.kind, "dim")
    return Text(f"{at}  {entry.recipient} {entry.kind}{until}", style=style)


def _local(at: datetime, form: str) -> str:
    return at.astimezone(ZONE).strftime(form)
