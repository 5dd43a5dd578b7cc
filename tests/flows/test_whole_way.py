"""One campaign, all the way: a file of leads, the wizard, ten workdays, the figures.

PostgreSQL, Redis, a Celery worker and an SMTP server are real; only the clock is moved. Every
mail that the server took is held against I1–I8, by an oracle that shares nothing with the planner.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import redis
from celery.contrib.testing.worker import start_worker
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from campaigns import tasks
from campaigns.dispatch import domains_due
from campaigns.models import Campaign, Message, SendingDomain, Tick
from leads.models import Lead
from mailsuite.celery import app
from mailsuite.demo import oracle
from mailsuite.demo.journal import OPTED_OUT, AcceptedMail, Entry, Reaction
from mailsuite.lib import clock
from tests.clients import ApiClient, client_in_group
from tests.factories import (
    FlowFactory,
    FlowStepFactory,
    FlowVersionFactory,
    SenderAliasFactory,
    SendingAccountFactory,
    SendingDomainFactory,
    SendingPolicyFactory,
    TemplateFactory,
    WaitFactory,
)
from tests.smtp import Accepted, SmtpServer, smtp_server
from tracking.tasks import digest_hits

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
# The clock changes on the 29th; Good Friday is 3 April and Easter Monday the 6th.
FIRST_DAY = date(2026, 3, 23)
LAST_DAY = date(2026, 4, 9)
DOMAINS = ("punthelder-seo.nl", "punthelder-marketing.nl")
GOOD_LEADS = 30
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.0"


@pytest.fixture
def frozen_clock() -> Iterator[clock.FrozenClock]:
    with clock.frozen(datetime(2026, 3, 23, 5, tzinfo=UTC)) as frozen:
        yield frozen


@pytest.fixture
def worker(settings, transactional_db) -> Iterator[None]:
    settings.CELERY_BEAT_SPEED = 60_000  # a tick's period lasts a millisecond
    app.loader.import_default_modules()
    app.control.purge()
    with start_worker(
        app, pool="threads", concurrency=2, perform_ping_check=False, loglevel="ERROR"
    ):
        yield


@contextmanager
def soon(what: str) -> Iterator[Callable[[bool], bool]]:
    """For a condition that another thread brings about; fails after ten seconds."""
    ends = time.monotonic() + 10

    def done(condition: bool) -> bool:
        if not condition and time.monotonic() > ends:
            pytest.fail(f"{what} did not come about within 10 s")
        return condition

    yield done


def run_tick() -> None:
    """One beat: the tick and all the turns that it asked for, until they have let go of their
    domains; else the next beat, which comes at once here, would find these taken."""
    before = Tick.objects.filter(finished_at__isnull=False).count()
    tasks.tick.delay()
    with soon("the tick") as done:
        while not done(
            Tick.objects.filter(finished_at__isnull=False).count() > before
            and not domains_due(clock.now())
            and not Message.objects.filter(status=Message.Status.SENDING).exists()
            and not redis.Redis.from_url(settings.REDIS_URL).keys("sending-domain:*")
        ):
            time.sleep(0.002)


def workbook() -> SimpleUploadedFile:
    """Thirty good leads and one of each kind that is not."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["E-mailadres", "Bedrijfsnaam", "Voornaam", "Website", "Aantal kamers"])
    for number in range(GOOD_LEADS):
        sheet.append(
            [f" Info@Hotel{number}.NL ", f"Hôtel {number}", "Zoë", f"www.hotel{number}.nl", number]
        )
    sheet.append(["info@hotel0.nl", "Nog eens", "Zoë", "", 1])
    sheet.append(["geen adres", "Kapot", "Zoë", "", 1])
    sheet.append(["info@naamloos.nl", "", "", "www.naamloos.nl", 1])
    content = BytesIO()
    book.save(content)
    return SimpleUploadedFile("hotels.xlsx", content.getvalue())


def set_up_senders(server: SmtpServer) -> int:
    """Two domains under one policy, the default flow; answers the flow's id."""
    account = SendingAccountFactory(host="127.0.0.1", port=server.port)
    policy = SendingPolicyFactory()
    for name in DOMAINS:
        domain = SendingDomainFactory(name=name, account=account, policy=policy)
        for alias in ("christian", "victor"):
            SenderAliasFactory(domain=domain, name=alias, sender_name=alias.title())
    flow = FlowFactory(name="Vindbaarheid")
    version = FlowVersionFactory(flow=flow)
    for number, alias in enumerate(["christian", "christian", "victor", "victor"], start=1):
        template = TemplateFactory(
            version__subject="Vindbaarheid van {{ company }}",
            version__html=(
                f"<p>Dag {{{{first_name}}}}, mail {number} over {{{{ lead.company }}}} met "
                '{{ vars.aantal_kamers }} kamers: <a href="https://punthelder.nl/">lees</a></p>'
            ),
            version__required_variables=["lead.company", "lead.first_name", "vars.aantal_kamers"],
        )
        FlowStepFactory(version=version, mail_number=number, template=template, alias_name=alias)
        if number < 4:
            WaitFactory(version=version, position=2 * number)
    return flow.pk


def import_leads(client: ApiClient) -> dict:
    response = client.post(
        "/api/v1/import/leads",
        {"file": workbook(), "list_name": "hotels", "mode": "skip"},
        format="multipart",
    )
    assert response.status_code == 201, response.content
    return response.json()["data"]


def launch(client: ApiClient, flow_id: int) -> dict:
    payload = {
        "name": "Voorjaar",
        "flow_id": str(flow_id),
        "audience": {"mode": "list", "list_name": "hotels", "exclude_suppressed": True},
        "schedule": {"start_mode": "now"},
        "domains": list(DOMAINS),
    }
    response = client.post("/api/v1/campaigns", payload)
    assert response.status_code == 201, response.content
    return response.json()["data"]


class Recipients:
    """Three of them react to the first mail: one opens, one clicks, one opts out."""

    def __init__(self) -> None:
        self.browser = Client(HTTP_USER_AGENT=THUNDERBIRD)
        self.opted_out: list[tuple[int, Accepted]] = []
        self._read = 0

    def react(self, accepted: list[Accepted]) -> None:
        for place, mail in enumerate(accepted[self._read :], start=self._read):
            if mail.message["References"] is None:
                self._read_first(place, mail)
        self._read = len(accepted)

    def _read_first(self, place: int, mail: Accepted) -> None:
        html = mail.message.get_body(("html",)).get_content().replace("&amp;", "&")
        if mail.recipient == "info@hotel1.nl":
            pixel = re.search(r'src="[^"]+?(/track/open\.gif[^"]+)"', html)[1]
            assert self.browser.get(pixel)["Content-Type"] == "image/gif"
        elif mail.recipient == "info@hotel2.nl":
            click = re.search(r'href="[^"]+?(/track/click[^"]+)"', html)[1]
            assert self.browser.get(click)["Location"] == "https://punthelder.nl/"
        elif mail.recipient == "info@hotel3.nl":
            address = re.search(r"<https?://[^/]+([^>]+)>", mail.message["List-Unsubscribe"])[1]
            assert self.browser.get(address).status_code == 200
            assert Lead.objects.get(email=mail.recipient).status == Lead.Status.ACTIVE
            one_click = {"List-Unsubscribe": "One-Click"}
            assert self.browser.post(address, one_click).status_code == 200
            self.opted_out.append((place, mail))


def live(frozen_clock: clock.FrozenClock, server: SmtpServer, recipients: Recipients) -> None:
    """Day by day, weekends and holidays too: a tick each twenty minutes from before the window
    until after its grace, on the first day each ten."""
    day = FIRST_DAY
    while day <= LAST_DAY:
        for minutes in range(7 * 60 + 40, 18 * 60 + 21, 10 if day == FIRST_DAY else 20):
            local = datetime(day.year, day.month, day.day, *divmod(minutes, 60), tzinfo=AMSTERDAM)
            frozen_clock.move_to(local)
            recipients.react(server.accepted)  # to what came at least ten minutes ago
            run_tick()
        for task in (
            digest_hits,
            tasks.release_unmailable,
            tasks.roll_over,
            tasks.complete_finished,
        ):
            task()
        day += timedelta(days=1)


def journal(server: SmtpServer, recipients: Recipients) -> list[Entry]:
    """What the outside world saw, for the oracle."""
    entries: list[Entry] = []
    opted_out = dict(recipients.opted_out)
    for place, mail in enumerate(server.accepted):
        message = mail.message
        number = len((message["References"] or "").split()) + 1
        domain = mail.sender.partition("@")[2]
        ours, campaign_id = message["Message-ID"].strip("<>"), message["X-Campaign-Message-ID"]
        entries.append(
            AcceptedMail(
                mail.at, ours, campaign_id, number, mail.recipient, domain, message["Subject"]
            )
        )
        if place in opted_out:
            entries.append(Reaction(mail.at, OPTED_OUT, ours, mail.recipient, domain))
    return entries


@pytest.mark.django_db(transaction=True)
def test_a_file_of_leads_becomes_a_finished_tracked_campaign(frozen_clock, worker):
    marketer = client_in_group("marketer")
    with smtp_server() as server:
        flow_id = set_up_senders(server)
        imported = import_leads(marketer)
        campaign = launch(marketer, flow_id)
        recipients = Recipients()
        live(frozen_clock, server, recipients)

    # The file: thirty good ones and the nameless one; a double and a broken address are told.
    assert (imported["created"], imported["skipped"], imported["refused"]) == (31, 1, 1)

    # The wizard took a snapshot; the lead without the mail's variables is held back.
    detail = marketer.get(f"/api/v1/campaigns/{campaign['id']}").json()["data"]
    assert detail["status"] == Campaign.Status.COMPLETED
    assert "1 lead waits for review" in detail["outcome"]
    assert detail["audience"]["held_count"] == 1
    assert "info@naamloos.nl" not in {mail.recipient for mail in server.accepted}

    # Everybody got four mails, from one domain each; who opted out got one.
    per_lead = Counter(mail.recipient for mail in server.accepted)
    assert per_lead.pop("info@hotel3.nl") == 1
    assert set(per_lead.values()) == {4}
    assert len(per_lead) == GOOD_LEADS - 1
    senders = {(mail.recipient, mail.sender.partition("@")[2]) for mail in server.accepted}
    assert len(senders) == GOOD_LEADS
    subjects = {mail.message["Subject"] for mail in server.accepted}
    assert "Vindbaarheid van Hôtel 0" in subjects

    # I1–I8, by the record of the server.
    expected = [
        oracle.ExpectedMail(f"info@hotel{lead}.nl", number)
        for lead in range(GOOD_LEADS)
        for number in range(1, 5)
        if lead != 3 or number == 1
    ]
    violations = oracle.count_violations(journal(server, recipients), expected)
    assert violations == dict.fromkeys(violations, 0)
    call_command("check_integrity")

    # What happened, as the marketer sees it.
    kpis = detail["kpis"]
    assert kpis["total_planned"] == 4 * GOOD_LEADS
    assert kpis["total_sent"] == len(server.accepted) == 4 * GOOD_LEADS - 3
    assert (kpis["total_opened"], kpis["total_clicked"]) == (2, 1)  # who clicks has opened
    assert (kpis["total_unsubscribed"], kpis["total_canceled"]) == (1, 3)
    assert sum(day["sent"] for day in detail["timeline"]) == kpis["total_sent"]
    assert not SendingDomain.objects.filter(paused_at__isnull=False).exists()
