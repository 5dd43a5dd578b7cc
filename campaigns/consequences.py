"""What each kind of event changes: the message's own marks, its flow, its domain, the counters.

Within the transaction of `events.record_event`, which holds the message with its lead and all the
lead's enrollments. Rows that many share are changed by the tally.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from campaigns import waiting
from campaigns.colleagues import end_colleagues
from campaigns.enrollments import end_enrollments
from campaigns.models import Enrollment, Message, MessageEvent
from campaigns.soft_bounces import wait_after
from campaigns.tally import Tally
from leads.models import Lead

Kind = MessageEvent.Kind
Actor = MessageEvent.Actor

_END_REASON: dict[str, Enrollment.EndReason] = {
    Kind.UNSUBSCRIBED: Enrollment.EndReason.UNSUBSCRIBED,
    Kind.COMPLAINED: Enrollment.EndReason.COMPLAINED,
    Kind.BOUNCED: Enrollment.EndReason.BOUNCED,
    Kind.REPLIED: Enrollment.EndReason.REPLIED,
    Kind.FAILED: Enrollment.EndReason.FAILED,
}


def follow(message: Message, event: MessageEvent, tally: Tally) -> None:
    """Do what follows from an event that has just been written."""
    _CONSEQUENCES[event.kind](message, event, tally)


def _count(message: Message, event: MessageEvent, tally: Tally, counter: str) -> None:
    day = event.at.astimezone(message.domain.policy.zone).date()
    tally.count(message.campaign_id, message.step_id, day, counter)


def _mark_first(
    message: Message, event: MessageEvent, tally: Tally, field: str, counter: str
) -> None:
    """Counters count messages: the second open of a mail is an event and no more."""
    if getattr(message, field) is None:
        setattr(message, field, event.at)
        message.save(update_fields=[field])
        _count(message, event, tally, counter)


def _end_flows_of_lead(message: Message, event: MessageEvent, tally: Tally) -> None:
    """In every campaign: who opts out of one mail gets none of the others."""
    end_enrollments(
        Enrollment.objects.filter(lead=message.lead_id),
        _END_REASON[event.kind],
        event.learned_at or event.at,
        tally=tally,
    )


def _end_flows_to_address(message: Message, event: MessageEvent, tally: Tally) -> None:
    """All flows of the lead, unless its address has been corrected since: what is to come goes to
    the new one. Only behind a mail that never left does nothing come."""
    email = Lead.objects.values_list("email", flat=True).get(pk=message.lead_id)
    if message.recipient in ("", email):
        _end_flows_of_lead(message, event, tally)
    elif message.sent_at is None:
        _end_this_flow(message, event, tally)


def _end_this_flow(message: Message, event: MessageEvent, tally: Tally) -> None:
    end_enrollments(
        Enrollment.objects.filter(pk=message.enrollment_id),
        _END_REASON[event.kind],
        event.learned_at or event.at,
        tally=tally,
    )


def _opened(message: Message, event: MessageEvent, tally: Tally) -> None:
    if event.actor == Actor.HUMAN:
        _mark_first(message, event, tally, "opened_at", "opened")
    else:
        _mark_first(message, event, tally, "machine_opened_at", "machine_opened")


def _clicked(message: Message, event: MessageEvent, tally: Tally) -> None:
    if event.actor == Actor.HUMAN:
        _mark_first(message, event, tally, "clicked_at", "clicked")


def _replied(message: Message, event: MessageEvent, tally: Tally) -> None:
    _mark_first(message, event, tally, "replied_at", "replied")
    _end_this_flow(message, event, tally)
    if message.campaign.stop_colleagues:
        end_colleagues(message, event.learned_at or event.at, tally)


def _auto_replied(message: Message, event: MessageEvent, tally: Tally) -> None:
    """No reply, and nothing ends. All flows to somebody who is away wait."""
    if event.detail.get("sort") == "out_of_office":
        back_on = event.detail.get("back_on")
        waiting.wait_for_return(
            message,
            date.fromisoformat(back_on) if back_on else None,
            event.learned_at or event.at,
            tally,
            by_lead=not event.detail.get("by_other"),
            is_newest=not _said_more_lately(message, event),
        )


def _said_more_lately(message: Message, event: MessageEvent) -> bool:
    """Notices are read in any order."""
    notices = MessageEvent.objects.filter(message__lead=message.lead_id, kind=event.kind)
    return notices.filter(at__gt=event.at, detail__sort=event.detail["sort"]).exists()


def _bounced(message: Message, event: MessageEvent, tally: Tally) -> None:
    if event.detail.get("hard"):
        _bounced_hard(message, event, tally)
    elif event.detail.get("gives_up"):
        _end_flows_to_address(message, event, tally)
    elif event.detail.get("verdict") == "sender_problem":
        if not event.detail.get("hearsay"):
            _pause_domain(message, event, tally)
    else:
        now = event.learned_at or event.at
        wait = wait_after(event.detail.get("in_a_row", 1))
        waiting.wait_after_soft_bounce(message, now + wait, tally)


def _pause_domain(message: Message, event: MessageEvent, tally: Tally) -> None:
    """Unless the mail left before a person has looked and let the domain go on."""
    since = message.domain.resumed_at
    if since is None or (message.sent_at is not None and message.sent_at >= since):
        reason = f"A server refuses this sender: {event.detail.get('reason') or 'no reason given'}"
        tally.pause(message.domain_id, reason, event.learned_at or event.at)


def _bounced_hard(message: Message, event: MessageEvent, tally: Tally) -> None:
    if message.status not in (Message.Status.FAILED, Message.Status.CANCELED):
        message.status = Message.Status.BOUNCED
        message.lease_until = None
        message.save(update_fields=["status", "lease_until"])
    _mark_first(message, event, tally, "bounced_at", "bounced")
    _end_flows_to_address(message, event, tally)


def _failed(message: Message, event: MessageEvent, tally: Tally) -> None:
    message.status = Message.Status.FAILED
    message.lease_until = None
    message.error = str(event.detail.get("reason", ""))[:1000]
    message.save(update_fields=["status", "lease_until", "error"])
    _count(message, event, tally, "failed")
    _end_this_flow(message, event, tally)


def _opted_out(message: Message, event: MessageEvent, tally: Tally) -> None:
    is_first = (
        not MessageEvent.objects.filter(message=message, kind=event.kind)
        .exclude(pk=event.pk)
        .exists()
    )
    if is_first:
        _count(message, event, tally, event.kind)
    _end_flows_of_lead(message, event, tally)


_CONSEQUENCES: dict[str, Callable[[Message, MessageEvent, Tally], None]] = {
    Kind.OPENED: _opened,
    Kind.CLICKED: _clicked,
    Kind.REPLIED: _replied,
    Kind.AUTO_REPLIED: _auto_replied,
    Kind.BOUNCED: _bounced,
    Kind.FAILED: _failed,
    Kind.UNSUBSCRIBED: _opted_out,
    Kind.COMPLAINED: _opted_out,
}
