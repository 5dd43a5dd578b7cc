"""Sending domains, to look at: which are free, and by which rules they send."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.serializers.domains import DomainItem, DomainQuery
from campaigns.models import Campaign, CampaignDomain, SenderAlias, SendingDomain
from mailsuite.lib.api.views import ApiViewSet


@extend_schema(tags=["domains"])
class DomainViewSet(ApiViewSet):
    rights = "campaigns.sendingdomain"
    # The address of an alias is made of its domain's name.
    queryset = (
        SendingDomain.objects.select_related("policy")
        .prefetch_related(Prefetch("aliases", SenderAlias.objects.select_related("domain")))
        .order_by("name")
    )

    @extend_schema(parameters=[DomainQuery], responses=DomainItem(many=True))
    def list(self, request: Request) -> Response:
        """Sending domains by name, with the campaign that each serves."""
        domains = self.queryset.all()
        is_free = self.query(DomainQuery)["is_free"]
        if is_free is not None:
            held = Exists(CampaignDomain.objects.filter(domain=OuterRef("pk"), is_held=True))
            domains = domains.filter(~held if is_free else held)
        page = self.paginate_queryset(domains) or []
        context = {"holders": _holders(page)}
        return self.get_paginated_response(DomainItem(page, many=True, context=context).data)

    @extend_schema(responses=DomainItem)
    def retrieve(self, request: Request, domain_id: int) -> Response:
        """One sending domain."""
        domain = self.found(self.queryset.all(), domain_id)
        return Response(DomainItem(domain, context={"holders": _holders([domain])}).data)


def _holders(domains: Sequence[SendingDomain]) -> dict[int, Campaign]:
    """Domain → the campaign that it serves."""
    held = CampaignDomain.objects.filter(domain__in=domains, is_held=True)
    return {row.domain_id: row.campaign for row in held.select_related("campaign")}
