from collections.abc import Callable
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import path

from campaigns.api.views.campaigns import CampaignViewSet
from campaigns.api.views.domains import DomainViewSet
from campaigns.api.views.flows import FlowViewSet
from campaigns.api.views.forecasts import ForecastViewSet
from campaigns.api.views.messages import MessageViewSet
from campaigns.api.views.previews import PreviewViewSet

View = Callable[..., HttpResponseBase]


def _campaign(**actions: Any) -> View:
    return CampaignViewSet.as_view(actions)


def _forecast(**actions: Any) -> View:
    return ForecastViewSet.as_view(actions)


def _message(**actions: Any) -> View:
    return MessageViewSet.as_view(actions)


urlpatterns = [
    path("campaigns", _campaign(get="list", post="create"), name="campaigns"),
    path("campaigns/dry-run", _forecast(post="dry_run_of_payload"), name="dry-run"),
    # Front ends know the messages by both addresses.
    path("campaigns/messages", _message(get="list"), name="campaign-messages"),
    path(
        "campaigns/messages/<int:message_id>/resend",
        _message(post="resend"),
        name="campaign-message-resend",
    ),
    path("messages", _message(get="list"), name="messages"),
    path("messages/<int:message_id>", _message(get="retrieve"), name="message"),
    path("messages/<int:message_id>/resend", _message(post="resend"), name="message-resend"),
    path("messages/<int:message_id>/resolve", _message(post="resolve"), name="message-resolve"),
    path(
        "campaigns/<int:campaign_id>",
        _campaign(get="retrieve", patch="partial_update", delete="destroy"),
        name="campaign",
    ),
    *[
        path(
            f"campaigns/<int:campaign_id>/{action}",
            _campaign(post=action),
            name=f"campaign-{action}",
        )
        for action in ("launch", "pause", "resume", "stop", "review", "duplicate")
    ],
    path("campaigns/<int:campaign_id>/status", _campaign(put="status"), name="campaign-status"),
    path("campaigns/<int:campaign_id>/dry-run", _forecast(post="dry_run"), name="campaign-dry-run"),
    path(
        "campaigns/<int:campaign_id>/preflight",
        _forecast(get="preflight"),
        name="campaign-preflight",
    ),
    path("flows", FlowViewSet.as_view({"get": "list", "post": "create"}), name="flows"),
    path(
        "flows/<int:flow_id>",
        FlowViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="flow",
    ),
    path("domains", DomainViewSet.as_view({"get": "list"}), name="domains"),
    path("domains/<int:domain_id>", DomainViewSet.as_view({"get": "retrieve"}), name="domain"),
    *[
        path(
            f"domains/<int:domain_id>/{action}",
            DomainViewSet.as_view({"post": action}),
            name=f"domain-{action}",
        )
        for action in ("pause", "resume")
    ],
    path(
        "templates/<int:template_id>/preview",
        PreviewViewSet.as_view({"get": "preview"}),
        name="template-preview",
    ),
    path(
        "templates/<int:template_id>/testsend",
        PreviewViewSet.as_view({"post": "testsend"}),
        name="template-testsend",
    ),
]
