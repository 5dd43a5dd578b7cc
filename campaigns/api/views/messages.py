"""Messages: what is planned, under way and gone."""

from __future__ import annotations

from typing import Any

from django.db.models import F, OrderBy, Prefetch
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import resending
from campaigns.api.serializers.messages import (
    MessageDetail,
    MessageItem,
    MessageQuery,
    Resolution,
)
from campaigns.api.serializers.wizard import BareCommand
from campaigns.models import Message, MessageEvent
from campaigns.querysets import MessageQuerySet
from leads.models import Lead
from mailsuite.lib import clock
from mailsuite.lib.api.views import ApiViewSet

_LATEST = 200

_LOOKUPS = {
    "campaign_id": "campaign",
    "lead_id": "lead",
    "status": "status",
    "domain": "domain__name",
    "mail_number": "mail_number",
    "scheduled_from": "scheduled_at__gte",
    "scheduled_to": "scheduled_at__lt",
}


@extend_schema(tags=["messages"])
class MessageViewSet(ApiViewSet):
    rights = "campaigns.message"
    queryset = Message.objects.select_related("campaign", "lead", "domain", "alias__domain")

    @extend_schema(parameters=[MessageQuery], responses=MessageItem(many=True))
    def list(self, request: Request) -> Response:
        """Messages by campaign, lead, status, domain, mail and time."""
        return self.page_of(_matching(self.queryset, self.query(MessageQuery)), MessageItem)

    @extend_schema(responses=MessageDetail)
    def retrieve(self, request: Request, message_id: int) -> Response:
        """One message with its attempts, its events and what was really sent."""
        return self._detail(message_id)

    @extend_schema(request=BareCommand, responses=MessageDetail)
    def resend(self, request: Request, message_id: int) -> Response:
        """Queue a failed message again. 409 for any other, saying why."""
        self.validated(BareCommand)
        self.found(self.queryset, message_id)
        resending.resend(message_id, clock.now())
        return self._detail(message_id)

    @extend_schema(request=Resolution, responses=MessageDetail)
    def resolve(self, request: Request, message_id: int) -> Response:
        """Settle an unknown message: it arrived, or it is to be sent again."""
        word = self.validated(Resolution)["as"]
        self.found(self.queryset, message_id)
        if word == "sent":
            resending.assume_sent(message_id)
        else:
            resending.resend_unknown(message_id, clock.now())
        return self._detail(message_id)

    def _detail(self, message_id: int) -> Response:
        newest = MessageEvent.objects.select_related("link").order_by("-at", "-id")[:_LATEST]
        messages = self.queryset.select_related("content").prefetch_related(
            "attempts", Prefetch("events", queryset=newest, to_attr="latest_events")
        )
        return Response(MessageDetail(self.found(messages, message_id)).data)


def _matching(messages: MessageQuerySet, query: dict[str, Any]) -> MessageQuerySet:
    filters = {lookup: query[name] for name, lookup in _LOOKUPS.items() if name in query}
    messages = messages.filter(**filters)
    if "search" in query:
        messages = messages.filter(lead__in=Lead.objects.search(query["search"]))
    descending = query["sort_order"] == "desc"
    # What has no time yet comes last, whichever way the times are sorted.
    first = OrderBy(F(query["sort_by"]), descending=descending, nulls_last=True)
    return messages.order_by(first, "-id" if descending else "id")
