"""The inbox as the API shows it, and what may be asked of it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.api.serializers.messages import ContentItem
from mailsuite.lib.api.fields import BIGGEST_ID, Choice, IdField, Moment
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer
from tracking.inbox.answering import LONGEST
from tracking.inbox.others import MOST
from tracking.inbox.threads import Sort
from tracking.models import InboundMail, OutboundReply
from tracking.reading import AutoReplySort, Intent, Kind

BOXES = [
    ("inbox", "what people wrote, and machines that ask for one"),
    ("review", "of any kind, with a question that waits for a person"),
    ("machines", "other automatic replies"),
    ("unmatched", "tied to no message of ours"),
    ("returned", "bounces and complaints"),
    ("all", "everything"),
]
KINDS = [kind.value for kind in Kind]
INTENTS = [intent.value for intent in Intent]


class InboxQuery(Query):
    box = Choice(BOXES, default="inbox")
    unread = serializers.BooleanField(required=False, allow_null=True, default=None)
    intent = Choice(
        INTENTS, required=False, help_text="The person's word; where there is none, the machine's."
    )
    campaign_id = serializers.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    lead_id = serializers.IntegerField(required=False, min_value=0, max_value=BIGGEST_ID)
    domain = serializers.CharField(
        required=False, max_length=253, help_text="Name of a sending domain."
    )
    alias = serializers.EmailField(
        required=False, max_length=320, help_text="Address of a sender of ours."
    )
    list_name = serializers.CharField(required=False, max_length=100, help_text="Of the lead.")
    received_from = Moment(required=False, help_text="This moment or later.")
    received_to = Moment(required=False, help_text="Before this moment.")
    search = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Beginnings of words of sender, subject and text, and of the lead.",
    )


class UnmatchedQuery(Query):
    search = serializers.CharField(
        required=False, max_length=200, help_text="Beginnings of words of sender, subject, text."
    )


class InboxItem(serializers.Serializer):
    id = serializers.CharField()
    kind = Choice(KINDS)
    auto_reply = Choice([sort.value for sort in AutoReplySort], allow_blank=True)
    state = Choice(InboundMail.State.choices)
    is_unread = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    sender = serializers.CharField(source="from_address", allow_blank=True)
    subject = serializers.CharField(allow_blank=True)
    text = serializers.CharField(
        allow_blank=True, help_text="What the writer wrote; the quoted text is gone."
    )
    intent = Choice(INTENTS, source="intent_now", help_text="The person's word, if there is one.")
    intent_by_machine = Choice(INTENTS, source="intent")
    intent_by_person = serializers.SerializerMethodField(
        help_text="null: nobody has said otherwise."
    )
    outcome = serializers.CharField(allow_blank=True, help_text="What it did, in words.")
    message_id = serializers.CharField(allow_null=True, help_text="The mail of ours; null: none.")
    campaign_id = serializers.CharField(source="message.campaign_id", default=None, allow_null=True)
    campaign_name = serializers.CharField(
        source="message.campaign.name", default=None, allow_null=True
    )
    alias = serializers.CharField(source="message.alias.address", default=None, allow_null=True)
    lead_id = serializers.CharField(
        allow_null=True, help_text="Of an unmatched mail a guess, by the address."
    )
    company = serializers.CharField(source="lead.company", default=None, allow_null=True)
    list_name = serializers.CharField(source="lead.list_name", default=None, allow_null=True)

    @extend_schema_field({"type": "string", "enum": INTENTS, "nullable": True})
    def get_intent_by_person(self, inbound: InboundMail) -> str | None:
        return inbound.intent_by_person or None


class ReplyItem(serializers.Serializer):
    """What a person here wrote back, and what became of it."""

    id = serializers.CharField()
    inbox_id = serializers.CharField(source="inbound_id", help_text="The mail that it answers.")
    status = Choice(OutboundReply.Status.choices)
    sender = serializers.CharField(source="alias.address")
    recipient = serializers.CharField()
    cc = serializers.ListField(child=serializers.CharField())
    subject = serializers.CharField()
    text = serializers.CharField()
    written_by = serializers.CharField(source="written_by.username", default=None, allow_null=True)
    written_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)
    detail = serializers.CharField(
        allow_blank=True, help_text="What the server said, or why it did not leave."
    )
    cc_detail = serializers.CharField(
        allow_blank=True, help_text="Who in Cc did not get it, and why."
    )
    smtp_message_id = serializers.CharField()
    in_reply_to = serializers.CharField(allow_blank=True)


class SentItem(serializers.Serializer):
    """A mail of the campaign."""

    id = serializers.CharField()
    mail_number = serializers.IntegerField()
    status = serializers.CharField()
    sender = serializers.CharField(source="alias.address")
    content = ContentItem(allow_null=True, default=None, help_text="null: not kept any more.")


class ReceivedItem(serializers.Serializer):
    id = serializers.CharField()
    kind = Choice(KINDS)
    sender = serializers.CharField(source="from_address", allow_blank=True)
    to = serializers.ListField(child=serializers.CharField(), source="to_addresses")
    cc = serializers.ListField(child=serializers.CharField(), source="cc_addresses")
    subject = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    outcome = serializers.CharField(allow_blank=True)


class EntryItem(serializers.Serializer):
    """One mail of a conversation; the one of the four that `sort` names is there."""

    sort = Choice([sort.value for sort in Sort])
    at = serializers.DateTimeField()
    sent = SentItem(source="message", allow_null=True)
    received = ReceivedItem(source="inbound", allow_null=True)
    answered = ReplyItem(source="reply", allow_null=True)
    elsewhere = ReceivedItem(
        source="own",
        allow_null=True,
        help_text="What a person here wrote in a mail program; it had no effect.",
    )


class CandidateItem(serializers.Serializer):
    """A mail of ours that an unmatched one may be about."""

    message_id = serializers.CharField(source="id")
    mail_number = serializers.IntegerField()
    email = serializers.CharField(source="lead.email")
    company = serializers.CharField(source="lead.company")
    campaign_name = serializers.CharField(source="campaign.name")
    sender = serializers.CharField(source="alias.address")
    sent_at = serializers.DateTimeField()


class InboxDetail(InboxItem):
    quoted_text = serializers.CharField(
        source="as_it_came.below",
        allow_blank=True,
        help_text="What stands below the writer's words, while the raw mail is kept.",
    )
    html = serializers.CharField(
        source="as_it_came.html",
        allow_blank=True,
        help_text="Sanitised: no scripts, links, pictures or styles.",
    )
    attachments = serializers.ListField(
        child=serializers.CharField(), source="as_it_came.attachments"
    )
    answer_to = serializers.CharField(
        allow_blank=True, help_text="Where an answer goes; empty: it cannot be answered."
    )
    answer_cc = serializers.ListField(
        child=serializers.CharField(),
        help_text="Whom else the mail went to (To, Cc) and who may get the answer by Cc.",
    )
    cannot_answer = serializers.CharField(
        allow_blank=True, help_text="Why nobody may answer; empty: a person may."
    )
    answers_so_far = serializers.IntegerField(
        help_text="By people here, also in mail programs. Send it back as replies_seen."
    )
    thread = EntryItem(many=True, help_text="The whole conversation, the oldest first.")
    candidates = CandidateItem(many=True, help_text="Of an unmatched mail: what it may be about.")


class CandidateQuery(Query):
    is_of_list = False

    find = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Words of the lead whose mails are offered as candidates.",
    )


class Judgement(StrictSerializer):
    read = serializers.BooleanField(required=False)
    intent = Choice(
        INTENTS,
        required=False,
        allow_null=True,
        help_text="null takes a person's word back. “unsubscribe” opts out whom we wrote to "
        "and the writer, for good. “interested”, “meeting” and “not_interested” make an automatic "
        "reply a person's, which ends the flow. “out_of_office” changes no flow.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs:
            raise serializers.ValidationError("Send read, intent, or both.")
        return attrs


class AnswerBody(StrictSerializer):
    text = serializers.CharField(
        max_length=LONGEST,
        trim_whitespace=False,
        help_text="Plain text. The alias's signature and the mail that it answers follow below.",
    )
    replies_seen = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        help_text="How many answers to this mail the writer knows of (answers_so_far). With more, "
        "the answer is 409: a colleague was quicker.",
    )

    cc = serializers.ListField(
        child=serializers.CharField(max_length=320),
        max_length=MOST,
        default=list,
        help_text="Who else gets it: any of answer_cc. Nobody, where it is left out.",
    )


class TieBody(StrictSerializer):
    message_id = IdField()


class SettleBody(StrictSerializer):
    inbox_ids = serializers.ListField(
        child=IdField(), allow_empty=False, min_length=1, max_length=1_000
    )


class SettledItem(serializers.Serializer):
    changed = serializers.IntegerField()
    not_waiting = serializers.ListField(
        child=serializers.CharField(), help_text="Those that wait for nobody, or are not there."
    )


class ReplyResolution(StrictSerializer):
    """A person's word on a reply that stopped."""

    def get_fields(self) -> dict[str, Any]:
        # "as" is a word of Python's own and can't be an attribute.
        choices = [("sent", "assume that it arrived"), ("resend", "send it again")]
        return {"as": Choice(choices)}
