"""Before the launch: what would be sent when, and what is in the way. Nothing is written."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import forecasting, preflight, wizard
from campaigns.api.serializers.forecasts import DryRun, Preflight
from campaigns.api.serializers.wizard import BareCommand, CampaignChange, DryRunQuery, draft_fields
from campaigns.findings import Severity
from campaigns.models import Campaign
from campaigns.wizard import CampaignDraft
from mailsuite.lib import clock
from mailsuite.lib.api.views import ApiViewSet


@extend_schema(tags=["campaigns"])
class ForecastViewSet(ApiViewSet):
    rights = "campaigns.campaign"
    verbs = {"dry_run": "view", "dry_run_of_payload": "view"}
    pagination_class = None
    queryset = Campaign.objects.all()

    @extend_schema(request=BareCommand, parameters=[DryRunQuery], responses=DryRun)
    def dry_run(self, request: Request, campaign_id: int) -> Response:
        """The real planner on the real calendar: how many mails on which day and domain.

        Of a launched campaign, what it has left.
        """
        self.validated(BareCommand)
        detail = self._wants_messages()
        campaign = self.found(self.queryset, campaign_id)
        return Response(DryRun(forecasting.forecast(campaign, clock.now(), detail=detail)).data)

    @extend_schema(
        operation_id="campaigns_dry_run_of_payload",
        request=CampaignChange,
        parameters=[DryRunQuery],
        responses=DryRun,
    )
    def dry_run_of_payload(self, request: Request) -> Response:
        """The same for a campaign that is not saved and needs no name yet."""
        detail = self._wants_messages()
        rows = wizard.build_rows(CampaignDraft(**draft_fields(self.validated(CampaignChange))))
        return Response(DryRun(forecasting.forecast_rows(rows, clock.now(), detail=detail)).data)

    @extend_schema(responses=Preflight)
    def preflight(self, request: Request, campaign_id: int) -> Response:
        """What a marketer should know before the launch, with the way out of each. 409 for a
        campaign that was launched: its detail and its dry run speak of that."""
        findings = preflight.check(self.found(self.queryset, campaign_id), clock.now())
        ready = all(finding.severity != Severity.ERROR for finding in findings)
        answer: dict[str, Any] = {"ready": ready, "findings": findings}
        return Response(Preflight(answer).data)

    def _wants_messages(self) -> bool:
        return self.query(DryRunQuery).get("detail") == "messages"
