"""The three groups that people are put in, made and kept right by `migrate`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

_OURS = ("leads", "templates_app", "campaigns", "tracking")
# What a person may look at and nobody edits: written by mailsuite itself.
_WRITTEN_BY_MACHINE = (
    "message", "messagecontent", "messageevent", "sendattempt", "trackedlink", "dailyfigures",
    "enrollment", "audience", "campaigndomain", "importrefusal", "hit", "tick",
    "domaincheck",
    "providerevent", "mailboxfolder", "stuckmail", "inboundmail", "outboundreply",
)  # fmt: skip
_OPERATIONS = (
    "sendingpolicy", "sendingaccount", "sendingdomain", "senderalias", "providerwebhook", "mailbox",
)  # fmt: skip


def viewer_rights() -> Q:
    """See everything but accounts, whose settings are the business of operations."""
    return Q(content_type__app_label__in=_OURS, codename__startswith="view_") & ~Q(
        content_type__model__in=("sendingaccount", "providerwebhook", "mailbox")
    )


def marketer_rights() -> Q:
    """Leads, templates, flows and campaigns; the inbox; see how and from where mails are sent."""
    writable = Q(content_type__app_label__in=_OURS) & ~Q(
        content_type__model__in=(*_WRITTEN_BY_MACHINE, *_OPERATIONS)
    )
    resolve = Q(content_type__app_label="campaigns", codename="change_message")
    inbox = Q(
        content_type__app_label="tracking",
        codename__in=["change_inboundmail", "add_outboundreply", "change_outboundreply"],
    )
    return viewer_rights() | writable | resolve | inbox


def operations_rights() -> Q:
    """Sending domains, accounts and policies; the periodic tasks; mails that wait for a decision;
    all the rest to see."""
    return (
        viewer_rights()
        | Q(content_type__model__in=_OPERATIONS)
        | Q(content_type__app_label="campaigns", codename__in=["change_campaign", "change_message"])
        | Q(
            content_type__app_label="tracking",
            codename__in=["change_inboundmail", "change_outboundreply"],
        )
        | Q(content_type__app_label="django_celery_beat")
    )


GROUPS = {"viewer": viewer_rights, "marketer": marketer_rights, "ops": operations_rights}


def sync(names: Iterable[str] = GROUPS) -> None:
    for name in names:
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set(Permission.objects.filter(GROUPS[name]()))


def sync_after_migrate(**_: Any) -> None:
    """post_migrate receiver. Rights of later apps are made by receivers that run after this
    one, so all of them are made here first."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    sync()
