from campaigns.models.campaigns import Audience, Campaign, CampaignDomain, Enrollment
from campaigns.models.domain_checks import DomainCheck
from campaigns.models.domains import SenderAlias, SendingDomain
from campaigns.models.figures import DailyFigures
from campaigns.models.flows import Flow, FlowStep, FlowVersion
from campaigns.models.messages import (
    Message,
    MessageContent,
    MessageEvent,
    SendAttempt,
    TrackedLink,
)
from campaigns.models.senders import SendingAccount, SendingPolicy
from campaigns.models.ticks import Tick

__all__ = [
    "Audience",
    "Campaign",
    "CampaignDomain",
    "DailyFigures",
    "DomainCheck",
    "Enrollment",
    "Flow",
    "FlowStep",
    "FlowVersion",
    "Message",
    "MessageContent",
    "MessageEvent",
    "SendAttempt",
    "SenderAlias",
    "SendingAccount",
    "SendingDomain",
    "SendingPolicy",
    "Tick",
    "TrackedLink",
]
