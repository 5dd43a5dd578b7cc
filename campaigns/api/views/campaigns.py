"""Campaigns: the wizard's payload, drafts, and what is done with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import kpis, lifecycle, wizard
from campaigns.api.serializers.campaigns import CampaignDetail, CampaignItem, CampaignQuery
from campaigns.api.serializers.forecasts import HeldReview
from campaigns.api.serializers.wizard import (
    BareCommand,
    CampaignChange,
    CampaignCommand,
    StatusCommand,
    draft_fields,
)
from campaigns.flow_building import steps_for
from campaigns.models import Audience, Campaign, FlowStep
from campaigns.reviewing import review_held
from campaigns.wizard import CampaignDraft
from mailsuite.lib import clock
from mailsuite.lib.api.auth import Nothing
from mailsuite.lib.api.views import ApiViewSet
from mailsuite.lib.errors import Refusal

_LOOKUPS = {
    "search": "name__icontains",
    "created_from": "created_at__gte",
    "created_to": "created_at__lt",
}


@extend_schema(tags=["campaigns"])
class CampaignViewSet(ApiViewSet):
    rights = "campaigns.campaign"
    verbs = {"duplicate": "add"}
    queryset = Campaign.objects.select_related("audience").prefetch_related(
        "campaign_domains__domain"
    )

    @extend_schema(parameters=[CampaignQuery], responses=CampaignItem(many=True))
    def list(self, request: Request) -> Response:
        """Campaigns with what came of them so far."""
        campaigns = _matching(self.queryset.all(), self.query(CampaignQuery))
        page = [_with_audience(campaign) for campaign in self.paginate_queryset(campaigns) or []]
        context = {"totals": kpis.totals(campaign.pk for campaign in page)}
        return self.get_paginated_response(CampaignItem(page, many=True, context=context).data)

    @extend_schema(request=CampaignCommand, responses={201: CampaignDetail})
    def create(self, request: Request) -> Response:
        """A new campaign, launched at once unless it is a draft.

        422 names what is missing, what doesn't exist, and every field that belongs to the
        sending policy; 409 names the busy domain and the campaign that holds it.
        """
        command = self.validated(CampaignCommand)
        draft, by = CampaignDraft(**draft_fields(command)), cast(User, request.user)
        if command["draft"]:
            return self._detail(wizard.create_campaign(draft, by=by).pk, status=201)
        launched = wizard.create_and_launch(draft, clock.now(), by=by)
        return self._detail(launched.campaign.pk, status=201)

    @extend_schema(responses=CampaignDetail)
    def retrieve(self, request: Request, campaign_id: int) -> Response:
        """One campaign: what it was asked to do, its KPIs, timeline and funnel."""
        return self._detail(campaign_id)

    @extend_schema(request=CampaignChange, responses=CampaignDetail)
    def partial_update(self, request: Request, campaign_id: int) -> Response:
        """Change a draft; what is left out stays as it is. Another `audience.mode` forgets whom the
        former one named. 409 for a campaign that was launched."""
        changes = draft_fields(self.validated(CampaignChange))
        campaign = self._campaign(campaign_id)
        wizard.update_draft(campaign, wizard.changed(wizard.draft_of(campaign), changes))
        return self._detail(campaign_id)

    @extend_schema(responses={200: Nothing})
    def destroy(self, request: Request, campaign_id: int) -> Response:
        """Delete a draft. 409 for a campaign that was launched."""
        wizard.delete_draft(self._campaign(campaign_id))
        return Response(None)

    @extend_schema(request=BareCommand, responses=CampaignDetail)
    def launch(self, request: Request, campaign_id: int) -> Response:
        """Launch a draft. Of a campaign that was launched before, it changes nothing."""
        self.validated(BareCommand)
        lifecycle.launch(self._campaign(campaign_id), clock.now())
        return self._detail(campaign_id)

    @extend_schema(request=BareCommand, responses=CampaignDetail)
    def pause(self, request: Request, campaign_id: int) -> Response:
        """Let nothing leave until it is resumed; its domains stay busy."""
        self.validated(BareCommand)
        lifecycle.pause(self._campaign(campaign_id), clock.now())
        return self._detail(campaign_id)

    @extend_schema(request=BareCommand, responses=CampaignDetail)
    def resume(self, request: Request, campaign_id: int) -> Response:
        """Go on, with new slots from now on."""
        self.validated(BareCommand)
        lifecycle.resume(self._campaign(campaign_id), clock.now())
        return self._detail(campaign_id)

    @extend_schema(request=BareCommand, responses=CampaignDetail)
    def stop(self, request: Request, campaign_id: int) -> Response:
        """End it for good; what has not left is canceled."""
        self.validated(BareCommand)
        lifecycle.stop(self._campaign(campaign_id), clock.now())
        return self._detail(campaign_id)

    @extend_schema(request=BareCommand, responses=HeldReview)
    def review(self, request: Request, campaign_id: int) -> Response:
        """Check the held leads again: who lacks nothing any more is mailed.

        A completed campaign runs again for them; 409 where one of its domains serves another
        campaign by now, and for a draft or a stopped campaign.
        """
        self.validated(BareCommand)
        result = review_held(self._campaign(campaign_id), clock.now())
        return Response(HeldReview(result).data)

    @extend_schema(request=StatusCommand, responses=CampaignDetail)
    def status(self, request: Request, campaign_id: int) -> Response:
        """The same by status: running (or active), paused, stopped."""
        status = self.validated(StatusCommand)["status"]
        lifecycle.change_status(self._campaign(campaign_id), status, clock.now())
        return self._detail(campaign_id)

    @extend_schema(request=BareCommand, responses={201: CampaignDetail})
    def duplicate(self, request: Request, campaign_id: int) -> Response:
        """A new draft that asks for the same."""
        self.validated(BareCommand)
        by = cast(User, request.user)
        copy = wizard.duplicate(self._campaign(campaign_id), by=by)
        return self._detail(copy.pk, status=201)

    def _campaign(self, campaign_id: int) -> Campaign:
        return cast(Campaign, self.found(Campaign.objects.all(), campaign_id))

    def _detail(self, campaign_id: int, status: int = 200) -> Response:
        found = self.found(self.queryset.select_related("flow_version"), campaign_id)
        campaign = _with_audience(found)
        context = {"figures": kpis.campaign_figures(campaign), "steps": _steps(campaign)}
        return Response(CampaignDetail(campaign, context=context).data, status=status)


def _matching(campaigns: QuerySet[Campaign], query: dict[str, Any]) -> QuerySet[Campaign]:
    campaigns = campaigns.filter(
        **{lookup: query[name] for name, lookup in _LOOKUPS.items() if name in query}
    )
    if status := query.get("status"):
        campaigns = campaigns.filter(status="running" if status == "active" else status)
    if "domain" in query:
        campaigns = campaigns.filter(campaign_domains__domain__name=query["domain"].lower())
    sign = "-" if query["sort_order"] == "desc" else ""
    return campaigns.order_by(f"{sign}{query['sort_by']}", f"{sign}id")


def _with_audience(campaign: Campaign) -> Campaign:
    """A campaign that was made without the wizard may have no audience yet."""
    if not hasattr(campaign, "audience"):
        Audience(campaign=campaign)  # which the campaign knows from now on
    return campaign


def _steps(campaign: Campaign) -> Sequence[FlowStep]:
    domains = [row.domain for row in campaign.campaign_domains.all()]
    try:
        return steps_for(campaign, domains)
    except Refusal:
        return []  # a draft that has nothing to send yet
