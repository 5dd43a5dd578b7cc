from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.models import User
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import StackedInline, TabularInline
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    RangeDateTimeFilter,
)
from unfold.decorators import display
from unfold.enums import ActionVariant

from campaigns import lifecycle, wizard
from campaigns.audience import check_filters
from campaigns.kpis import campaign_figures
from campaigns.models import Audience, Campaign, CampaignDomain, DailyFigures, Enrollment
from leads.models import Lead
from mailsuite.lib import clock
from mailsuite.lib.admin import (
    Deed,
    PartialSaveAdmin,
    ReadOnlyAdmin,
    SlimFields,
    WeekdaysField,
)
from mailsuite.lib.errors import Refusal

STATUS_LABELS = {
    "draft": "default",
    "running": "success",
    "paused": "warning",
    "completed": "info",
    "stopped": "danger",
}


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


LAUNCH = Deed(
    name="launch",
    title="Launch",
    asks="The audience is taken as it is now, every mail gets its slot, and the first ones leave "
    "at the start that is set.",
    done="launched",
    service=lambda _, campaign: lifecycle.launch(campaign, clock.now()),
    right="run",
    icon="rocket_launch",
    variant=ActionVariant.PRIMARY,
)
PAUSE = Deed(
    name="pause",
    title="Pause",
    asks="No mail leaves until it is resumed. Its domains stay taken.",
    done="paused",
    service=lambda _, campaign: lifecycle.pause(campaign, clock.now()),
    right="run",
    icon="pause",
    variant=ActionVariant.WARNING,
)
RESUME = Deed(
    name="resume",
    title="Resume",
    asks="What is left gets new slots from now on, at the usual pace.",
    done="resumed",
    service=lambda _, campaign: lifecycle.resume(campaign, clock.now()),
    right="run",
    icon="play_arrow",
    variant=ActionVariant.SUCCESS,
)
STOP = Deed(
    name="stop",
    title="Stop",
    asks="What is planned is canceled for good, and the domains are free. This can't be undone.",
    done="stopped",
    service=lambda _, campaign: lifecycle.stop(campaign, clock.now()),
    right="run",
    icon="stop",
    variant=ActionVariant.DANGER,
)
DUPLICATE = Deed(
    name="duplicate",
    title="Duplicate",
    asks="A draft is made that asks for the same.",
    done="duplicated",
    service=lambda request, campaign: wizard.duplicate(campaign, by=_person(request)),
    right="copy",
    icon="content_copy",
)
DELETE = Deed(
    name="delete_draft",
    title="Delete",
    asks="The draft is gone for good. A campaign that was launched can't be deleted.",
    done="deleted",
    service=lambda _, campaign: wizard.delete_draft(campaign),
    right="removal",
    icon="delete",
    variant=ActionVariant.DANGER,
)

# What can be done with a campaign in each status.
_BUTTONS: dict[str | None, tuple[str, ...]] = {
    Campaign.Status.DRAFT: ("launch_this", "duplicate_this", "delete_this"),
    Campaign.Status.RUNNING: ("pause_this", "stop_this", "duplicate_this"),
    Campaign.Status.PAUSED: ("resume_this", "stop_this", "duplicate_this"),
    Campaign.Status.COMPLETED: ("duplicate_this",),
    Campaign.Status.STOPPED: ("duplicate_this",),
}


class _DraftsOnly:
    """Belongs to a campaign, and is a marketer's to change while that is a draft. The rights on
    the rows as such are nobody's: the launch writes them too."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_draft(obj) and request.user.has_perm("campaigns.add_campaign")

    has_change_permission = has_delete_permission = has_add_permission


def _is_draft(campaign: Any) -> bool:
    return campaign is None or campaign.status == Campaign.Status.DRAFT


class AudienceForm(forms.ModelForm):
    class Meta:
        model = Audience
        fields = [
            "mode", "list_name", "lead_ids", "filters", "exclude_suppressed", "one_per_domain",
            "exclude_recent_days",
        ]  # fmt: skip

    def clean_filters(self) -> dict[str, Any]:
        given = self.cleaned_data["filters"] or {}
        if not isinstance(given, dict):
            raise forms.ValidationError('These are filters with values: {"status": "active"}.')
        try:
            check_filters(given)
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
        if _is_draft(obj):
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
        ]  # fmt: skip


def _figure(counter: str) -> Coalesce:
    """The sum of a counter over the campaign's days, for one page of the list."""
    figures = (
        DailyFigures.objects.filter(campaign=OuterRef("pk"))
        .order_by()
        .values("campaign")
        .annotate(total=Sum(counter))
    )
    return Coalesce(Subquery(figures.values("total")), 0)


@admin.register(Campaign)
class CampaignAdmin(PartialSaveAdmin):
    form = CampaignForm
    list_display = [
        "name", "state", "domains", "leads", "progress", "opened", "clicked", "launched_at",
        "finished_at",
    ]  # fmt: skip
    list_select_related = ["audience"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("launched_at", RangeDateTimeFilter),
    ]
    list_filter_submit = True
    search_fields = ["name"]
    autocomplete_fields = ["template", "flow", "followup_template"]
    readonly_fields = [
        "state", "outcome", "created_by", "created_at", "launched_at", "finished_at",
    ]  # fmt: skip
    fieldsets = [
        ("What is sent", {"fields": ["name", ("template", "flow")]}),
        (
            "Follow-up of a single template",
            {
                "fields": [
                    ("followup_enabled", "followup_attach_report"),
                    ("followup_days", "followup_template"),
                ]
            },
        ),
        ("Start", {"fields": ["start_mode", "start_at"]}),
        (
            "Limits, narrower than the sending policy's",
            {"fields": ["daily_limit", "send_days", ("send_from", "send_until")]},
        ),
        ("Tracking", {"fields": [("track_opens", "track_clicks")]}),
        (
            "History",
            {"fields": [("state", "outcome"), ("created_by", "created_at"),
                        ("launched_at", "finished_at")]},
        ),
    ]  # fmt: skip
    inlines = [AudienceInline, DomainInline]
    change_form_before_template = "campaigns/admin/results.html"
    actions = [
        "launch_selected", "pause_selected", "resume_selected", "stop_selected",
        "duplicate_selected",
    ]  # fmt: skip
    actions_detail = [
        "launch_this", "resume_this", "pause_this", "stop_this", "duplicate_this", "delete_this",
    ]  # fmt: skip

    launch_this, launch_selected = LAUNCH.button, LAUNCH.for_selected
    pause_this, pause_selected = PAUSE.button, PAUSE.for_selected
    resume_this, resume_selected = RESUME.button, RESUME.for_selected
    stop_this, stop_selected = STOP.button, STOP.for_selected
    duplicate_this, duplicate_selected = DUPLICATE.button, DUPLICATE.for_selected
    delete_this = DELETE.button

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("campaign_domains__domain")
            .annotate(**{name: _figure(name) for name in ("planned", "canceled")})
            .annotate(**{f"n_{name}": _figure(name) for name in ("sent", "opened", "clicked")})
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        status = Campaign.objects.filter(pk=object_id).values_list("status", flat=True).first()
        names = [f"campaigns_campaign_{name}" for name in _BUTTONS.get(status, ())]
        allowed = super().get_actions_detail(request, object_id)
        return [button for button in allowed if button.action_name in names]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A draft has no history."""
        return self.fieldsets[:-1] if _is_draft(obj) else self.fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        launched = self.model.objects.exclude(status=Campaign.Status.DRAFT)
        campaign = launched.filter(pk=unquote(object_id)).first() if object_id else None
        figures = campaign_figures(campaign) if campaign is not None else None
        context = {**(extra_context or {}), "figures": figures}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft can be changed, by who may make one; the rest is history in the making."""
        if isinstance(obj, Campaign):
            return _is_draft(obj) and request.user.has_perm("campaigns.add_campaign")
        return super().has_change_permission(request, obj)

    def has_run_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Launch, pause, resume and stop."""
        return super().has_change_permission(request)

    def has_copy_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request)

    def has_removal_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by Django's own button, which knows no drafts."""
        return False

    @display(description="status", ordering="status", label=STATUS_LABELS)
    def state(self, campaign: Campaign) -> str:
        return campaign.status

    @admin.display(description="domains")
    def domains(self, campaign: Campaign) -> str:
        return ", ".join(row.domain.name for row in campaign.campaign_domains.all())

    @admin.display(description="leads", ordering="audience__enrolled_count")
    def leads(self, campaign: Campaign) -> int | str:
        audience = getattr(campaign, "audience", None)
        return audience.enrolled_count if audience and audience.taken_at else "–"

    @admin.display(description="sent", ordering="n_sent")
    def progress(self, campaign: Any) -> SafeString | str:
        to_send = campaign.planned - campaign.canceled
        percent = round(100 * campaign.n_sent / to_send) if to_send > 0 else 0
        context = {"sent": campaign.n_sent, "planned": to_send, "percent": min(percent, 100)}
        return render_to_string("campaigns/admin/progress.html", context) if to_send else "–"

    @admin.display(description="opened", ordering="n_opened")
    def opened(self, campaign: Any) -> SafeString | str:
        return _rate(campaign.n_opened, campaign.n_sent)

    @admin.display(description="clicked", ordering="n_clicked")
    def clicked(self, campaign: Any) -> SafeString | str:
        return _rate(campaign.n_clicked, campaign.n_sent)


def _rate(part: int, whole: int) -> SafeString | str:
    if not whole:
        return "–"
    return format_html('<span class="ms-nowrap">{} ({})</span>', part, f"{part / whole:.0%}")


@admin.register(Enrollment)
class EnrollmentAdmin(ReadOnlyAdmin):
    list_display = ["lead", "campaign", "domain", "state", "end_reason", "missing", "ended_at"]
    list_select_related = ["lead", "campaign", "domain"]
    list_filter = [
        ("status", ChoicesDropdownFilter),
        ("end_reason", ChoicesDropdownFilter),
        ("campaign", AutocompleteSelectFilter),
        ("domain", AutocompleteSelectFilter),
    ]
    search_fields = ["lead__email"]
    search_help_text = "Address, name or company of the lead"
    ordering = ["-id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if search_term:
            queryset = queryset.filter(lead__in=Lead.objects.search(search_term))
        return queryset, False

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
