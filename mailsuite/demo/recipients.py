"""The recipients at work: over real HTTP and by real mail, with what stood in the mail they got."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

import requests

from mailsuite.demo import answers, journal, reports
from mailsuite.demo.habits import Plan, Way, plans_for
from mailsuite.demo.journal import Journal, Reaction
from mailsuite.demo.letters import Letter, Page

_TIMEOUT = 30  # seconds; mailsuite runs on this machine


class WorldError(RuntimeError):
    """mailsuite answered a recipient with something that no recipient should see."""


class Recipients:
    """Everybody's letters and what they are going to do with them.

    `post` takes a raw mail to mailsuite. Letters come in from the mail server's thread;
    everything else belongs to one thread.
    """

    def __init__(self, journal_: Journal, post: Callable[[bytes], object]) -> None:
        self._journal, self._post = journal_, post
        self._lock = threading.Lock()
        # The number keeps the order of those that share a moment.
        self._plans: list[tuple[datetime, int, Plan]] = []
        self._numbers = itertools.count()
        self._browser = requests.Session()
        self._browser.trust_env = False  # a proxy of this machine is not asked for loopback

    def receive(self, letter: Letter) -> None:
        with self._lock:
            for plan in plans_for(letter):
                heapq.heappush(self._plans, (plan.at, next(self._numbers), plan))

    def next_at(self) -> datetime | None:
        """When somebody does something next."""
        with self._lock:
            return self._plans[0][0] if self._plans else None

    def act(self, now: datetime) -> list[Reaction]:
        """Do all that is due at `now` (business time), and answer what was done.

        It stands in the journal once mailsuite has confirmed it. Raises WorldError.
        """
        done: list[Reaction] = []
        while (plan := self._next_due(now)) is not None:
            self._do(plan, now)
            mail = plan.letter.mail
            reaction = Reaction(
                now, plan.kind, mail.message_id, mail.recipient, mail.domain, plan.back_on
            )
            self._journal.append(reaction)
            done.append(reaction)
        return done

    def close(self) -> None:
        self._browser.close()

    def _next_due(self, now: datetime) -> Plan | None:
        with self._lock:
            if self._plans and self._plans[0][0] <= now:
                return heapq.heappop(self._plans)[2]
        return None

    def _do(self, plan: Plan, now: datetime) -> None:
        letter = plan.letter
        if (mail := _mail_of(plan, now)) is not None:
            self._post(mail)
        elif plan.kind in (journal.OPENED, journal.PREFETCHED):
            self._get(letter.pixel, plan, HTTPStatus.OK)
        elif plan.kind == journal.CLICKED:
            self._get(letter.links[0], plan, HTTPStatus.FOUND)
        elif plan.kind == journal.SCANNED:
            self._scan(plan)
        elif plan.way is Way.BUTTON:
            self._opt_out(letter.one_click, {"List-Unsubscribe": "One-Click"}, plan)
        else:
            page = Page.of(self._get(letter.opt_out, plan, HTTPStatus.OK).text)
            self._opt_out(letter.opt_out, page.fields, plan)

    def _scan(self, plan: Plan) -> None:
        """A security gateway fetches all there is, the opt-out page among it, and posts nothing."""
        self._get(plan.letter.pixel, plan, HTTPStatus.OK)
        for link in plan.letter.links:
            self._get(link, plan, HTTPStatus.FOUND)
        self._get(plan.letter.opt_out, plan, HTTPStatus.OK)

    def _get(self, url: str, plan: Plan, expected: HTTPStatus) -> requests.Response:
        # The web beyond the redirect does not exist; nobody goes there.
        return self._ask("GET", url, plan, expected)

    def _opt_out(self, url: str, fields: dict[str, str], plan: Plan) -> None:
        """RFC 8058 §3.1: a POST without cookies, answered without a redirect."""
        self._ask("POST", url, plan, HTTPStatus.OK, fields)

    def _ask(
        self,
        method: str,
        url: str,
        plan: Plan,
        expected: HTTPStatus,
        fields: dict[str, str] | None = None,
    ) -> requests.Response:
        if not url:
            raise WorldError(f"{_whose(plan)} lacks what the recipient needs to be “{plan.kind}”.")
        answer = self._browser.request(
            method,
            url,
            data=fields,
            headers={"User-Agent": plan.user_agent},
            allow_redirects=False,
            timeout=_TIMEOUT,
        )
        if answer.status_code != expected:
            raise WorldError(
                f"{method} {url} was answered {answer.status_code} instead of {expected} "
                f"({_whose(plan)}, {plan.kind})."
            )
        return answer


def _mail_of(plan: Plan, now: datetime) -> bytes | None:
    """What goes to mailsuite by mail; None for what goes over the web."""
    if plan.back_on is not None:
        return answers.absence_notice(plan.letter, now, plan.back_on)
    if plan.way is Way.MAIL:
        return answers.opt_out_mail(plan.letter, now)
    write = _WRITTEN.get(plan.kind)
    return None if write is None else write(plan.letter, now)


_WRITTEN = {
    journal.REPLIED: answers.answer,
    journal.ASKED_TO_STOP: answers.request_to_stop,
    journal.BOUNCED: reports.hard_bounce,
    journal.BOUNCED_SOFTLY: reports.soft_bounce,
    journal.COMPLAINED: reports.complaint,
}


def _whose(plan: Plan) -> str:
    return f"mail {plan.letter.mail.number} to {plan.letter.mail.recipient}"
