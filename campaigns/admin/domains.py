"""Sending domains: what they may do, how they are doing, and what the DNS says about them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import StackedInline
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant

from campaigns.domain_checks.stored import forget_checks
from campaigns.domain_pausing import pause_domain, plan_by_other_policy, plan_domain, resume_domain
from campaigns.guardrails import LEAST_MAILS, record_of
from campaigns.models import DomainCheck, SenderAlias, SendingDomain
from campaigns.ramping import change_ramp
from campaigns.tasks import hand_out_check
from mailsuite.lib import clock
from mailsuite.lib.admin import Deed, PartialSaveAdmin, ReadOnlyAdmin, ReadOnlyTable
from mailsuite.lib.plurals import counted

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
    asks="Mails leave again at the usual pace; what missed its slot gets a new one. Where too many "
    "bounces or complaints paused it, those about mails that have left by now count no more.",
    done="resumed",
    service=lambda _, domain: resume_domain(domain, clock.now()),
    icon="play_arrow",
    variant=ActionVariant.SUCCESS,
)
CHECK = Deed(
    name="check_domain",
    title="Check DNS",
    asks="SPF, DKIM and DMARC are looked up again. This page shows the answers some seconds later.",
    done="being checked",
    service=lambda _, domain: hand_out_check(domain),
    icon="dns",
)

_RAMP = {"ramp_start", "ramp_step", "ramp_ceiling"}
_VERDICTS = {"passed": "success", "weak": "warning", "failed": "danger", "unknown": "default"}
# The worst of a domain's checks stands for it.
_FROM_WORST = ["failed", "unknown", "weak", "passed"]


class AliasInline(StackedInline):
    model = SenderAlias
    extra = 0
    fields = [("name", "sender_name", "reply_to"), "signature_html", "account"]
    autocomplete_fields = ["account"]


class ShownVerdict:
    @display(description="verdict", ordering="verdict", label=_VERDICTS)
    def found(self, check: DomainCheck) -> str:
        return check.verdict


class CheckTable(ShownVerdict, ReadOnlyTable):
    model = DomainCheck
    verbose_name_plural = "DNS checks"
    fields = ["kind", "found", "problem", "remedy", "record", "answered_at", "trouble"]
    readonly_fields = fields


@admin.register(DomainCheck)
class DomainCheckAdmin(ShownVerdict, ReadOnlyAdmin):
    list_display = ["domain", "kind", "found", "problem", "remedy", "answered_at", "trouble"]
    list_select_related = ["domain"]
    list_filter = ["kind", "verdict", "domain__is_active"]
    search_fields = ["domain__name"]
    readonly_fields = ["found"]
    fields = [
        "domain", ("kind", "found"), "problem", "remedy", "record",
        ("answered_at", "tried_at", "trouble"),
    ]  # fmt: skip


@admin.register(SendingDomain)
class SendingDomainAdmin(PartialSaveAdmin):
    list_display = [
        "name", "state", "today", "dns", "policy", "account", "default_flow", "opens_at",
    ]  # fmt: skip
    list_select_related = ["policy", "account", "default_flow"]
    list_filter = ["is_active", ("policy", RelatedDropdownFilter)]
    search_fields = ["name"]
    autocomplete_fields = ["policy", "account", "default_flow"]
    readonly_fields = ["state", "pause_reason", "today", "opens_at", "lately", "ramp"]
    fieldsets = [
        (
            None,
            {"fields": ["name", ("policy", "account"), ("default_flow", "dkim_selector"),
                        "is_active"]},
        ),
        ("Now", {"fields": [("state", "pause_reason"), ("today", "opens_at"), "lately"]}),
        ("Ramp-up", {"fields": [("ramp_start", "ramp_step", "ramp_ceiling"), "ramp"]}),
    ]  # fmt: skip
    inlines = [CheckTable, AliasInline]
    actions = ["pause_selected", "resume_selected", "check_selected"]
    actions_detail = ["pause_this", "resume_this", "check_this"]

    pause_this, pause_selected = PAUSE.button, PAUSE.for_selected
    resume_this, resume_selected = RESUME.button, RESUME.for_selected
    check_this, check_selected = CHECK.button, CHECK.for_selected

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("checks")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed, now = set(form.changed_data), clock.now()
        if change and "policy" in changed:
            plan_by_other_policy(obj, now)
        elif change and "is_active" in changed:
            plan_domain(obj)
        if change and changed & _RAMP:
            change_ramp(obj, now, begins=form.initial.get("ramp_start") is None)
        if "name" in changed:
            forget_checks(obj)
        elif "dkim_selector" in changed:
            forget_checks(obj, [DomainCheck.Kind.DKIM])
        if changed & {"name", "dkim_selector"}:
            hand_out_check(obj)

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
        return f"{sent} of {domain.cap_on(local_day)}"

    @admin.display(description="throttle opens", ordering="next_allowed_at")
    def opens_at(self, domain: SendingDomain) -> Any:
        return domain.next_allowed_at

    @display(description="DNS", label=_VERDICTS)
    def dns(self, domain: SendingDomain) -> str:
        verdicts = {check.verdict for check in domain.checks.all()} or {"unknown"}
        return next(verdict for verdict in _FROM_WORST if verdict in verdicts)

    @admin.display(description="in 7 days")
    def lately(self, domain: SendingDomain) -> str:
        record, policy = record_of(domain, clock.now()), domain.policy
        since = domain.judged_since
        return (
            f"{counted(record.mails, 'mail')} left, {counted(record.bounced, 'hard bounce')} "
            f"({record.bounce_percent:.1f} % of {policy.max_bounce_percent.normalize():f} % "
            f"allowed), {counted(record.complained, 'complaint')} "
            f"({record.complaint_percent:.2f} % of {policy.max_complaint_percent.normalize():f} %)."
            f" Judged from {LEAST_MAILS} mails on."
            + (f" Counted since the resumption on {since:%Y-%m-%d %H:%M} UTC." if since else "")
        )

    @admin.display(description="so far")
    def ramp(self, domain: SendingDomain) -> str:
        today = clock.now().astimezone(domain.policy.zone).date()
        ramp = domain.ramp_before(today)
        if ramp is None:
            return "none"
        return f"{ramp.days} days of sending; {domain.cap_on(today)} mails allowed today"


@admin.register(SenderAlias)
class SenderAliasAdmin(PartialSaveAdmin):
    list_display = ["address", "sender_name", "reply_to", "account"]
    list_select_related = ["domain", "account"]
    list_filter = [("domain", RelatedDropdownFilter)]
    search_fields = ["name", "domain__name", "sender_name"]
    autocomplete_fields = ["domain", "account"]
