from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant

from campaigns.domain_pausing import (
    pause_domain,
    plan_by_other_policy,
    plan_domain,
    plan_domains_of,
    resume_domain,
)
from campaigns.models import SenderAlias, SendingAccount, SendingDomain, SendingPolicy
from mailsuite.lib import clock
from mailsuite.lib.admin import (
    Deed,
    PartialSaveAdmin,
    SecretAdmin,
    SecretForm,
    WeekdaysField,
)
from mailsuite.lib.admin.fields import WEEKDAYS

PAUSE = Deed(
    name="pause_domain",
    title="Pause",
    asks="Nothing leaves from this domain until it is resumed. Its mails keep their place.",
    done="paused",
    service=lambda request, domain: pause_domain(domain, f"Paused by {request.user}", clock.now()),
    icon="pause",
    variant=ActionVariant.WARNING,
)
RESUME = Deed(
    name="resume_domain",
    title="Resume",
    asks="Mails leave again at the usual pace; what missed its slot gets a new one.",
    done="resumed",
    service=lambda _, domain: resume_domain(domain, clock.now()),
    icon="play_arrow",
    variant=ActionVariant.SUCCESS,
)


class PolicyForm(forms.ModelForm):
    send_days = WeekdaysField()

    class Meta:
        model = SendingPolicy
        fields = [
            "name", "timezone", "send_days", "window_start", "window_end", "grace_until",
            "interval_minutes", "daily_cap", "holiday_country", "blackout_dates",
            "working_holidays",
        ]  # fmt: skip


@admin.register(SendingPolicy)
class SendingPolicyAdmin(PartialSaveAdmin):
    form = PolicyForm
    list_display = ["name", "timezone", "days", "window", "interval", "daily_cap", "domain_count"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "timezone", "send_days"]}),
        ("Window", {"fields": ["window_start", "window_end", "grace_until"]}),
        ("Pace", {"fields": [("interval_minutes", "daily_cap")]}),
        ("Holidays", {"fields": ["holiday_country", "blackout_dates", "working_holidays"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(domain_count=Count("domains"))

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and form.changed_data:
            plan_domains_of(obj)  # type: ignore[arg-type]  # a SendingPolicy

    @admin.display(description="days")
    def days(self, policy: SendingPolicy) -> str:
        return " ".join(name[:2] for number, name in WEEKDAYS if number in policy.send_days)

    @admin.display(description="window", ordering="window_start")
    def window(self, policy: SendingPolicy) -> str:
        return f"{policy.window_start:%H:%M}–{policy.window_end:%H:%M}"

    @admin.display(description="interval", ordering="interval_minutes")
    def interval(self, policy: SendingPolicy) -> str:
        return f"{policy.interval_minutes} min"

    @admin.display(description="domains", ordering="domain_count")
    def domain_count(self, policy: Any) -> int:
        return int(policy.domain_count)


class AccountForm(SecretForm):
    asks_for = "The SMTP password, or the provider's API key."
    leads_elsewhere = frozenset({"host", "backend"})

    class Meta:
        model = SendingAccount
        fields = ["name", "backend", "host", "port", "security", "username", "provider_options"]

    def clean_provider_options(self) -> dict[str, Any]:
        given = self.cleaned_data["provider_options"] or {}
        if not isinstance(given, dict):
            raise forms.ValidationError('These are names with values: {"sender_domain": "…"}.')
        return given


@admin.register(SendingAccount)
class SendingAccountAdmin(SecretAdmin):
    form = AccountForm
    list_display = ["name", "backend", "host", "port", "security", "username", "has_secret"]
    list_filter = ["backend"]
    search_fields = ["name", "host", "username"]
    fieldsets = [
        (None, {"fields": ["name", "backend"]}),
        ("Server", {"fields": ["host", ("port", "security")]}),
        ("Login", {"fields": ["username", "new_secret", "has_secret"]}),
        ("Provider", {"fields": ["provider_options"]}),
    ]


class AliasInline(StackedInline):
    model = SenderAlias
    extra = 0
    fields = [("name", "sender_name", "reply_to"), "signature_html", "account"]
    autocomplete_fields = ["account"]


@admin.register(SendingDomain)
class SendingDomainAdmin(PartialSaveAdmin):
    list_display = ["name", "state", "today", "policy", "account", "default_flow", "opens_at"]
    list_select_related = ["policy", "account", "default_flow"]
    list_filter = ["is_active", ("policy", RelatedDropdownFilter)]
    search_fields = ["name"]
    autocomplete_fields = ["policy", "account", "default_flow"]
    readonly_fields = ["state", "pause_reason", "today", "opens_at"]
    fieldsets = [
        (None, {"fields": ["name", ("policy", "account"), "default_flow", "is_active"]}),
        ("Now", {"fields": [("state", "pause_reason"), ("today", "opens_at")]}),
    ]
    inlines = [AliasInline]
    actions = ["pause_selected", "resume_selected"]
    actions_detail = ["pause_this", "resume_this"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "policy" in form.changed_data:
            plan_by_other_policy(obj, clock.now())
        elif change and "is_active" in form.changed_data:
            plan_domain(obj)

    pause_this, pause_selected = PAUSE.button, PAUSE.for_selected
    resume_this, resume_selected = RESUME.button, RESUME.for_selected

    @display(
        description="state",
        label={"sending": "success", "paused": "warning", "not active": "danger"},
    )
    def state(self, domain: SendingDomain) -> str:
        if domain.paused_at is not None:
            return "paused"
        return "sending" if domain.is_active else "not active"

    @admin.display(description="sent today")
    def today(self, domain: SendingDomain) -> str:
        local_day = clock.now().astimezone(domain.policy.zone).date()
        sent = domain.sent_today if domain.sent_on == local_day else 0
        return f"{sent} of {domain.policy.daily_cap}"

    @admin.display(description="throttle opens", ordering="next_allowed_at")
    def opens_at(self, domain: SendingDomain) -> Any:
        return domain.next_allowed_at


@admin.register(SenderAlias)
class SenderAliasAdmin(PartialSaveAdmin):
    list_display = ["address", "sender_name", "reply_to", "account"]
    list_select_related = ["domain", "account"]
    list_filter = [("domain", RelatedDropdownFilter)]
    search_fields = ["name", "domain__name", "sender_name"]
    autocomplete_fields = ["domain", "account"]
