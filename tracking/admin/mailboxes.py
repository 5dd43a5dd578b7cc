"""Where answers and bounces come to, and how reading them goes."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display
from unfold.enums import ActionVariant

from mailsuite.lib import clock
from mailsuite.lib.admin import Deed, ReadOnlyAdmin, ReadOnlyTable, SecretAdmin, SecretForm
from mailsuite.lib.errors import Refusal
from tracking.mailboxes import condition, position, stuck
from tracking.mailboxes.checking import check
from tracking.models import Mailbox, MailboxFolder, StuckMail


def _check(request: HttpRequest, mailbox: Mailbox) -> None:
    report = check(mailbox)
    if report.read:
        messages.info(request, f"{mailbox}: {report.words}")
    if report.problems:
        raise Refusal(" ".join(report.problems))
    condition.read_soon(mailbox)


CHECK = Deed(
    name="check_mailbox",
    title="Test connection",
    asks="Logs in and looks at the folders. No mail is read, and nothing changes on the server.",
    done="answered",
    service=_check,
    icon="network_check",
    variant=ActionVariant.PRIMARY,
)
TRY_AGAIN = Deed(
    name="try_again",
    title="Try again",
    asks="Reads it at the next look into its mailbox.",
    done="tried again within a minute",
    service=lambda _, mail: stuck.try_again(mail, clock.now()),
    right="retry",
    icon="refresh",
)


class MailboxForm(SecretForm):
    asks_for = "The password; where the provider asks for a second factor, an app password."
    leads_elsewhere = frozenset({"host", "port", "security"})

    class Meta:
        model = Mailbox
        fields = [
            "name", "domain", "is_active", "host", "port", "security", "username", "folders",
            "reads_junk", "read_from",
        ]  # fmt: skip


class FoldersTable(ReadOnlyTable):
    model = MailboxFolder
    verbose_name_plural = "folders"
    fields = ["name", "last_uid", "uid_validity", "last_read_at", "stuck"]
    readonly_fields = ["stuck"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).annotate(stuck_count=Count("stuck_mails"))

    @admin.display(description="mails that stuck")
    def stuck(self, folder: Any) -> int:
        return int(folder.stuck_count)


@admin.register(Mailbox)
class MailboxAdmin(SecretAdmin):
    form = MailboxForm
    list_display = ["name", "state", "username", "host", "domain", "last_read_at", "last_problem"]
    list_select_related = ["domain"]
    list_filter = ["is_active", ("domain", RelatedDropdownFilter)]
    search_fields = ["name", "host", "username"]
    autocomplete_fields = ["domain"]
    readonly_fields = [
        "has_secret", "state", "last_read_at", "last_problem", "failing_since", "next_read_at",
    ]  # fmt: skip
    fieldsets = [
        (None, {"fields": ["name", "domain", "is_active"]}),
        ("Server", {"fields": ["host", ("port", "security")]}),
        ("Login", {"fields": ["username", "new_secret", "has_secret"]}),
        ("What is read", {"fields": ["folders", "reads_junk", "read_from"]}),
        (
            "Now",
            {
                "fields": [
                    ("state", "last_read_at"),
                    "last_problem",
                    ("failing_since", "next_read_at"),
                ]
            },
        ),
    ]
    inlines = [FoldersTable]
    actions = ["check_selected"]
    actions_detail = ["check_this"]

    check_this, check_selected = CHECK.button, CHECK.for_selected

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """How far it was read goes with a mailbox; nobody deletes that by itself."""
        deletable, counts, missing_rights, protected = super().get_deleted_objects(objs, request)
        missing_rights -= {model._meta.verbose_name for model in (MailboxFolder, StuckMail)}
        return deletable, counts, missing_rights, protected

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        before = form.initial.get("read_from")
        super().save_model(request, obj, form, change)
        assert isinstance(obj, Mailbox)  # noqa: S101  it is this model's page
        condition.read_soon(obj)
        if {"host", "username"} & set(form.changed_data) or _is_earlier(obj.read_from, before):
            position.begin_anew(obj)

    @display(
        description="state",
        label={
            "reading": "success", "not read yet": "info", "failing": "danger",
            "not active": "default",
        },
    )  # fmt: skip
    def state(self, mailbox: Mailbox) -> str:
        if not mailbox.is_active:
            return "not active"
        if mailbox.failing_since:
            return "failing"
        return "reading" if mailbox.last_read_at else "not read yet"


@admin.register(MailboxFolder)
class MailboxFolderAdmin(ReadOnlyAdmin):
    list_display = ["mailbox", "name", "last_uid", "uid_validity", "last_read_at"]
    list_select_related = ["mailbox"]
    list_filter = [("mailbox", RelatedDropdownFilter)]
    search_fields = ["name"]


@admin.register(StuckMail)
class StuckMailAdmin(ReadOnlyAdmin):
    list_display = ["folder", "uid", "problem", "tries", "since", "next_try_at"]
    list_select_related = ["folder__mailbox"]
    list_filter = [("folder__mailbox", RelatedDropdownFilter)]
    actions = ["try_again_selected"]
    actions_detail = ["try_again_this"]

    try_again_this, try_again_selected = TRY_AGAIN.button, TRY_AGAIN.for_selected

    def has_retry_permission(self, request: HttpRequest, *_: Any) -> bool:
        return request.user.has_perm("tracking.change_mailbox")


def _is_earlier(now: Any, before: Any) -> bool:
    """Of two days from which on a mailbox is read; None: from its first mail."""
    return before is not None and (now is None or now < before)
