"""The side bar of the admin, in the order of the work: answers, leads, content, sending."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import site
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

from tracking.models import InboundMail

_MOST_COUNTED = 99

# Title of a group → its entries: title, model, icon (Material Symbols).
_GROUPS: dict[str, list[tuple[str, str, str]]] = {
    "Conversations": [
        ("Inbox", "tracking.InboundMail", "forum"),
        ("Our replies", "tracking.OutboundReply", "reply"),
    ],
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
                {"title": name, "icon": icon, "link": entries[model], **_badge(model)}
                for name, model, icon in items
                if model in entries
            ],
        }
        for title, items in _GROUPS.items()
    ]
    return [{"items": [dashboard]}, *(group for group in groups if group["items"])]


def _badge(model: str) -> dict[str, Any]:
    """How many mails wait to be read, on the entry of the inbox."""
    if model != "tracking.InboundMail":
        return {}
    unread = InboundMail.objects.for_marketers().filter(is_unread=True)[: _MOST_COUNTED + 1].count()
    shown = str(unread) if unread <= _MOST_COUNTED else f"{_MOST_COUNTED}+"
    return {"badge": shown, "badge_variant": "primary"} if unread else {}


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
