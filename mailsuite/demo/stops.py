"""Who must get no mail any more, or none before a day: the oracle's own idea of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta

from mailsuite.demo import journal
from mailsuite.demo.journal import AcceptedMail, Reaction

# What somebody did, or a server said of them, after which nothing more may come.
FINAL = frozenset(
    {
        journal.OPTED_OUT,
        journal.ASKED_TO_STOP,
        journal.REPLIED,
        journal.COMPLAINED,
        journal.BOUNCED,
    }
)
SOFT_BOUNCES_IN_A_ROW = 3


class Stops:
    """As far as a journal has been gone through, line by line."""

    def __init__(self, is_workday: Callable[[date], bool]) -> None:
        self._is_workday = is_workday
        self._stopped: set[str] = set()
        self._away_until: dict[str, date] = {}
        self._numbers: dict[str, int] = {}
        self._softly: defaultdict[str, set[int]] = defaultdict(set)

    def note_mail(self, mail: AcceptedMail) -> None:
        self._numbers[mail.message_id] = mail.number

    def note(self, reaction: Reaction) -> None:
        who = reaction.recipient
        if reaction.kind in FINAL:
            self._stopped.add(who)
        elif reaction.kind == journal.AWAY and reaction.back_on is not None:
            until = self._workday_after(reaction.back_on)
            self._away_until[who] = max(until, self._away_until.get(who, until))
        elif reaction.kind == journal.BOUNCED_SOFTLY:
            number = self._numbers.get(reaction.message_id, 0)
            self._softly[who].add(number)
            if self._in_a_row(who, number) >= SOFT_BOUNCES_IN_A_ROW:
                self._stopped.add(who)

    def has_stopped(self, recipient: str) -> bool:
        return recipient in self._stopped

    def forbids(self, recipient: str, day: date) -> bool:
        """Whether a mail to them on the local `day` is one too many, or comes too early."""
        return recipient in self._stopped or day < self._away_until.get(recipient, day)

    def _workday_after(self, day: date) -> date:
        """Nobody reads on the first day back."""
        day += timedelta(days=1)
        while not self._is_workday(day):
            day += timedelta(days=1)
        return day

    def _in_a_row(self, who: str, number: int) -> int:
        count = 0
        while number - count in self._softly[who]:
            count += 1
        return count
