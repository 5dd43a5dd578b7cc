from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest

from campaigns.domain_pausing import (
    plan_domains_of,
)
from campaigns.models import SendingAccount, SendingPolicy
from mailsuite.lib.admin import (
    PartialSaveAdmin,
    SecretAdmin,
    SecretForm,
    WeekdaysField,
)
from mailsuite.lib.admin.fields import WEEKDAYS


class PolicyForm(forms.ModelForm):
    send_days = WeekdaysField()

    class Meta:
        model = SendingPolicy
        fields = [
            "name", "timezone", "send_days", "window_start", "window_end", "grace_until",
            "interval_minutes", "daily_cap", "holiday_country", "blackout_dates",
            "working_holidays", "max_bounce_percent", "max_complaint_percent",
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
        ("Guardrails", {"fields": [("max_bounce_percent", "max_complaint_percent")]}),
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
