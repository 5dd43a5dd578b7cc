"""What would follow if a mail were tied to a message, in words for whoever is about to tie it.

Nothing is done here, and nothing locked: it is told by the same rules as the effects follow.
"""

from __future__ import annotations

from collections.abc import Callable

from campaigns.colleagues import leads_of_company
from campaigns.models import Enrollment
from tracking.effects.bounces import refusal_of
from tracking.effects.complaints import is_held_against_domain
from tracking.effects.values import Answer
from tracking.effects.writers import writers_besides
from tracking.reading import AutoReplySort, Kind, Verdict


def foresee(answer: Answer) -> str:
    """What take_effect() would do, with the names of those whom it touches."""
    return _FORESEEN[answer.mail.kind](answer)


def _reply(answer: Answer) -> str:
    message = answer.message
    return f"It counts as a reply. {_end_of_flow(answer)}{_colleagues(message.pk)}"


def _end_of_flow(answer: Answer) -> str:
    enrollment = answer.message.enrollment
    flow = f"The flow of {_email(answer)} in “{enrollment.campaign}”"
    if enrollment.status in (Enrollment.Status.ACTIVE, Enrollment.Status.HELD):
        return f"{flow} ends: no further mail of it is sent."
    return f"{flow} is over already."


def _colleagues(message_id: int) -> str:
    others = max(len(leads_of_company(message_id)) - 1, 0)
    return f" So do the flows of {others} at the same company." if others else ""


def _opt_out(answer: Answer) -> str:
    writers = writers_besides(answer.message, answer.mail.from_address, is_vouched=True)
    names = " and ".join(dict.fromkeys([_address(answer), _email(answer), *writers]))
    colleagues = _colleagues(answer.message.pk) if answer.mail.references.thread else ""
    return f"It opts out {names}: suppressed for good, and all flows there end.{colleagues}"


def _complaint(answer: Answer) -> str:
    suppressed = f"{_address(answer)} is suppressed for good, and all flows to it end"
    if is_held_against_domain(answer):
        return f"It counts as a complaint against {answer.message.domain}: {suppressed}."
    return f"It counts as an opt-out: {suppressed}."


def _auto_reply(answer: Answer) -> str:
    if answer.mail.auto_reply is not AutoReplySort.OUT_OF_OFFICE:
        return "It is an automatic reply: no flow ends."
    until = answer.mail.return_date
    told = f"until the workday after {until:%d %B %Y}" if until else "for some days"
    return f"Out of office: the flows to {_email(answer)} wait {told}, if that is still to come."


def _bounce(answer: Answer) -> str:
    refusal = refusal_of(answer)
    address = _address(answer)
    if refusal is None:
        return f"Nothing: it reports on other addresses than {address}."
    if refusal.verdict is Verdict.HARD:
        return f"{address} counts as one that does not work: suppressed, and all flows to it end."
    if refusal.verdict is Verdict.SOFT:
        return f"The flows to {address} wait; after several such mails in a row they end."
    if answer.mail.is_prose:
        return "Nothing stops: it is no delivery report. It waits under “To review”."
    return f"The sending domain {answer.message.domain} is paused. {address} is left alone."


def _other(answer: Answer) -> str:
    return "Nothing follows from it but that the mail has arrived."


def _email(answer: Answer) -> str:
    return answer.message.lead.email


def _address(answer: Answer) -> str:
    return answer.message.recipient or answer.message.lead.email


_FORESEEN: dict[Kind, Callable[[Answer], str]] = {
    Kind.REPLY: _reply,
    Kind.UNSUBSCRIBE: _opt_out,
    Kind.COMPLAINT: _complaint,
    Kind.AUTO_REPLY: _auto_reply,
    Kind.BOUNCE: _bounce,
    Kind.OTHER: _other,
}
