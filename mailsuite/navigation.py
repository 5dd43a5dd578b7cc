"""The side bar of the admin, in the order of the work: leads, templates, campaigns, sending."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import site
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

# Title of a group → its entries: title, model, icon (Material Symbols).
_GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "Audience": [
        ("Leads", "leads.Lead", "groups"),
        ("Imports", "leads.LeadImport", "upload_file"),
        ("Suppression list", "leads.Suppression", "block"),
        ("Images", "leads.ImageAsset", "image"),
        ("Reports", "leads.Report", "description"),
    ],
    "Content": [
        ("Templates", "templates_app.Template", "article"),
        ("Flows", "campaigns.Flow", "account_tree"),
    ],
    "Campaigns": [
        ("Campaigns", "campaigns.Campaign", "campaign"),
        ("Enrollments", "campaigns.Enrollment", "how_to_reg"),
        ("Messages", "campaigns.Message", "mail"),
        ("Events", "campaigns.MessageEvent", "timeline"),
    ],
    "Conversations": [
        ("Inbox", "tracking.InboundMail", "forum"),
        ("Our replies", "tracking.OutboundReply", "reply"),
    ],
    "Sending": [
        ("Sending domains", "campaigns.SendingDomain", "dns"),
        ("DNS checks", "campaigns.DomainCheck", "fact_check"),
        ("Policies", "campaigns.SendingPolicy", "schedule"),
        ("Accounts", "campaigns.SendingAccount", "key"),
        ("Mailboxes", "tracking.Mailbox", "inbox"),
        ("Mails that stuck", "tracking.StuckMail", "report"),
        ("Attempts", "campaigns.SendAttempt", "send"),
        ("Provider events", "tracking.ProviderEvent", "webhook"),
    ],
    "System": [
        ("Users", "auth.User", "person"),
        ("Groups", "auth.Group", "group"),
        ("Periodic tasks", "django_celery_beat.PeriodicTask", "update"),
    ],
}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """What this person may see; a group of which nothing is left is left out."""
    entries = _entries(request)
    dashboard = {"title": "Dashboard", "icon": "dashboard", "link": reverse("admin:index")}
    groups = [
        {
            "title": title,
            "separator": True,
            "items": [
                {"title": name, "icon": icon, "link": entries[model]}
                for name, model, icon in items
                if model in entries
            ],
        }
        for title, items in _GROUPS.items()
    ]
    return [{"items": [dashboard]}, *(group for group in groups if group["items"])]


def _entries(request: HttpRequest) -> dict[str, str]:
    """Label of a model ("leads.Lead") → the address of its list."""
    return {
        model._meta.label: reverse(
            f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        )
        for model, admin in site._registry.items()
        if admin.has_view_permission(request)
    }


def stylesheet(request: HttpRequest) -> str:
    return static("mailsuite/admin.css")


def environment(request: HttpRequest) -> list[str] | None:
    """The badge in the head: where nothing leaves the house, everybody should see it."""
    if settings.MAIL_TEST_MODE:
        return ["Test mode: no mail leaves", "warning"]
    if settings.DEVELOPMENT:
        return ["Development", "info"]
    return None
