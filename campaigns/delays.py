"""How long each mail of a flow waits for the one before it, read from the flow's steps."""

from __future__ import annotations

from collections.abc import Iterable

from campaigns.models import FlowStep
from campaigns.scheduling.errors import InvalidFieldError
from campaigns.scheduling.values import Delay, DelayUnit
from mailsuite.lib.errors import Refusal

NO_DELAY = Delay(0, DelayUnit.WORKDAYS)


def delays_by_mail(steps: Iterable[FlowStep]) -> dict[int, Delay]:
    """Mail number → its delay, for the steps of one version in any order.

    Waits in a row add up; they must have one unit, for "3 workdays and 5 hours" names no
    moment that two people would agree on. Waits behind the last mail delay nothing. Raises
    Refusal for steps that can't be added up.
    """
    delays: dict[int, Delay] = {}
    waits: list[FlowStep] = []
    for step in sorted(steps, key=lambda one: one.position):
        if step.kind == FlowStep.Kind.WAIT:
            waits.append(step)
        else:
            delays[step.mail_number or 0] = _sum(waits, step)
            waits = []
    return delays


def _sum(waits: list[FlowStep], mail: FlowStep) -> Delay:
    units = {DelayUnit(wait.delay_unit) for wait in waits}
    if not units:
        return NO_DELAY
    if len(units) > 1:
        raise Refusal(
            f"The waits before mail {mail.mail_number} mix {' and '.join(sorted(units))}. "
            "Give them one unit, or make them one wait.",
            fields={"steps": f"mixed units before mail {mail.mail_number}"},
        )
    try:
        return Delay(sum(wait.delay or 0 for wait in waits), units.pop())
    except InvalidFieldError as error:
        raise Refusal(
            f"The wait before mail {mail.mail_number} is too long: {error.problem}.",
            fields={"steps": error.problem},
        ) from error
