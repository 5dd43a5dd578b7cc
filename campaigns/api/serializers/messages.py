"""Messages as the API shows them, and what may be asked about them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.models import Message, MessageEvent, SendAttempt
from mailsuite.lib.api.fields import BIGGEST_ID, Choice, Moment
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer

SORTABLE = ["scheduled_at", "sent_at", "id"]


class MessageQuery(Query):
    campaign_id = serializers.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    lead_id = serializers.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    status = Choice(Message.Status.values, required=False)
    domain = serializers.CharField(
        required=False, max_length=253, help_text="Name of a sending domain."
    )
    mail_number = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    scheduled_from = Moment(required=False, help_text="This moment or later.")
    scheduled_to = Moment(required=False, help_text="Before this moment.")
    search = serializers.CharField(
        required=False, max_length=200, help_text="Beginnings of words of the lead."
    )
    sort_by = Choice(SORTABLE, default="scheduled_at")
    sort_order = Choice(["asc", "desc"], default="asc")


class MessageItem(serializers.Serializer):
    id = serializers.CharField()
    campaign_id = serializers.CharField()
    campaign_name = serializers.CharField(source="campaign.name")
    lead_id = serializers.CharField()
    email = serializers.SerializerMethodField(
        help_text="Where it went; the lead's address until then."
    )
    company = serializers.CharField(source="lead.company")
    domain = serializers.CharField(source="domain.name")
    sender = serializers.CharField(source="alias.address")
    mail_number = serializers.IntegerField()
    status = Choice(Message.Status.choices)
    scheduled_at = serializers.DateTimeField()
    not_before = serializers.DateTimeField(
        allow_null=True, help_text="null: the mail before it has not been sent yet."
    )
    sent_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True, help_text="First, by a person.")
    machine_opened_at = serializers.DateTimeField(allow_null=True)
    clicked_at = serializers.DateTimeField(allow_null=True)
    replied_at = serializers.DateTimeField(allow_null=True)
    bounced_at = serializers.DateTimeField(allow_null=True)
    retries = serializers.IntegerField()
    error = serializers.CharField(
        allow_blank=True, help_text="Why it failed or was canceled, or the last try was put off."
    )

    def get_email(self, message: Message) -> str:
        return message.recipient or message.lead.email


class AttemptItem(serializers.Serializer):
    outcome = Choice(SendAttempt.Outcome.choices)
    started_at = serializers.DateTimeField()
    gated_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    reply_code = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)


class EventItem(serializers.Serializer):
    kind = Choice(MessageEvent.Kind.choices)
    actor = Choice(MessageEvent.Actor.choices)
    at = serializers.DateTimeField()
    url = serializers.CharField(source="link.url", default=None, allow_null=True)
    user_agent = serializers.CharField(allow_blank=True)
    ip_address = serializers.CharField(allow_null=True)
    detail = serializers.DictField()


class ContentItem(serializers.Serializer):
    """What was really sent."""

    sender = serializers.CharField()
    subject = serializers.CharField()
    html = serializers.CharField()
    text = serializers.CharField()
    headers = serializers.DictField()


class MessageDetail(MessageItem):
    smtp_message_id = serializers.CharField()
    attempts = AttemptItem(many=True)
    events = EventItem(many=True, source="latest_events", help_text="The newest 200.")
    content = ContentItem(allow_null=True, default=None, help_text="null: not sent, or not kept.")


class Resolution(StrictSerializer):
    """A person's word on a message of which nobody knows whether it arrived."""

    def get_fields(self) -> dict[str, Any]:
        # "as" is a word of Python's own and can't be an attribute.
        choices = [("sent", "assume that it arrived"), ("resend", "send it again")]
        return {"as": Choice(choices)}
