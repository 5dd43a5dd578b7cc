"""A machine answered in somebody's name. That is no reply, and never ends a flow."""

from __future__ import annotations

from datetime import timedelta

from campaigns.models import MessageEvent
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
    return Effect("An automatic reply: the flow goes on.")


def _away(answer: Answer) -> Effect:
    back_on = answer.mail.return_date
    today = answer.received_at.date()
    if back_on is not None and back_on > today + _LONGEST_LEAVE:
        back_on = None
    # Whose notice still runs after the day that it names is taken to be back today.
    back_on = max(back_on, today) if back_on else None
    record(
        answer,
        MessageEvent.Kind.AUTO_REPLIED,
        sort=Sort.OUT_OF_OFFICE.value,
        back_on=back_on.isoformat() if back_on else None,
    )
    if answer.mail.is_unclear and back_on is None:
        return Effect(_NO_REASON, needs_person=True)
    if back_on is None:
        return Effect("Out of office, until when it does not say: the flow waits some days.")
    return Effect(f"Out of office until {back_on}: the flow goes on one workday later.")
