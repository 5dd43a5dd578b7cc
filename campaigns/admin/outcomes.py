"""Who is in a campaign, and what came of it by day: to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display

from campaigns.admin.found_by_lead import FoundByLead
from campaigns.models import Audience, CampaignDomain, DailyFigures, Enrollment
from mailsuite.lib.admin import ReadOnlyAdmin


@admin.register(Enrollment)
class EnrollmentAdmin(FoundByLead, ReadOnlyAdmin):
    list_display = [
        "lead",
        "campaign",
        "domain",
        "state",
        "end_reason",
        "waits_until",
        "missing",
        "ended_at",
    ]
    list_select_related = ["lead", "campaign", "domain"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("end_reason", ChoicesDropdownFilter),
        ("campaign", AutocompleteSelectFilter),
        ("domain", AutocompleteSelectFilter),
    ]
    ordering = ["-id"]

    @display(
        description="status",
        ordering="status",
        label={"active": "success", "held": "warning", "completed": "info", "ended": "default"},
    )
    def state(self, enrollment: Enrollment) -> str:
        return enrollment.status

    @admin.display(description="has no value for")
    def missing(self, enrollment: Enrollment) -> str:
        return ", ".join(enrollment.missing_variables)


@admin.register(Audience)
class AudienceAdmin(ReadOnlyAdmin):
    list_display = [
        "campaign", "mode", "list_name", "matched_count", "enrolled_count", "held_count",
        "taken_at",
    ]  # fmt: skip
    list_select_related = ["campaign"]
    list_filter = ["mode"]
    search_fields = ["campaign__name", "list_name"]
    exclude = ["lead_ids"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("lead_ids")


@admin.register(CampaignDomain)
class CampaignDomainAdmin(ReadOnlyAdmin):
    list_display = ["campaign", "domain", "position", "is_held"]
    list_select_related = ["campaign", "domain"]
    list_filter = ["is_held"]
    search_fields = ["campaign__name", "domain__name"]


@admin.register(DailyFigures)
class DailyFiguresAdmin(ReadOnlyAdmin):
    list_display = [
        "campaign", "day", "step", "planned", "sent", "opened", "clicked", "replied", "bounced",
        "failed", "unsubscribed", "canceled",
    ]  # fmt: skip
    list_select_related = ["campaign", "step"]
    list_filter = [("campaign", AutocompleteSelectFilter)]
    search_fields = ["campaign__name"]
    ordering = ["-day", "campaign", "step"]
