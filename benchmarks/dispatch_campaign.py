"""A launched campaign of any size: leads, senders whose policy has no pause, one template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path

from campaigns.models import (
    Campaign,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
)
from campaigns.wizard import CampaignDraft, create_and_launch
from leads.models import Lead
from mailsuite.lib.copying import copy_rows
from templates_app.saving import save_template

# A Monday, 08:00 in Amsterdam.
START = datetime(2026, 6, 1, 6, tzinfo=UTC)
DOMAINS = (
    "punthelder-vindbaarheid.nl",
    "punthelder-marketing.nl",
    "punthelder-seo.nl",
    "punthelder-zoekmachine.nl",
)
SUBJECT = "Hoe goed is {{ lead.company }} vindbaar in Google?"
LIST_NAME = "hotels"
_BODY = Path(__file__).with_name("dispatch_mail.html")

_LEAD = (
    "email", "first_name", "last_name", "title", "company", "city", "country", "url", "domain",
    "status", "list_name", "source", "tier", "stage", "score", "tags", "vars", "image_key",
)  # fmt: skip


def launched_campaign(mails: int, smtp_port: int) -> Campaign:
    """A running campaign of `mails` messages, all due at START, over four domains that send
    through the server on this port of loopback."""
    copy_rows(Lead, _LEAD, _leads(mails))
    _set_up_senders(smtp_port, daily_cap=mails)
    template = save_template(name="Scan", subject=SUBJECT, html=_BODY.read_text()).template
    draft = CampaignDraft(
        name="Vindbaarheid",
        template_id=template.pk,
        domains=DOMAINS,
        mode="list",
        list_name=LIST_NAME,
    )
    launched = create_and_launch(draft, START)
    if launched.planned != mails:
        raise AssertionError(f"{launched.planned} mails were planned, not {mails}")
    return launched.campaign


def _leads(count: int) -> Iterator[tuple[object, ...]]:
    for n in range(count):
        host = f"hotel-zonnehoek-{n}.nl"
        yield (
            f"directie@{host}", f"Zoë-{n}", "de Vries", "", f"Hotel Zonnehoek {n}", f"Zwolle-{n}",
            "Nederland", f"https://www.{host}/", host, Lead.Status.ACTIVE.value, LIST_NAME, "beurs",
            "", "", 0, [], f'{{"kamers": "{n} ruime"}}', "",
        )  # fmt: skip


def _set_up_senders(smtp_port: int, *, daily_cap: int) -> None:
    policy = SendingPolicy.objects.create(
        name="Without a pause",
        interval_minutes=0,
        daily_cap=daily_cap,
        window_end=time(17),
        grace_until=time(18),
    )
    account = SendingAccount.objects.create(
        name="Sink", host="127.0.0.1", port=smtp_port, security=SendingAccount.Security.NONE
    )
    for name in DOMAINS:
        domain = SendingDomain.objects.create(name=name, policy=policy, account=account)
        SenderAlias.objects.create(
            domain=domain,
            name="christian",
            sender_name="Christian van Punthelder",
            signature_html=f"<p>Met vriendelijke groet,<br>Christian<br>{name}</p>",
        )
