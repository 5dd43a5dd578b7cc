"""Making and changing flows. A change of the steps is a new version: campaigns under way keep
the one that they were launched with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from campaigns.flow_building import add_version
from campaigns.models import Flow, FlowStep
from mailsuite.lib.errors import Conflict, Refusal
from templates_app.models import Template


@dataclass(frozen=True, slots=True)
class StepDraft:
    """One step as a person entered it: a mail has a template, a wait has a delay and its unit."""

    kind: str
    template_id: int | None = None
    alias_name: str = ""
    attach_report: bool = False
    delay: int | None = None
    delay_unit: str = ""


@transaction.atomic
def create_flow(*, name: str, description: str, steps: Sequence[StepDraft]) -> Flow:
    """Raises Conflict for a name that is taken, and Refusal naming the step that is wrong."""
    flow = Flow(name=name, description=description)
    _save(flow)
    add_version(flow, _rows(steps))
    return flow


@transaction.atomic
def update_flow(
    flow: Flow,
    *,
    name: str | None = None,
    description: str | None = None,
    steps: Sequence[StepDraft] | None = None,
) -> Flow:
    """Change what is given. Raises as create_flow() does."""
    flow.name = flow.name if name is None else name
    flow.description = flow.description if description is None else description
    _save(flow)
    if steps is not None:
        add_version(flow, _rows(steps))
    return flow


def _save(flow: Flow) -> None:
    try:
        with transaction.atomic():
            flow.save()
    except IntegrityError:
        raise Conflict(
            f'There is a flow named "{flow.name}" already. Choose another name.',
            fields={"name": "is taken"},
            code="name_taken",
        ) from None


def _rows(steps: Sequence[StepDraft]) -> list[FlowStep]:
    wanted = {step.template_id for step in steps if step.template_id is not None}
    templates = Template.objects.present().in_bulk(wanted)
    problems: dict[str, str] = {}
    for index, step in enumerate(steps):
        problems |= _problems(f"steps.{index}", step, templates)
    if problems:
        raise Refusal(
            "The steps are no flow: "
            + "; ".join(f"{field}: {problem}" for field, problem in problems.items())
            + ".",
            fields=problems,
        )
    return [_row(step) for step in steps]


def _problems(at: str, step: StepDraft, templates: dict[int, Template]) -> dict[str, str]:
    if step.kind == FlowStep.Kind.WAIT:
        found = {
            "delay": "a wait needs how long" if step.delay is None else "",
            "delay_unit": "" if step.delay_unit else "a wait needs workdays, days or hours",
            "template_id": "" if step.template_id is None else "a wait sends nothing",
            "alias_name": "a wait has no sender" if step.alias_name else "",
            "attach_report": "a wait sends nothing" if step.attach_report else "",
        }
    else:
        found = {
            "template_id": _template_problem(step, templates),
            "delay": "" if step.delay is None else "a mail does not wait; put a wait before it",
            "delay_unit": "a mail does not wait; put a wait before it" if step.delay_unit else "",
        }
    return {f"{at}.{field}": problem for field, problem in found.items() if problem}


def _template_problem(step: StepDraft, templates: dict[int, Template]) -> str:
    if step.template_id is None:
        return "a mail needs a template"
    return "" if step.template_id in templates else f"there is no template {step.template_id}"


def _row(step: StepDraft) -> FlowStep:
    return FlowStep(
        kind=step.kind,
        template_id=step.template_id,
        alias_name=step.alias_name,
        attach_report=step.attach_report,
        delay=step.delay,
        delay_unit=step.delay_unit,
    )
