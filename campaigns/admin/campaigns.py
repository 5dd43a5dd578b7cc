from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from campaigns.admin import deeds
from campaigns.admin.drafts import AudienceInline, CampaignForm, DomainInline, is_draft
from campaigns.held import held_reasons
from campaigns.kpis import campaign_figures
from campaigns.models import Campaign, DailyFigures
from mailsuite.lib.admin import PartialSaveAdmin

STATUS_LABELS = {
    "draft": "default",
    "running": "success",
    "paused": "warning",
    "completed": "info",
    "stopped": "danger",
}


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
        ("Replies", {"fields": ["stop_colleagues"]}),
        (
            "History",
            {"fields": [("state", "outcome"), ("created_by", "created_at"),
                        ("launched_at", "finished_at")]},
        ),
    ]  # fmt: skip
    inlines = [AudienceInline, DomainInline]
    change_form_before_template = "campaigns/admin/results.html"
    actions = [
        "launch_selected", "pause_selected", "resume_selected", "review_selected",
        "stop_selected", "duplicate_selected",
    ]  # fmt: skip
    actions_detail = [
        "launch_this", "resume_this", "pause_this", "review_this", "stop_this", "duplicate_this",
        "delete_this",
    ]  # fmt: skip

    launch_this, launch_selected = deeds.LAUNCH.button, deeds.LAUNCH.for_selected
    pause_this, pause_selected = deeds.PAUSE.button, deeds.PAUSE.for_selected
    resume_this, resume_selected = deeds.RESUME.button, deeds.RESUME.for_selected
    review_this, review_selected = deeds.REVIEW.button, deeds.REVIEW.for_selected
    stop_this, stop_selected = deeds.STOP.button, deeds.STOP.for_selected
    duplicate_this, duplicate_selected = deeds.DUPLICATE.button, deeds.DUPLICATE.for_selected
    delete_this = deeds.DELETE.button

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return (
            super()
            .get_queryset(request)
            .prefetch_related("campaign_domains__domain")
            .annotate(**{name: _figure(name) for name in ("planned", "canceled")})
            .annotate(**{f"n_{name}": _figure(name) for name in ("sent", "opened", "clicked")})
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        campaign = self.get_object(request, object_id)
        fitting = deeds.BUTTONS[campaign.status] if campaign is not None else ()
        names = [f"campaigns_campaign_{name}" for name in fitting]
        allowed = super().get_actions_detail(request, object_id)
        return [button for button in allowed if button.action_name in names]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A draft has no history."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets[:-1] if is_draft(obj) else fieldsets

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        campaign = self.get_object(request, unquote(object_id)) if object_id else None
        launched = None if is_draft(campaign) else campaign
        figures = campaign_figures(launched) if launched is not None else None
        reasons = held_reasons(launched) if launched is not None else {}
        context = {**(extra_context or {}), "figures": figures, "held_reasons": reasons}
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a draft can be changed, by who may make one; the rest is history in the making."""
        if isinstance(obj, Campaign):
            return is_draft(obj) and request.user.has_perm("campaigns.add_campaign")
        return super().has_change_permission(request, obj)

    def has_run_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Launch, pause, resume, review and stop."""
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
