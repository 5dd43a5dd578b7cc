"""Rows of the ledger that fit together: a message's campaign, lead, step, domain and alias
come from its enrollment and from one another."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import factory
from factory.django import DjangoModelFactory

from campaigns.models import (
    Audience,
    Campaign,
    CampaignDomain,
    DailyFigures,
    DomainCheck,
    Enrollment,
    Flow,
    FlowStep,
    FlowVersion,
    Message,
    MessageContent,
    MessageEvent,
    SendAttempt,
    SenderAlias,
    SendingAccount,
    SendingDomain,
    SendingPolicy,
    TrackedLink,
)
from tests.factories.leads import LeadFactory
from tests.factories.templates_app import TemplateFactory

# A Monday, 08:00 in Amsterdam.
MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)


class SendingPolicyFactory(DjangoModelFactory):
    """P3's default: Mon–Fri 08:00–17:00 in Amsterdam, every 20 minutes, 27 a day."""

    class Meta:
        model = SendingPolicy

    name = factory.Sequence(lambda n: f"policy {n}")


class SendingAccountFactory(DjangoModelFactory):
    class Meta:
        model = SendingAccount

    name = factory.Sequence(lambda n: f"account {n}")
    host = "localhost"
    security = SendingAccount.Security.NONE


class SendingDomainFactory(DjangoModelFactory):
    class Meta:
        model = SendingDomain

    name = factory.Sequence(lambda n: f"punthelder{n}.nl")
    policy = factory.SubFactory(SendingPolicyFactory)
    account = factory.SubFactory(SendingAccountFactory)


class DomainCheckFactory(DjangoModelFactory):
    """One that passed on Monday."""

    class Meta:
        model = DomainCheck

    domain = factory.SubFactory(SendingDomainFactory)
    kind = DomainCheck.Kind.SPF
    verdict = DomainCheck.Verdict.PASSED
    answered_at = tried_at = MONDAY


class SenderAliasFactory(DjangoModelFactory):
    class Meta:
        model = SenderAlias
        django_get_or_create = ["domain", "name"]

    domain = factory.SubFactory(SendingDomainFactory)
    name = "christian"
    sender_name = "Christian"


class FlowFactory(DjangoModelFactory):
    class Meta:
        model = Flow

    name = factory.Sequence(lambda n: f"flow {n}")


class FlowVersionFactory(DjangoModelFactory):
    """Without steps; `FlowStepFactory(version=…)` adds them."""

    class Meta:
        model = FlowVersion


class FlowStepFactory(DjangoModelFactory):
    """A mail, the flow's first one unless said otherwise."""

    class Meta:
        model = FlowStep
        django_get_or_create = ["version", "mail_number"]

    version = factory.SubFactory(FlowVersionFactory)
    kind = FlowStep.Kind.SEND
    mail_number = 1
    position = factory.LazyAttribute(lambda step: 2 * step.mail_number - 1)
    template = factory.SubFactory(TemplateFactory)


class WaitFactory(DjangoModelFactory):
    """The wait behind mail 1 unless said otherwise."""

    class Meta:
        model = FlowStep

    version = factory.SubFactory(FlowVersionFactory)
    kind = FlowStep.Kind.WAIT
    position = 2
    delay = 3
    delay_unit = FlowStep.DelayUnit.WORKDAYS


class CampaignFactory(DjangoModelFactory):
    """Running, on a flow version of its own."""

    class Meta:
        model = Campaign

    name = factory.Sequence(lambda n: f"campaign {n}")
    status = Campaign.Status.RUNNING
    flow_version = factory.SubFactory(FlowVersionFactory)
    launched_at = MONDAY


class CampaignDomainFactory(DjangoModelFactory):
    class Meta:
        model = CampaignDomain

    campaign = factory.SubFactory(CampaignFactory)
    domain = factory.SubFactory(SendingDomainFactory)
    position = factory.Sequence(int)
    is_held = factory.LazyAttribute(lambda row: row.campaign.holds_domains)


class AudienceFactory(DjangoModelFactory):
    class Meta:
        model = Audience

    campaign = factory.SubFactory(CampaignFactory)


class EnrollmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrollment

    campaign = factory.SubFactory(CampaignFactory)
    lead = factory.SubFactory(LeadFactory)
    domain = factory.SubFactory(SendingDomainFactory)
    position = factory.Sequence(int)


class MessageFactory(DjangoModelFactory):
    """Mail 1 of an enrollment, queued for Monday 08:00 in Amsterdam.

    `sent=True` makes it sent at its slot.
    """

    class Meta:
        model = Message

    class Params:
        sent = factory.Trait(
            status=Message.Status.SENT,
            sent_at=factory.SelfAttribute("scheduled_at"),
            recipient=factory.SelfAttribute("lead.email"),
        )

    enrollment = factory.SubFactory(EnrollmentFactory)
    campaign = factory.SelfAttribute("enrollment.campaign")
    lead = factory.SelfAttribute("enrollment.lead")
    domain = factory.SelfAttribute("enrollment.domain")
    mail_number = 1
    step = factory.SubFactory(
        FlowStepFactory,
        version=factory.SelfAttribute("..campaign.flow_version"),
        mail_number=factory.SelfAttribute("..mail_number"),
    )
    template_version = factory.SelfAttribute("step.template.current_version")
    alias = factory.SubFactory(SenderAliasFactory, domain=factory.SelfAttribute("..domain"))
    scheduled_at = MONDAY
    not_before = factory.SelfAttribute("scheduled_at")
    smtp_message_id = factory.LazyAttribute(lambda message: f"{uuid.uuid4()}@{message.domain.name}")


class MessageContentFactory(DjangoModelFactory):
    class Meta:
        model = MessageContent

    message = factory.SubFactory(MessageFactory, sent=True)
    sender = "Christian <christian@punthelder.nl>"
    subject = "Hello Hotel"
    html = "<p>Hello Hotel</p>"
    text = "Hello Hotel"


class SendAttemptFactory(DjangoModelFactory):
    class Meta:
        model = SendAttempt

    message = factory.SubFactory(MessageFactory, sent=True)
    domain = factory.SelfAttribute("message.domain")
    attempt_id = factory.LazyFunction(uuid.uuid4)
    outcome = SendAttempt.Outcome.ACCEPTED
    started_at = factory.SelfAttribute("message.scheduled_at")
    gated_at = factory.SelfAttribute("message.sent_at")
    scheduled_at = factory.SelfAttribute("message.scheduled_at")
    finished_at = factory.SelfAttribute("message.sent_at")


class TrackedLinkFactory(DjangoModelFactory):
    class Meta:
        model = TrackedLink

    campaign = factory.SubFactory(CampaignFactory)
    url = factory.Sequence(lambda n: f"https://punthelder.nl/{n}")
    url_digest = factory.Sequence(lambda n: f"{n:032x}")


class MessageEventFactory(DjangoModelFactory):
    """The row alone. What really records an event is campaigns.events.record_event()."""

    class Meta:
        model = MessageEvent

    message = factory.SubFactory(MessageFactory, sent=True)
    kind = MessageEvent.Kind.SENT
    at = factory.SelfAttribute("message.sent_at")
    source_id = factory.Sequence(lambda n: f"source {n}")


class DailyFiguresFactory(DjangoModelFactory):
    class Meta:
        model = DailyFigures

    campaign = factory.SubFactory(CampaignFactory)
    step = factory.SubFactory(
        FlowStepFactory, version=factory.SelfAttribute("..campaign.flow_version")
    )
    day = date(2026, 6, 1)
