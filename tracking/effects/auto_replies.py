"""A machine answered in somebody's name. That is no reply, and never ends a flow."""

from __future__ import annotations

from datetime import date, timedelta

from campaigns.models import Enrollment, MessageEvent
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect
from tracking.reading import AutoReplySort, Intent

Sort = AutoReplySort

# A date further away than the longest leave is a date misread.
_LONGEST_LEAVE = timedelta(days=366)
_FOR_PEOPLE = {
    Sort.LEFT_COMPANY: "Has left the company, it says. Stop the lead, or write to the successor.",
    Sort.CHALLENGE: "Asks us to prove that we are people. Answer it by hand, or stop the lead.",
}
# Help desks mark what people write in them, too.
_LIKE_A_PERSON = (
    "Marked as automatic, but it reads like a person's answer, and the flow goes on: read it, and "
    "stop the lead if it is one."
)
_GOES_ON = "the flow goes on."
_NO_DAY = "Out of office, until when it does not say"
_NO_REASON = (
    "An automatic reply that does not say why, and names somebody else to write to. The flow waits "
    "some days: stop the lead if this person has left."
)


def auto_replied(answer: Answer) -> Effect:
    effect = _effect(answer)
    if answer.mail.intent is Intent.UNSUBSCRIBE:
        return Effect(f"{effect.words} It also speaks of opting out: read it.", needs_person=True)
    return effect


def _effect(answer: Answer) -> Effect:
    sort = answer.mail.auto_reply or Sort.ACKNOWLEDGEMENT
    if sort is Sort.OUT_OF_OFFICE:
        return _away(answer)
    record(answer, MessageEvent.Kind.AUTO_REPLIED, sort=sort.value)
    if sort in _FOR_PEOPLE:
        return Effect(_FOR_PEOPLE[sort], needs_person=True)
    if answer.mail.is_unclear:
        return Effect(_LIKE_A_PERSON, needs_person=True)
    return Effect(f"An automatic reply: {_flow(answer)}")


def _away(answer: Answer) -> Effect:
    back_on = answer.mail.return_date
    today = answer.received_at.date()
    if back_on is not None and back_on > today + _LONGEST_LEAVE:
        back_on = None
    # Whose notice still runs after the day that it names is taken to be back today.
    back_on = max(back_on, today) if back_on else None
    other = "" if _is_by_lead(answer) else answer.mail.from_address or "another address"
    record(
        answer,
        MessageEvent.Kind.AUTO_REPLIED,
        sort=Sort.OUT_OF_OFFICE.value,
        back_on=back_on.isoformat() if back_on else None,
        by_other=bool(other),
    )
    if answer.mail.is_unclear and back_on is None:
        return Effect(_NO_REASON, needs_person=True)
    return Effect(_absence(answer, back_on, other))


def _is_by_lead(answer: Answer) -> bool:
    message = answer.message
    return answer.mail.from_address.lower() in (message.recipient.lower(), message.lead.email)


def _absence(answer: Answer, back_on: date | None, other: str) -> str:
    said = f"Out of office until {back_on}" if back_on else _NO_DAY
    if other:
        said += f" ({other}, not the lead's own address)"
    flow = _flow(answer)
    if flow != _GOES_ON:
        return f"{said}: {flow}"
    if back_on and not other:
        return f"{said}: the flow goes on one workday later."
    return f"{said}: the flow waits some days{' at most' if other else ''}."


def _flow(answer: Answer) -> str:
    """What is left of the flows to this lead."""
    flows = Enrollment.objects.filter(lead=answer.message.lead_id)
    open_ones = (Enrollment.Status.ACTIVE, Enrollment.Status.HELD)
    if flows.filter(status__in=open_ones).exists():
        return _GOES_ON
    if flows.filter(pk=answer.message.enrollment_id, status=Enrollment.Status.COMPLETED).exists():
        return "the flow has had its last mail."
    return "the flow had ended before."
