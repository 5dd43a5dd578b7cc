"""Everything that a fault works with: the stack, the campaign being sent, and its clock."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaigns.models import Campaign, Message, SendingDomain
from campaigns.resending import assume_sent, resend_unknown
from leads.models import Suppression
from leads.suppression import suppress
from mailsuite.demo.driver import is_settled, next_sending
from mailsuite.lib import clock
from tests.faults.campaign import Size, empty_tables, launch_campaign
from tests.faults.journal import Accepted, Entry, Misbehaved, Stopped, append, read
from tests.faults.place import Place
from tests.faults.points import Points
from tests.faults.processes import NODES, Processes
from tests.faults.script import Rule, Script, write_script
from tests.faults.waiting import PATIENCE_SECONDS, patiently, wait_for

START = datetime(2026, 6, 1, 5, tzinfo=UTC)  # a Monday, an hour before the window
_LATER = timedelta(minutes=5)
# One lead opts out every so many moments, so that each fault also meets people who said no.
_MOMENTS_AN_OPT_OUT = 15


class Lab:
    """One at a time; `open` begins a fault with a fresh campaign on the running stack."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.points = Points(place.points)
        place.points.mkdir(exist_ok=True)
        self.processes = Processes(place.folder / "log")
        self.folder = place.folder
        self.recoveries: list[float] = []
        self.unknown = 0
        self.expected: Counter[str] = Counter()

    # --- Beginning and end -----------------------------------------------------------------

    def start_stack(self) -> None:
        """What is not running yet."""
        missing = [name for name in NODES if name not in self.processes.names()]
        for name in missing:
            self.processes.start_node(name, wait=False)
        if "beat" not in self.processes.names():
            self.processes.start_beat()
        self.processes.wait_for_nodes(missing)

    def open(self, name: str, size: Size, start: datetime = START) -> None:
        self.folder = self.place.folder / name
        self.folder.mkdir()
        self.size, self.recoveries, self.unknown = size, [], 0
        self.expected, self._moments = Counter(), 0
        self.points.open()
        self.start_stack()  # a fault before this one may have ended in the middle
        self.set_script(Script())
        self.processes.start(self._mail_server, ["tests.faults.mail_server", str(self.folder)])
        wait_for((self.folder / "port").exists, "the mail server")
        clock.write(self.place.clock_file, start)
        empty_tables()
        self.campaign = launch_campaign(size, int((self.folder / "port").read_text()), clock.now())
        self.recipients = frozenset(
            Message.objects.values_list("lead__email", flat=True).distinct()
        )

    def close(self) -> None:
        """The campaign is over; the stack goes on."""
        self.points.disarm()
        self.processes.kill(self._mail_server)

    @property
    def _mail_server(self) -> str:
        return f"mail-server-{self.folder.name}"

    # --- The mail server -------------------------------------------------------------------

    @property
    def journal_file(self) -> Path:
        return self.folder / "journal.jsonl"

    def journal(self) -> list[Entry]:
        return read(self.journal_file)

    def accepted(self) -> list[Accepted]:
        return [entry for entry in self.journal() if isinstance(entry, Accepted)]

    def misbehaved(self) -> int:
        return sum(isinstance(entry, Misbehaved) for entry in self.journal())

    def set_script(self, script: Script) -> None:
        write_script(self.folder / "script.json", script)

    def set_rules(self, *rules: Rule) -> None:
        self.set_script(Script(rules=rules))

    # --- Time ------------------------------------------------------------------------------

    def next_moment(self) -> datetime | None:
        """When something may leave next; None where nothing is left that may."""
        moment = next_sending()
        now = clock.now()
        return None if moment is None else moment if moment > now else now + _LATER

    def move(self) -> bool:
        """Set the clock to the next moment; False where there is none."""
        moment = self.next_moment()
        if moment is None:
            return False
        clock.write(self.place.clock_file, moment)
        return True

    def settle(self, *, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until all that is due has been dealt with, then resolve what is unknown as an
        operator would. Raises StuckError."""
        self.wait_until_settled(seconds=seconds)
        self.resolve_unknown()

    def wait_until_settled(self, *, seconds: float = PATIENCE_SECONDS) -> None:
        """The same without the operator."""
        wait_for(patiently(is_settled), self._what_is_left, seconds, self.processes.revive)

    def step(self) -> bool:
        """One moment in peace; False where nothing is left."""
        if not self.move():
            return False
        self.settle()
        self._moments += 1
        if self._moments % _MOMENTS_AN_OPT_OUT == 0:
            self.opt_somebody_out()
        return True

    def steps(self, count: int) -> None:
        """So many moments in peace, or as many as there are."""
        for _ in range(count):
            if not self.step():
                return

    def be_well(self) -> None:
        """Nothing is broken from here on."""
        self.points.disarm()
        self.set_script(Script())

    def run_out(self) -> None:
        """Send all that is left and see the campaign complete."""
        self.settle()
        while self.step():
            pass
        completed = Campaign.objects.filter(pk=self.campaign.pk).exclude(status="running")
        wait_for(completed.exists, self._what_is_left)

    @contextmanager
    def recovering(self) -> Iterator[None]:
        """Around what follows a fault: how long it takes until the work goes on."""
        begun = time.monotonic()
        yield
        self.recoveries.append(time.monotonic() - begun)

    # --- People ----------------------------------------------------------------------------

    def resolve_unknown(self) -> None:
        """An operator looks into the mailbox of the recipient: what is there was sent, what is
        not is sent again."""
        unknown = Message.objects.filter(status=Message.Status.UNKNOWN)
        found = list(unknown.values_list("pk", "smtp_message_id"))
        if not found:
            return
        arrived = {mail.message_id for mail in self.accepted()}
        for pk, message_id in found:
            self.unknown += 1
            if message_id in arrived:
                assume_sent(pk)
            else:
                resend_unknown(pk, clock.now())
        self.settle()

    def opt_somebody_out(self) -> None:
        """The lead whose mail is planned last says no, and mailsuite confirms it."""
        queued = Message.objects.queued().filter(enrollment__status="active")
        last = queued.order_by("-scheduled_at").values_list("lead__email", flat=True).first()
        if last is not None:
            suppress([last], reason=Suppression.Reason.UNSUBSCRIBED)
            append(self.journal_file, Stopped(clock.now(), last))
            self.settle()

    def restart_nodes(self, **environment: str) -> None:
        """Workers anew, in this environment."""
        self.processes.environment = environment
        for name in NODES:
            self.processes.kill(name)
        self.start_stack()

    def resume_domains(self) -> int:
        """An operator has mended the account; answer how many domains had been paused."""
        paused = SendingDomain.objects.filter(paused_at__isnull=False)
        return paused.update(
            paused_at=None, pause_reason="", paused_by_guardrails=False, needs_replanning=True
        )

    def expect(self, is_so: bool, what: str) -> None:
        """One of the fault's own promises, beside the invariants."""
        self.expected[what] += not is_so

    def _what_is_left(self) -> str:
        open_mails = Message.objects.exclude(status__in=Message.FINAL)
        left = Counter(open_mails.values_list("status", flat=True))
        return f"mails at {clock.now():%Y-%m-%d %H:%M} UTC, left: {dict(left)}"
