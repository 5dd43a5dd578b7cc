"""A campaign that sends, and the mails that its recipients send back."""

from __future__ import annotations

from datetime import datetime, timedelta

from campaigns.finishing import finish
from campaigns.gate import Verdict
from campaigns.lifecycle import launch
from campaigns.models import Campaign, DailyFigures, Message, SendingDomain
from campaigns.transport import Delivery, Outcome
from mailsuite.lib import clock
from tests.campaigns.drafts import OPENING, a_domain, a_draft, a_flow
from tests.campaigns.mails import at_gate, claimed, composed
from tests.factories import LeadFactory
from tests.tracking.reading import mails
from tracking.models import InboundMail
from tracking.receiving import receive

# Monday, 08:00 in Amsterdam: the first mail leaves.
MONDAY = OPENING
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def running(
    *emails: str, mails: int = 3, domain: SendingDomain | None = None, **fields: object
) -> Campaign:
    """Launched on Monday at 08:00 for leads with these addresses, its mails three workdays
    apart; nothing has been sent yet."""
    for email in emails or ("receptie@hotel-zon.nl",):
        LeadFactory(email=email)
    flow = a_flow(mails).flow
    draft = a_draft(domain or a_domain(), flow=flow, **fields)
    with clock.frozen(MONDAY):
        launch(draft, MONDAY)
    draft.refresh_from_db()
    return draft


def mail_of(campaign: Campaign, number: int = 1, to: str = "receptie@hotel-zon.nl") -> Message:
    return Message.objects.select_related("lead", "enrollment", "domain").get(
        campaign=campaign, mail_number=number, lead__email=to
    )


def handed_over(message: Message, outcome: Outcome = Outcome.ACCEPTED) -> Message:
    """`message`, when it has left at its slot, and what the server answered is written down."""
    message.refresh_from_db()
    claim = claimed(message, message.scheduled_at)
    decision = at_gate(claim, composed(message), message.scheduled_at)
    assert decision.verdict is Verdict.PASSED, decision
    with clock.frozen(message.scheduled_at):
        finish([(claim, Delivery(outcome, 250 if outcome is Outcome.ACCEPTED else None, "ok"))])
    message.refresh_from_db()
    return message


def sent(campaign: Campaign, number: int = 1, to: str = "receptie@hotel-zon.nl") -> Message:
    return handed_over(mail_of(campaign, number, to))


def about(message: Message, raw: bytes) -> bytes:
    """A mail of the reader's tests, about this message."""
    return (
        raw.replace(mails.OUR_ID.encode(), message.smtp_message_id.encode())
        .replace(mails.RECIPIENT.encode(), message.lead.email.encode())
        .replace(mails.ALIAS.encode(), message.alias.address.encode())
    )


def came(
    raw: bytes, at: datetime = MONDAY + HOUR, *, key: str = "", source: str = "pipe"
) -> InboundMail:
    """`raw`, received at this business time."""
    with clock.frozen(at):
        inbound = receive(
            raw,
            source=InboundMail.Source(source),
            source_key=key or f"key-{InboundMail.objects.count()}",
            received_at=at,
        )
    inbound.refresh_from_db()
    return inbound


def hard_bounce(message: Message) -> bytes:
    return about(message, mails.dsn(mails.group()))


def soft_bounce(message: Message) -> bytes:
    full = "smtp; 452 4.2.2 Mailbox full"
    return about(message, mails.dsn(mails.group(status="4.2.2", diagnostic=full)))


def blocked(message: Message) -> bytes:
    said = "smtp; 550 5.7.1 Service unavailable; client host blocked using Spamhaus"
    return about(message, mails.dsn(mails.group(status="5.7.1", diagnostic=said)))


def reply(message: Message, body: str = "Graag, belt u mij morgen even?", **fields: str) -> bytes:
    return about(message, mails.reply(body, **fields))


def away(message: Message, body: str) -> bytes:
    answered = f"In-Reply-To: <{mails.OUR_ID}>\nAuto-Submitted: auto-replied\n"
    date = "Mon, 01 Jun 2026 08:30:00 +0200"
    subject = "Automatisch antwoord: Vindbaarheid"
    return about(message, mails.mail(body, subject=subject, headers=answered, date=date))


def figures(message: Message) -> dict[str, int]:
    """Counter → what it says of this mail of the flow, over all days; no zeros."""
    counters = [
        "planned", "canceled", "sent", "opened", "machine_opened", "clicked", "replied", "bounced",
        "failed", "unsubscribed", "complained",
    ]  # fmt: skip
    rows = DailyFigures.objects.filter(campaign=message.campaign_id, step=message.step_id)
    sums = {name: sum(rows.values_list(name, flat=True)) for name in counters}
    return {name: count for name, count in sums.items() if count}
