"""The form of a draft: the campaign, its audience and its domains."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from campaigns.audience import check_filters, check_mode
from campaigns.bounds import DAILY_LIMIT, EXCLUDE_RECENT_DAYS, FOLLOWUP_DAYS, Bounds
from campaigns.models import Audience, Campaign, CampaignDomain
from campaigns.preparing import check_start
from mailsuite.lib.admin import SlimFields, WeekdaysField
from mailsuite.lib.errors import Refusal
from mailsuite.lib.moments import YEARS, is_sensible


class _DraftsOnly:
    """Belongs to a campaign, and is a marketer's to change while that is a draft. The rights on
    the rows as such are nobody's: the launch writes them too."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_draft(obj) and request.user.has_perm("campaigns.add_campaign")

    has_change_permission = has_delete_permission = has_add_permission


def is_draft(campaign: Any) -> bool:
    return campaign is None or campaign.status == Campaign.Status.DRAFT


def _bound(form: forms.ModelForm, name: str, bounds: Bounds) -> None:
    """By the API's bounds. A form that is only looked at has no fields."""
    if field := form.fields.get(name):
        field.validators += [MinValueValidator(bounds.least), MaxValueValidator(bounds.most)]


class AudienceForm(forms.ModelForm):
    class Meta:
        model = Audience
        fields = [
            "mode", "list_name", "lead_ids", "filters", "exclude_suppressed", "one_per_domain",
            "exclude_recent_days",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _bound(self, "exclude_recent_days", EXCLUDE_RECENT_DAYS)

    def clean_filters(self) -> dict[str, Any]:
        given = self.cleaned_data["filters"] or {}
        if not isinstance(given, dict):
            raise forms.ValidationError('These are filters with values: {"status": "active"}.')
        try:
            check_filters(given)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return given

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        names = ("mode", "lead_ids", "list_name", "filters")
        said = {name: given[name] for name in names if given.get(name)}
        try:
            check_mode(Audience(**said))
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return given


class AudienceInline(_DraftsOnly, SlimFields, StackedInline):
    model = Audience
    form = AudienceForm
    can_delete = False
    fields = [
        ("mode", "list_name"), "lead_ids", "filters", ("exclude_suppressed", "one_per_domain"),
        "exclude_recent_days", "snapshot",
    ]  # fmt: skip
    readonly_fields = ["snapshot", "chosen"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A launched campaign's list of ids may be as long as its audience: its length will do."""
        if is_draft(obj):
            return self.fields
        return ["chosen" if field == "lead_ids" else field for field in self.fields]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(chosen_count=F("lead_ids__len"))

    @admin.display(description="leads chosen one by one")
    def chosen(self, audience: Any) -> int:
        return audience.chosen_count or 0

    @admin.display(description="at the launch")
    def snapshot(self, audience: Audience) -> str:
        if audience.taken_at is None:
            return "not launched yet"
        left_out = "".join(f", {count} {why}" for why, count in audience.excluded.items())
        return (
            f"{audience.matched_count} matched, {audience.enrolled_count} enrolled, "
            f"{audience.held_count} held back for review{left_out}"
        )


class DomainInline(_DraftsOnly, TabularInline):
    model = CampaignDomain
    extra = 0
    fields = ["position", "domain", "is_held"]
    readonly_fields = ["is_held"]
    autocomplete_fields = ["domain"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("domain")


class CampaignForm(forms.ModelForm):
    send_days = WeekdaysField(required=False)

    class Meta:
        model = Campaign
        fields = [
            "name", "template", "flow", "followup_enabled", "followup_attach_report",
            "followup_days", "followup_template", "start_mode", "start_at", "daily_limit",
            "send_days", "send_from", "send_until", "track_opens", "track_clicks",
            "stop_colleagues",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _bound(self, "followup_days", FOLLOWUP_DAYS)
        _bound(self, "daily_limit", DAILY_LIMIT)

    def clean_start_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["start_at"]
        if at is not None and not is_sensible(at):
            raise forms.ValidationError(YEARS)
        return at

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        said = {name: given[name] for name in ("start_mode", "start_at") if given.get(name)}
        try:
            check_start(Campaign(**said))
        except Refusal as refusal:
            self.add_error("start_at", refusal.message)
        return given
