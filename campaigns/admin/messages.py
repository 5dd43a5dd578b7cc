from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
)
from unfold.decorators import display
from unfold.enums import ActionVariant

from campaigns.models import Message, MessageEvent, SendAttempt
from campaigns.resending import assume_sent, resend, resend_unknown
from leads.models import Lead
from mailsuite.lib import clock
from mailsuite.lib.admin import Deed, ReadOnlyAdmin, ReadOnlyTable

STATUS_LABELS = {
    "queued": "default",
    "sending": "primary",
    "sent": "success",
    "failed": "danger",
    "unknown": "warning",
    "bounced": "danger",
    "canceled": "default",
}

ASSUME_SENT = Deed(
    name="assume_sent",
    title="Assume sent",
    asks="The mail counts as delivered and its flow goes on. This is the safe choice.",
    done="settled as sent",
    service=lambda _, message: assume_sent(message.pk),
    right="settle",
    icon="mark_email_read",
    variant=ActionVariant.PRIMARY,
)
RESEND = Deed(
    name="resend",
    title="Send again",
    asks="It joins the queue again. One that failed may arrive now; an unknown one may arrive "
    "for the second time.",
    done="queued again",
    service=lambda _, message: _send_again(message),
    right="settle",
    icon="forward_to_inbox",
    variant=ActionVariant.WARNING,
)

_BUTTONS: dict[str, tuple[str, ...]] = {
    Message.Status.UNKNOWN: ("assume_sent_this", "resend_this"),
    Message.Status.FAILED: ("resend_this",),
}


def _send_again(message: Message) -> Message:
    again = resend_unknown if message.status == Message.Status.UNKNOWN else resend
    return again(message.pk, clock.now())


class AttemptTable(ReadOnlyTable):
    model = SendAttempt
    fields = ["started_at", "gated_at", "finished_at", "outcome", "reply_code", "detail", "worker"]
    readonly_fields = fields


class EventTable(ReadOnlyTable):
    model = MessageEvent
    fields = ["at", "kind", "actor", "link", "user_agent", "ip_address"]
    readonly_fields = fields
    ordering = ["-at", "-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("link")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = [
        "lead", "campaign", "mail_number", "domain", "state", "scheduled_at", "sent_at",
        "opened_at", "clicked_at", "error",
    ]  # fmt: skip
    list_select_related = ["lead", "campaign", "domain"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        "mail_number",
        ("campaign", AutocompleteSelectFilter),
        ("domain", AutocompleteSelectFilter),
        ("scheduled_at", RangeDateTimeFilter),
    ]
    search_fields = ["lead__email", "smtp_message_id"]
    search_help_text = "Address, name or company of the lead, or a whole Message-ID"
    ordering = ["-id"]
    readonly_fields = ["state", "kept"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("campaign", "lead"), ("mail_number", "template_version"),
                    ("domain", "alias"), ("state", "error"),
                    ("scheduled_at", "not_before", "sent_at"), ("recipient", "smtp_message_id"),
                    ("opened_at", "machine_opened_at", "clicked_at"),
                    ("replied_at", "bounced_at"), "retries",
                ]
            },
        ),
        ("What was sent", {"fields": ["kept"]}),
    ]  # fmt: skip
    inlines = [AttemptTable, EventTable]
    actions = ["assume_sent_selected", "resend_selected"]
    actions_detail = ["assume_sent_this", "resend_this"]

    assume_sent_this, assume_sent_selected = ASSUME_SENT.button, ASSUME_SENT.for_selected
    resend_this, resend_selected = RESEND.button, RESEND.for_selected

    def has_settle_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A person's word on a mail that stopped, who changes no mail otherwise."""
        return request.user.has_perm("campaigns.change_message")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        message = self.get_object(request, object_id)
        fitting = _BUTTONS.get(message.status, ()) if message is not None else ()
        names = [f"campaigns_message_{name}" for name in fitting]
        allowed = super().get_actions_detail(request, object_id)
        return [button for button in allowed if button.action_name in names]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """By the index on the leads' words; `icontains` over all messages would take minutes."""
        if search_term:
            queryset = queryset.filter(
                Q(lead__in=Lead.objects.search(search_term))
                | Q(smtp_message_id=search_term.strip("<> "))
            )
        return queryset, False

    @display(description="status", ordering="status", label=STATUS_LABELS)
    def state(self, message: Message) -> str:
        return message.status

    @admin.display(description="as sent")
    def kept(self, message: Message) -> SafeString | str:
        try:
            content = message.content
        except ObjectDoesNotExist:
            return "Nothing is kept: it was not sent yet, or too long ago."
        return render_to_string("campaigns/admin/content.html", {"content": content})
