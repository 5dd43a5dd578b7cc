"""The inbox: what came back, and what was answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    FieldTextFilter,
    RangeDateTimeFilter,
    RelatedDropdownFilter,
)
from unfold.decorators import display
from unfold.enums import ActionVariant

from mailsuite.lib import clock
from mailsuite.lib.admin import Deed, ReadOnlyAdmin
from tracking import people_queue
from tracking.admin_inbox import JUDGE, InboxPages, conversation
from tracking.inbox import judging
from tracking.inbox.settling import assume_sent, send_again
from tracking.models import InboundMail, OutboundReply

INTENT_LABELS = {
    "interested": "success", "meeting": "primary", "not interested": "default",
    "out of office": "info", "unsubscribe": "warning",
}  # fmt: skip
REPLY_LABELS = {
    "queued": "info",
    "sending": "primary",
    "sent": "success",
    "failed": "danger",
    "unknown": "warning",
}
_SNIPPET = 160
# Parameter → title, what is in it.
_BOXES: dict[str, tuple[str, Callable[[Any], QuerySet]]] = {
    "": ("Inbox", lambda mails: mails.for_marketers()),
    "review": ("To review", lambda mails: mails.to_review()),
    "machines": ("Automatic replies", lambda mails: mails.by_machines()),
    "unmatched": ("Unmatched", lambda mails: mails.unmatched()),
    "returned": ("Bounces and complaints", lambda mails: mails.returned()),
    "all": ("All", lambda mails: mails),
}  # fmt: skip


class BoxFilter(DropdownFilter):
    title = "box"
    parameter_name = "box"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(box, title) for box, (title, _) in _BOXES.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        _, chosen = _BOXES.get(self.value() or "", _BOXES[""])
        return chosen(queryset)


class UnreadFilter(DropdownFilter):
    title = "read"
    parameter_name = "unread"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "Read and unread"), ("1", "Unread"), ("0", "Read")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"1": True, "0": False}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(is_unread=wanted)


ASSUME_SENT = Deed(
    name="assume_sent_reply",
    title="Assume sent",
    asks="The reply counts as delivered. This is the safe choice.",
    done="settled as sent",
    service=lambda _, reply: assume_sent(reply.pk),
    right="settle",
    icon="mark_email_read",
    variant=ActionVariant.PRIMARY,
)
SEND_AGAIN = Deed(
    name="send_reply_again",
    title="Send again",
    asks="It leaves within a minute. One that failed may arrive now; an unknown one may arrive "
    "for the second time.",
    done="queued again",
    service=lambda _, reply: send_again(reply.pk, clock.now()),
    right="settle",
    icon="forward_to_inbox",
    variant=ActionVariant.WARNING,
)
_BUTTONS: dict[str, tuple[str, ...]] = {
    OutboundReply.Status.UNKNOWN: ("assume_sent_this", "send_again_this"),
    OutboundReply.Status.FAILED: ("send_again_this",),
}


@admin.register(InboundMail)
class InboundMailAdmin(InboxPages, ReadOnlyAdmin):
    list_display = ["sender", "says", "wants", "about", "received_at"]
    list_display_links = ["sender", "says"]
    list_select_related = ["lead", "message__campaign", "message__alias__domain"]
    list_filter = [
        BoxFilter,
        UnreadFilter,
        ("intent_now", ChoicesDropdownFilter),
        ("message__campaign", AutocompleteSelectFilter),
        ("message__domain", RelatedDropdownFilter),
        ("message__alias", AutocompleteSelectFilter),
        ("lead__list_name", FieldTextFilter),
        ("received_at", RangeDateTimeFilter),
    ]
    search_fields = ["from_address"]
    search_help_text = "Words of the mail, of the sender, of the lead: whole, or how they begin"
    ordering = ["-is_unread", "-received_at", "-id"]
    fields = ["subject"]
    list_before_template = "tracking/admin/boxes.html"
    change_form_template = "tracking/admin/thread.html"
    actions = ["mark_read", "mark_unread", "settle_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).slim()

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.search(search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        waiting = InboundMail.objects.count_waiting()
        counts = {
            "": InboundMail.objects.for_marketers().filter(is_unread=True).count(),
            "review": waiting["to_review"],
            "unmatched": waiting["unmatched"],
        }
        boxes = [
            {
                "title": title,
                "url": f"?box={box}" if box else "?",
                "count": counts.get(box, 0),
                "is_open": request.GET.get("box", "") == box,
            }
            for box, (title, _) in _BOXES.items()
        ]
        return super().changelist_view(request, {**(extra_context or {}), "boxes": boxes})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        inbound = self.get_object(request, unquote(object_id)) if object_id else None
        context = dict(extra_context or {})
        if inbound is not None and self.has_view_permission(request, inbound):
            context |= conversation(request, inbound)
            context["title"] = inbound.subject or "(no subject)"
        return super().changeform_view(request, object_id, form_url, context)

    def has_judge_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(JUDGE)

    @admin.action(description="Mark as read", permissions=["judge"])
    def mark_read(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = judging.mark_read(queryset.values_list("pk", flat=True), clock.now())
        messages.success(request, f"{count} marked as read.")

    @admin.action(description="Mark as unread", permissions=["judge"])
    def mark_unread(self, request: HttpRequest, queryset: QuerySet) -> None:
        count = judging.mark_unread(queryset.values_list("pk", flat=True))
        messages.success(request, f"{count} marked as unread.")

    @admin.action(description="Settle", permissions=["judge"])
    def settle_selected(self, request: HttpRequest, queryset: QuerySet) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        settled = people_queue.settle_many(ids, by=cast(User, request.user), now=clock.now())
        words = f"{len(settled)} settled."
        if others := len(ids) - len(settled):
            words += f" {others} waited for nobody: left alone."
        messages.success(request, words)

    @admin.display(description="from", ordering="from_address")
    def sender(self, inbound: InboundMail) -> SafeString:
        return render_to_string("tracking/admin/sender.html", {"inbound": inbound})

    @admin.display(description="mail", ordering="subject")
    def says(self, inbound: InboundMail) -> SafeString:
        context = {"inbound": inbound, "snippet": " ".join(inbound.text[:400].split())[:_SNIPPET]}
        return render_to_string("tracking/admin/says.html", context)

    @display(description="wants", ordering="intent_now", label=INTENT_LABELS)
    def wants(self, inbound: InboundMail) -> str | None:
        if inbound.kind in ("bounce", "complaint"):
            return inbound.kind
        return inbound.intent_now.replace("_", " ") if inbound.intent_now != "none" else None

    @admin.display(description="campaign", ordering="message__campaign__name")
    def about(self, inbound: InboundMail) -> SafeString:
        return render_to_string("tracking/admin/about_cell.html", {"inbound": inbound})


@admin.register(OutboundReply)
class OutboundReplyAdmin(ReadOnlyAdmin):
    list_display = [
        "recipient", "subject", "state", "alias", "written_by", "written_at", "sent_at", "detail",
    ]  # fmt: skip
    list_select_related = ["alias__domain", "written_by"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("alias", AutocompleteSelectFilter),
        ("written_at", RangeDateTimeFilter),
    ]
    search_fields = ["recipient"]
    ordering = ["-written_at", "-id"]
    fields = [
        ("recipient", "alias"), ("cc", "cc_detail"), "subject", "text",
        ("written_by", "written_at"),
        ("state", "sent_at"), ("reply_code", "retries"), ("detail", "next_try_at"),
        ("inbound", "message"), ("smtp_message_id", "in_reply_to"),
    ]  # fmt: skip
    readonly_fields = ["state"]
    actions = ["assume_sent_selected", "send_again_selected"]
    actions_detail = ["assume_sent_this", "send_again_this"]

    assume_sent_this, assume_sent_selected = ASSUME_SENT.button, ASSUME_SENT.for_selected
    send_again_this, send_again_selected = SEND_AGAIN.button, SEND_AGAIN.for_selected

    def has_settle_permission(self, request: HttpRequest, *_: Any) -> bool:
        return request.user.has_perm("tracking.change_outboundreply")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        reply = self.get_object(request, object_id)
        fitting = _BUTTONS.get(reply.status, ()) if reply is not None else ()
        names = [f"tracking_outboundreply_{name}" for name in fitting]
        allowed = super().get_actions_detail(request, object_id)
        return [button for button in allowed if button.action_name in names]

    @display(description="status", ordering="status", label=REPLY_LABELS)
    def state(self, reply: OutboundReply) -> str:
        return reply.status
