"""Sending domains: which are free, by which rules they send, how they are doing; and halting one
and letting it go on. They are set up in the admin."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.api.serializers.domains import DomainDetail, DomainItem, DomainQuery, PauseCommand
from campaigns.api.serializers.wizard import BareCommand
from campaigns.domain_pausing import pause_domain, resume_domain
from campaigns.guardrails import record_of
from campaigns.models import Campaign, CampaignDomain, SenderAlias, SendingDomain
from mailsuite.lib import clock
from mailsuite.lib.api.views import ApiViewSet


@extend_schema(tags=["domains"])
class DomainViewSet(ApiViewSet):
    rights = "campaigns.sendingdomain"
    # The address of an alias is made of its domain's name.
    queryset = (
        SendingDomain.objects.select_related("policy")
        .prefetch_related(
            Prefetch("aliases", SenderAlias.objects.select_related("domain")), "checks"
        )
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

    @extend_schema(responses=DomainDetail)
    def retrieve(self, request: Request, domain_id: int) -> Response:
        """One sending domain, with what became of its mails lately."""
        return self._detail(domain_id)

    @extend_schema(request=PauseCommand, responses=DomainDetail)
    def pause(self, request: Request, domain_id: int) -> Response:
        """Let nothing leave until it is resumed; its mails keep their place. 409 for one that is
        paused already."""
        reason = self.validated(PauseCommand)["reason"]
        pause_domain(self.found(SendingDomain.objects.all(), domain_id), reason, clock.now())
        return self._detail(domain_id)

    @extend_schema(request=BareCommand, responses=DomainDetail)
    def resume(self, request: Request, domain_id: int) -> Response:
        """Go on, with new slots for what missed its own. Where too many bounces or complaints
        paused it, those about mails that have left by now count no more; behind any other pause
        they do. 409 for one that is not paused."""
        self.validated(BareCommand)
        resume_domain(self.found(SendingDomain.objects.all(), domain_id), clock.now())
        return self._detail(domain_id)

    def _detail(self, domain_id: int) -> Response:
        domain = self.found(self.queryset.all(), domain_id)
        context = {"holders": _holders([domain]), "record": record_of(domain, clock.now())}
        return Response(DomainDetail(domain, context=context).data)


def _holders(domains: Sequence[SendingDomain]) -> dict[int, Campaign]:
    """Domain → the campaign that it serves."""
    held = CampaignDomain.objects.filter(domain__in=domains, is_held=True)
    return {row.domain_id: row.campaign for row in held.select_related("campaign")}
