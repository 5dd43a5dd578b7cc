"""What a template's mail looks like, on the screen and in a colleague's mailbox."""

from __future__ import annotations

from typing import Any

import structlog
from drf_spectacular.utils import extend_schema
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from campaigns import trial_mails
from campaigns.api.serializers.previews import (
    PreviewItem,
    PreviewQuery,
    TestMailCommand,
    TestMailItem,
    preview_data,
    sender_data,
)
from campaigns.follow_up_previews import compose_at
from campaigns.mail import CannotComposeError
from campaigns.models import Campaign
from campaigns.samples import SAMPLE_ALIAS, SAMPLE_LEAD
from leads.models import Lead
from mailsuite.lib.api.views import ApiViewSet
from mailsuite.lib.errors import Refusal
from templates_app.models import Template, TemplateVersion

log = structlog.get_logger(__name__)


class TestMailThrottle(UserRateThrottle):
    """Twenty an hour for one person: enough to try things out, too few to send a campaign by."""

    scope = "test-mail"
    rate = "20/hour"

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as problem:
            log.warning("test mails are not counted", detail=str(problem))
            return True


@extend_schema(tags=["templates"])
class PreviewViewSet(ApiViewSet):
    """Only ever answers JSON: the HTML is an author's and belongs into a sandboxed iframe."""

    rights = "templates_app.template"
    reaches_out = True  # a test mail talks to the server of its sender
    queryset = Template.objects.present().filter(current_version__isnull=False)

    @extend_schema(parameters=[PreviewQuery], responses={200: PreviewItem, 422: None})
    def preview(self, request: Request, template_id: int) -> Response:
        """What would be sent to this lead, made in the same way; nothing is sent or stored.

        `campaign_id` and `mail_number` show it at its place in a campaign.
        """
        query = self.query(PreviewQuery)
        version, lead = self._version(template_id), self._lead(query)
        wanted, domain = query.get("alias_id"), query.get("domain", "")
        alias = trial_mails.find_alias(alias_id=wanted, domain=domain) or SAMPLE_ALIAS
        number = query.get("mail_number", 1)
        try:
            mail = compose_at(
                version, lead, alias=alias, campaign=self._campaign(query), mail_number=number
            )
        except CannotComposeError as problem:
            raise Refusal(f"No mail can be made of it: {problem}", code="not_composed") from problem
        return Response(PreviewItem(preview_data(version, lead, mail)).data)

    @extend_schema(request=TestMailCommand, responses={200: TestMailItem, 429: None})
    def testsend(self, request: Request, template_id: int) -> Response:
        """Send the mail to a colleague, marked [Test]. Its links work and are not counted; its
        opt-out link is inert. Twenty an hour."""
        body = self.validated(TestMailCommand)
        version, lead = self._version(template_id), self._lead(body)
        alias = trial_mails.find_alias(alias_id=body.get("alias_id"), domain=body.get("domain", ""))
        if alias is None:
            raise Refusal("There is no sender alias to send from. Add one under Sending domains.")
        mail = trial_mails.compose_for(body["to"], version, lead, alias)
        self._count(request)
        trial_mails.deliver(mail, alias.sending_account)
        answer = {
            "to": mail.recipient,
            "sender": sender_data(mail),
            "subject": mail.subject,
            "message_id": mail.message_id,
            "missing": mail.missing,
        }
        return Response(TestMailItem(answer).data)

    def _count(self, request: Request) -> None:
        """Raises Throttled (429). Only what is about to leave is counted."""
        throttle = TestMailThrottle()
        if not throttle.allow_request(request, self):
            self.throttled(request, throttle.wait() or 0)

    def _version(self, template_id: int) -> TemplateVersion:
        template = self.found(self.queryset.select_related("current_version"), template_id)
        version: TemplateVersion = template.current_version
        version.template = template
        return version

    def _campaign(self, query: dict[str, Any]) -> Campaign | None:
        campaign_id = query.get("campaign_id")
        if campaign_id is None:
            return None
        campaign: Campaign = self.found(Campaign.objects.all(), campaign_id)
        return campaign

    def _lead(self, asked: dict[str, Any]) -> Lead:
        lead_id = asked.get("lead_id")
        if lead_id is None:
            return SAMPLE_LEAD
        lead: Lead = self.found(Lead.objects.present(), lead_id)
        return lead
