"""From what a campaign was asked to send to the mails of its flow: a template with or without a
follow-up becomes a version of its own, a flow is taken in its newest version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from campaigns.delays import delays_by_mail
from campaigns.models import Campaign, Flow, FlowStep, FlowVersion, SendingDomain
from campaigns.scheduling.values import Delay
from mailsuite.lib.errors import Refusal
from templates_app.models import Template, TemplateVersion

# Only the planner meets more than a person ever wants; a typing error should not.
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class FlowMail:
    """One mail of a flow as a launch pins it: the step, its delay and what it says."""

    step: FlowStep
    number: int
    delay: Delay
    version: TemplateVersion


def steps_for(campaign: Campaign, domains: Sequence[SendingDomain]) -> list[FlowStep]:
    """The steps that `campaign` would send now, in order. Those of a template are not saved.

    Raises Refusal naming the field where nothing is there to send. Nobody sends a flow without
    having named it: the default flows of `domains` are only suggested.
    """
    if campaign.flow_version_id is not None and campaign.flow_version is not None:
        return _ordered(campaign.flow_version)
    _check_choice(campaign)
    if campaign.template is not None:
        return _steps_of_template(campaign, campaign.template)
    flow = campaign.flow
    if flow is None:
        suggestion = _suggestion(domains)
        raise Refusal(
            f"There is nothing to send. Choose a template or a flow{suggestion}.",
            fields={"template_id": f"choose a template, or a flow by flow_id{suggestion}"},
        )
    version = flow.versions.order_by("-number").first()
    if version is None:
        raise Refusal(
            f'The flow "{flow}" has no steps yet. Give it a mail, or choose another flow.',
            fields={"flow_id": "has no steps yet"},
        )
    return _ordered(version)


def mails_of(steps: Sequence[FlowStep]) -> tuple[FlowMail, ...]:
    """The mails among `steps` with their delays and the current text of their templates.

    Raises Refusal for a template that was deleted or never written.
    """
    delays = delays_by_mail(steps)
    return tuple(
        FlowMail(step, step.mail_number, delays[step.mail_number], _current_version(step.template))
        for step in steps
        if step.mail_number is not None and step.template is not None
    )


def pin_version(steps: Sequence[FlowStep]) -> FlowVersion:
    """The version that `steps` belong to; made, with them, where they are not saved yet."""
    version = steps[0].version
    if version.pk is None:
        version.save()
        for step in steps:
            step.version = version
        FlowStep.objects.bulk_create(steps)
    return version


@transaction.atomic
def add_version(flow: Flow, steps: Sequence[FlowStep]) -> FlowVersion:
    """Make `steps` (unsaved, in order) the newest version of `flow`.

    Positions and mail numbers are given here. Campaigns under way keep the version that they
    were launched with. Raises Refusal for steps that are no flow.
    """
    number_steps(steps)
    Flow.objects.select_for_update(no_key=True).get(pk=flow.pk)
    newest = flow.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = FlowVersion.objects.create(flow=flow, number=newest + 1)
    for step in steps:
        step.version = version
    FlowStep.objects.bulk_create(steps)
    return version


def number_steps(steps: Sequence[FlowStep]) -> None:
    """Number `steps` as they stand and check that they are a flow. Raises Refusal."""
    mail_number = 0
    for position, step in enumerate(steps, start=1):
        step.position = position
        if step.kind == FlowStep.Kind.SEND:
            mail_number += 1
            step.mail_number = mail_number
    if mail_number == 0 or len(steps) > MOST_STEPS:
        problem = f"a flow has at least one mail and at most {MOST_STEPS} steps"
        raise Refusal(f"This is no flow: {problem}.", fields={"steps": problem})
    if steps[-1].kind == FlowStep.Kind.WAIT:
        problem = "the last step is a wait that no mail follows; remove it or add a mail"
        raise Refusal(f"This is no flow: {problem}.", fields={"steps": problem})
    delays_by_mail(steps)


def _check_choice(campaign: Campaign) -> None:
    if campaign.template_id is not None and campaign.flow_id is not None:
        raise Refusal(
            "A campaign sends a template or a flow, not both. Leave one out.",
            fields={"flow_id": "leave it out, or leave out template_id"},
        )
    if campaign.followup_enabled and campaign.template_id is None:
        raise Refusal(
            "A follow-up belongs to a single template; a flow has its own. Choose a template, or "
            "switch the follow-up off.",
            fields={"template_id": "is needed for a follow-up"},
        )


def _suggestion(domains: Sequence[SendingDomain]) -> str:
    flows = dict.fromkeys(domain.default_flow for domain in domains if domain.default_flow)
    if not flows:
        return ""
    named = " or ".join(f'"{flow}" (flow_id {flow.pk})' for flow in flows)
    return f", such as the default flow of its domains: {named}"


def _steps_of_template(campaign: Campaign, template: Template) -> list[FlowStep]:
    version, kinds = FlowVersion(), FlowStep.Kind
    steps = [FlowStep(version=version, kind=kinds.SEND, template=template)]
    if campaign.followup_enabled:
        if campaign.followup_days:
            wait = FlowStep(
                version=version,
                kind=kinds.WAIT,
                delay=campaign.followup_days,
                delay_unit=FlowStep.DelayUnit.WORKDAYS,
            )
            steps.append(wait)
        follow_up = FlowStep(
            version=version,
            kind=kinds.SEND,
            template=campaign.followup_template or template,
            attach_report=campaign.followup_attach_report,
        )
        steps.append(follow_up)
    number_steps(steps)
    return steps


def _ordered(version: FlowVersion) -> list[FlowStep]:
    return list(
        version.steps.select_related("version", "template__current_version").order_by("position")
    )


def _current_version(template: Template) -> TemplateVersion:
    if template.deleted_at is not None:
        problem = f'the template "{template}" was deleted'
        raise Refusal(
            f"The flow can't be sent: {problem}. Choose another one.",
            fields={"template_id": problem},
        )
    if template.current_version is None:
        problem = f'the template "{template}" has no text yet'
        raise Refusal(
            f"The flow can't be sent: {problem}. Write it, or choose another one.",
            fields={"template_id": problem},
        )
    return template.current_version
