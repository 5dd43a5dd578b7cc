"""Flows: chains of mails and waits, for any number of campaigns."""

from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.serializers.flows import FlowChange, FlowCommand, FlowDetail, FlowItem, FlowQuery
from campaigns.flow_saving import create_flow, update_flow
from campaigns.models import Flow, FlowStep, FlowVersion
from mailsuite.lib.api.views import ApiViewSet


@extend_schema(tags=["flows"])
class FlowViewSet(ApiViewSet):
    rights = "campaigns.flow"
    queryset = Flow.objects.all()

    @extend_schema(parameters=[FlowQuery], responses=FlowItem(many=True))
    def list(self, request: Request) -> Response:
        """Flows with the size of their newest version."""
        query = self.query(FlowQuery)
        sign = "-" if query["sort_order"] == "desc" else ""
        flows = _with_newest(self.queryset.all()).order_by(f"{sign}{query['sort_by']}", "id")
        return self.page_of(flows.filter(name__icontains=query.get("search", "")), FlowItem)

    @extend_schema(responses=FlowDetail)
    def retrieve(self, request: Request, flow_id: int) -> Response:
        """One flow with the steps of all its versions."""
        return self._detail(flow_id)

    @extend_schema(request=FlowCommand, responses={201: FlowDetail})
    def create(self, request: Request) -> Response:
        """A new flow."""
        flow = create_flow(**{"description": "", **self.validated(FlowCommand)})
        return self._detail(flow.pk, status=201)

    @extend_schema(request=FlowChange, responses=FlowDetail)
    def partial_update(self, request: Request, flow_id: int) -> Response:
        """Change what is given. New steps are a new version; running campaigns keep theirs."""
        changes = self.validated(FlowChange)
        update_flow(self.found(self.queryset.all(), flow_id), **changes)
        return self._detail(flow_id)

    def _detail(self, flow_id: int, status: int = 200) -> Response:
        steps = FlowStep.objects.select_related("template").order_by("position")
        flows = self.queryset.prefetch_related(
            Prefetch("versions", FlowVersion.objects.order_by("-number")),
            Prefetch("versions__steps", steps),
        )
        return Response(FlowDetail(self.found(flows, flow_id)).data, status=status)


def _with_newest(flows: QuerySet[Flow]) -> QuerySet[Flow]:
    newest = FlowVersion.objects.filter(flow=OuterRef("pk")).order_by("-number")
    sized = newest.annotate(mails=Count("steps", filter=Q(steps__kind=FlowStep.Kind.SEND)))
    return flows.annotate(
        newest_number=_first(newest.values("number")), mail_count=_first(sized.values("mails"))
    )


def _first(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows[:1]), 0, output_field=IntegerField())
