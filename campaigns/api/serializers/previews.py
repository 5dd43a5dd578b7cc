"""Previews and test mails as the API takes and shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from campaigns.flow_building import MOST_STEPS
from campaigns.mail import ComposedMail
from campaigns.mime import as_bytes
from campaigns.pictures import public_url
from leads.models import ImageAsset, Lead
from mailsuite.lib import clock
from mailsuite.lib.api.fields import IdField
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer
from templates_app.advice import CLIPPED_AT, warnings_for
from templates_app.models import TemplateVersion
from templates_app.saving import source_of

_LEAD = "Without it a made-up lead is shown."
_ALIAS = "The sender; without it the first one of an active domain."


class PreviewQuery(Query):
    is_of_list = False

    lead_id = IdField(required=False, help_text=_LEAD)
    alias_id = IdField(required=False, help_text=_ALIAS)
    domain = serializers.CharField(
        required=False, max_length=253, help_text="Instead of alias_id: its first sender."
    )
    campaign_id = IdField(
        required=False, help_text="Whose name and tracking it has; without it a made-up one."
    )
    mail_number = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_STEPS,
        help_text="Which mail of the campaign it is, 1 unless said. A follow-up is shown below "
        "made-up mails, as a reply where it has the first one's subject.",
    )


class TestMailCommand(StrictSerializer):
    to = serializers.CharField(max_length=320, help_text="One address, not a suppressed one.")
    lead_id = IdField(required=False, allow_null=True, help_text=_LEAD)
    alias_id = IdField(required=False, allow_null=True, help_text=_ALIAS)
    domain = serializers.CharField(
        required=False, max_length=253, help_text="Instead of alias_id: its first sender."
    )


class SenderItem(serializers.Serializer):
    name = serializers.CharField(allow_blank=True)
    address = serializers.CharField()
    reply_to = serializers.CharField(allow_blank=True)


class InlineImageItem(serializers.Serializer):
    content_id = serializers.CharField(help_text="The HTML shows it as cid:<content_id>.")
    url = serializers.CharField(help_text="Where a browser finds the same picture.")


class PreviewItem(serializers.Serializer):
    template_id = serializers.CharField()
    version = serializers.IntegerField()
    lead_id = serializers.CharField(allow_null=True)
    sender = SenderItem()
    recipient = serializers.CharField()
    subject = serializers.CharField()
    html = serializers.CharField(
        allow_blank=True,
        help_text="Show it in a sandboxed iframe. Its tracked links, pixel and opt-out are inert.",
    )
    text = serializers.CharField()
    headers = serializers.DictField(child=serializers.CharField())
    inline_images = InlineImageItem(many=True)
    missing = serializers.ListField(
        child=serializers.CharField(),
        help_text="Variables without a value: at launch this lead would be held back.",
    )
    warnings = serializers.ListField(child=serializers.CharField())
    size = serializers.IntegerField(help_text="Bytes of the whole mail, as it would leave.")


class TestMailItem(serializers.Serializer):
    to = serializers.CharField()
    sender = SenderItem()
    subject = serializers.CharField()
    message_id = serializers.CharField()
    missing = serializers.ListField(child=serializers.CharField())


def preview_data(version: TemplateVersion, lead: Lead, mail: ComposedMail) -> dict[str, Any]:
    """For PreviewItem."""
    return {
        "template_id": version.template_id,
        "version": version.number,
        "lead_id": lead.pk,
        "sender": sender_data(mail),
        "recipient": mail.recipient,
        "subject": mail.subject,
        "html": mail.html,
        "text": mail.text,
        "headers": {"Message-ID": f"<{mail.message_id}>", **mail.headers},
        "inline_images": _pictures(mail),
        "missing": mail.missing,
        "warnings": _warnings(version, mail),
        "size": len(as_bytes(mail, clock.now())),
    }


def sender_data(mail: ComposedMail) -> dict[str, str]:
    return {
        "name": mail.sender_name,
        "address": mail.sender_address,
        "reply_to": mail.reply_to,
    }


def _pictures(mail: ComposedMail) -> list[dict[str, str]]:
    if not mail.inline_images:
        return []
    keys = [image.key for image in mail.inline_images]
    assets = ImageAsset.objects.in_bulk(keys, field_name="key")
    return [
        {"content_id": image.content_id, "url": public_url(assets[image.key])}
        for image in mail.inline_images
    ]


def _warnings(version: TemplateVersion, mail: ComposedMail) -> list[str]:
    about_lead = [
        f"This lead has no value for {name}; at launch it would be held back."
        for name in mail.missing
    ]
    clipped = (
        ["With this lead's data Gmail cuts the mail off."]
        if len(mail.html.encode()) > CLIPPED_AT
        else []
    )
    return [*about_lead, *clipped, *warnings_for(source_of(version))]
