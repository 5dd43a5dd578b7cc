"""What a transaction changes in rows that many share, kept until its end and written in one order.

Sending domains first, then figures, each sorted by its key. Written where they come up, two
events of one campaign would lock the same rows in different orders and one of them would be
killed, with a server's definite answer in its hands.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from campaigns.figures import count, take_back
from campaigns.guardrails import judge
from campaigns.models import SendingDomain
from mailsuite.lib import clock


class Tally:
    def __init__(self) -> None:
        self._counts: Counter[tuple[int, int, date, str]] = Counter()
        self._to_replan: set[int] = set()
        self._to_pause: dict[int, tuple[str, datetime]] = {}
        self._to_judge: set[int] = set()

    def count(self, campaign_id: int, step_id: int, day: date, counter: str, by: int = 1) -> None:
        """`day` is local to the sending domain. A negative `by` takes back what was counted."""
        self._counts[campaign_id, step_id, day, counter] += by

    def replan(self, domain_id: int) -> None:
        """Its plan no longer fits."""
        self._to_replan.add(domain_id)

    def pause(self, domain_id: int, reason: str, at: datetime) -> None:
        """Nothing more may leave from it, until a person has looked."""
        self._to_pause.setdefault(domain_id, (reason, at))

    def judge(self, domain_id: int) -> None:
        """Something counts against it: its guardrails may stop it now."""
        self._to_judge.add(domain_id)

    def write(self) -> None:
        """The last thing that a transaction does."""
        for domain_id in sorted(self._to_replan | self._to_pause.keys() | self._to_judge):
            if domain_id in self._to_replan:
                SendingDomain.objects.filter(pk=domain_id, needs_replanning=False).update(
                    needs_replanning=True
                )
            if domain_id in self._to_pause:
                reason, at = self._to_pause[domain_id]
                SendingDomain.objects.filter(pk=domain_id, paused_at=None).update(
                    paused_at=at, pause_reason=reason[:500]
                )
            if domain_id in self._to_judge:
                judge(domain_id, clock.now())
        for campaign_id, step_id, day, counter in sorted(self._counts):
            by = self._counts[campaign_id, step_id, day, counter]
            if by < 0:
                take_back(campaign_id, step_id, day, counter, -by)
            elif by:
                count(campaign_id, step_id, day, **{counter: by})
