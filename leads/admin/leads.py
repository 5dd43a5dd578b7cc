from __future__ import annotations

import io
import tempfile
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    FieldTextFilter,
    RangeDateTimeFilter,
    RangeNumericFilter,
)
from unfold.decorators import display
from unfold.enums import ActionVariant

from leads.admin_import import ImportButton
from leads.deleting import delete_leads, restore_leads
from leads.exports import write_csv
from leads.models import Lead
from leads.saving import create_lead, update_lead
from leads.stopping import stop_leads
from mailsuite.lib import clock
from mailsuite.lib.admin import BigTable, Deed, ServiceAdmin, ServiceForm, SlimFields

EXPORTED = (
    "email", "first_name", "last_name", "title", "company", "city", "country", "url",
    "list_name", "source", "tier", "stage", "score", "image_key", "status", "last_emailed_at",
)  # fmt: skip


class PresenceFilter(DropdownFilter):
    """Deleted leads are kept, because their rows stop a re-import; they are shown when asked."""

    title = "presence"
    parameter_name = "presence"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("", "Present"), ("stopped", "Stopped"), ("deleted", "Deleted")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "deleted":
            return queryset.exclude(deleted_at=None)
        present = queryset.present()
        return present.exclude(stopped_at=None) if self.value() == "stopped" else present


class TagFilter(FieldTextFilter):
    """One tag, whole: the index on tags knows no parts of them."""

    title = "tag"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "tag"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(tags__contains=[self.value()]) if self.value() else queryset


STOP = Deed(
    name="stop_lead",
    title="Stop",
    asks="No further mail goes to this lead, also none that is planned already.",
    done="stopped",
    service=lambda _, lead: stop_leads(Lead.objects.filter(pk=lead.pk), clock.now()),
    icon="front_hand",
    variant=ActionVariant.WARNING,
)
DELETE = Deed(
    name="delete_lead",
    title="Delete",
    asks="It leaves every list and gets no mail. The row stays, so that no import revives it.",
    done="deleted",
    service=lambda _, lead: delete_leads(Lead.objects.filter(pk=lead.pk), clock.now()),
    right="removal",
    icon="delete",
    variant=ActionVariant.DANGER,
)
RESTORE = Deed(
    name="restore_lead",
    title="Restore",
    asks="It comes back as it was: who was stopped or opted out still is.",
    done="restored",
    service=lambda _, lead: restore_leads(Lead.objects.filter(pk=lead.pk), clock.now()),
    right="removal",
    icon="restore_from_trash",
)


class LeadForm(ServiceForm):
    class Meta:
        model = Lead
        fields = [
            "email", "first_name", "last_name", "title", "company", "city", "country", "url",
            "list_name", "source", "tier", "stage", "score", "tags", "vars", "image_key",
        ]  # fmt: skip

    def clean_vars(self) -> dict[str, str]:
        given = self.cleaned_data["vars"] or {}
        if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
            raise forms.ValidationError('These are names with texts: {"rooms": "12"}.')
        return given

    def save_by_service(self, given: dict[str, Any], row: Any) -> Lead:
        return create_lead(given) if row is None else update_lead(row, given)


@admin.register(Lead)
class LeadAdmin(ImportButton, SlimFields, BigTable, ServiceAdmin):
    form = LeadForm
    list_display = [
        "email", "company", "full_name", "state", "list_name", "tag_list", "score",
        "last_emailed_at", "created_at",
    ]  # fmt: skip
    list_filter = [
        ("status", ChoicesDropdownFilter),
        PresenceFilter,
        ("list_name", FieldTextFilter),
        ("domain_tld", FieldTextFilter),
        ("tags", TagFilter),
        ("source", FieldTextFilter),
        ("tier", FieldTextFilter),
        ("stage", FieldTextFilter),
        ("score", RangeNumericFilter),
        ("last_emailed_at", RangeDateTimeFilter),
    ]
    search_fields = ["email"]
    search_help_text = "Address, name, company or website: the words, or how they begin"
    ordering = ["-created_at", "-id"]
    actions = ["stop_selected", "delete_selected_leads", "restore_selected", "export_csv"]
    actions_detail = ["stop_this", "delete_this", "restore_this"]
    stop_this, delete_this, restore_this = STOP.button, DELETE.button, RESTORE.button

    readonly_fields = [
        "state", "domain", "last_emailed_at", "stopped_at", "deleted_at", "created_at",
        "updated_at",
    ]  # fmt: skip
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "email", ("first_name", "last_name"), ("title", "company"),
                    ("city", "country"), ("url", "domain"),
                ]
            },
        ),
        (
            "List",
            {
                "fields": [
                    ("list_name", "source"), ("tier", "stage"), ("score", "tags"), "image_key",
                    "vars",
                ]
            },
        ),
        (
            "State",
            {
                "fields": [
                    ("state", "last_emailed_at"), ("stopped_at", "deleted_at"),
                    ("created_at", "updated_at"),
                ]
            },
        ),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("search_words")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        return queryset.search(search_term), False

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        lead = self.get_object(request, object_id)
        fitting = set()
        if lead is not None and lead.deleted_at is not None:
            fitting = {"leads_lead_restore_this"}
        elif lead is not None:
            fitting = {"leads_lead_delete_this"}
            fitting |= set() if lead.stopped_at else {"leads_lead_stop_this"}
        allowed = super().get_actions_detail(request, object_id)
        return [button for button in allowed if button.action_name in fitting]

    def has_removal_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by Django's own button: the row must stay, or an import would revive the lead."""
        return False

    @display(
        description="status",
        ordering="status",
        label={
            "active": "success", "suppressed": "warning", "bounced": "danger",
            "stopped": "warning", "deleted": "default",
        },
    )  # fmt: skip
    def state(self, lead: Lead) -> str:
        if lead.deleted_at is not None:
            return "deleted"
        return "stopped" if lead.stopped_at is not None else lead.status

    @admin.display(description="tags")
    def tag_list(self, lead: Lead) -> str:
        return ", ".join(lead.tags)

    # Of a whole list at once, in one statement each.
    @admin.action(description="Stop", permissions=["change"])
    def stop_selected(self, request: HttpRequest, queryset: Any) -> None:
        messages.success(request, f"{stop_leads(queryset, clock.now())} leads stopped.")

    @admin.action(description="Delete", permissions=["removal"])
    def delete_selected_leads(self, request: HttpRequest, queryset: Any) -> None:
        messages.success(request, f"{delete_leads(queryset, clock.now())} leads deleted.")

    @admin.action(description="Restore deleted ones", permissions=["removal"])
    def restore_selected(self, request: HttpRequest, queryset: Any) -> None:
        messages.success(request, f"{restore_leads(queryset, clock.now())} leads restored.")

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet) -> FileResponse:
        file = tempfile.TemporaryFile()  # noqa: SIM115  Django closes it when the answer is sent
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        write_csv(text, EXPORTED, queryset.values_list(*EXPORTED).iterator(chunk_size=2000))
        text.detach().seek(0)
        return FileResponse(file, as_attachment=True, filename="leads.csv", content_type="text/csv")
