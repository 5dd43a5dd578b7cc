"""People, logins and periodic tasks under the theme of the rest.

This app comes first, so the admin modules that are replaced here are imported here, before
Django finds them by itself.
"""

from __future__ import annotations

from axes import admin as axes_admin  # registers what is replaced below, as do the others
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group, User
from rest_framework_simplejwt.token_blacklist import admin as token_admin
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from mailsuite import celery_beat_admin
from mailsuite.lib.admin import FilteredList, ReadOnlyAdmin
from mailsuite.lib.idempotency.models import IdempotencyRecord

admin.site.index_title = "Dashboard"

__all__ = ["celery_beat_admin", "token_admin"]

for model in (
    *(User, Group),
    *(AccessAttempt, AccessLog, AccessFailureLog),
    *(OutstandingToken, BlacklistedToken),
):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(FilteredList, auth_admin.UserAdmin, ModelAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "first_name", "last_name", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]


@admin.register(Group)
class GroupAdmin(FilteredList, auth_admin.GroupAdmin, ModelAdmin):
    """The rights of marketer, ops and viewer are put right by every `migrate`."""


@admin.register(AccessAttempt)
class AccessAttemptAdmin(FilteredList, axes_admin.AccessAttemptAdmin, ModelAdmin):
    """Deleting one lets the person try again."""

    date_hierarchy = None


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    list_display = ["attempt_time", "logout_time", "username", "ip_address", "user_agent"]
    search_fields = ["username", "ip_address"]


@admin.register(AccessFailureLog)
class AccessFailureLogAdmin(ReadOnlyAdmin):
    list_display = ["attempt_time", "username", "ip_address", "user_agent", "locked_out"]
    list_filter = ["locked_out"]
    search_fields = ["username", "ip_address"]


@admin.register(OutstandingToken)
class OutstandingTokenAdmin(ReadOnlyAdmin):
    """Without the token itself, with which anybody could go on as its owner."""

    list_display = ["jti", "user", "created_at", "expires_at"]
    list_select_related = ["user"]
    search_fields = ["user__username", "jti"]
    exclude = ["token"]


@admin.register(BlacklistedToken)
class BlacklistedTokenAdmin(ReadOnlyAdmin):
    list_display = ["jti", "user", "blacklisted_at"]
    list_select_related = ["token__user"]
    search_fields = ["token__user__username", "token__jti"]

    def jti(self, blacklisted: BlacklistedToken) -> str:
        return blacklisted.token.jti

    def user(self, blacklisted: BlacklistedToken) -> str:
        return str(blacklisted.token.user)


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    list_display = ["key", "user", "response_status", "created_at"]
    list_select_related = ["user"]
    search_fields = ["key", "user__username"]
