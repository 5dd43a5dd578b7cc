from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminSelectWidget

from leads.addresses import InvalidAddress, normalised_address
from leads.models import Suppression
from leads.suppression import suppress, unsuppress
from mailsuite.lib.admin import BigTable, Deed, ServiceAdmin, ServiceForm

UNSUPPRESS = Deed(
    name="unsuppress",
    title="Take off the list",
    asks="Mails may go there again. Only entries made by hand can be taken away.",
    done="taken off the list",
    service=lambda _, entry: unsuppress(entry),
    right="removal",
    icon="undo",
    variant=ActionVariant.WARNING,
)


class SuppressionForm(ServiceForm):
    # Erasing a person takes more than an entry: the data have to go too.
    reason = forms.ChoiceField(
        choices=[one for one in Suppression.Reason.choices if one[0] != Suppression.Reason.ERASED],
        initial=Suppression.Reason.MANUAL,
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = Suppression
        fields = ["scope", "value", "reason", "note"]

    def clean_value(self) -> str:
        value: str = self.cleaned_data["value"]
        is_domain = self.cleaned_data.get("scope") == Suppression.Scope.DOMAIN
        try:
            address = normalised_address(f"a@{value.strip().lstrip('@')}" if is_domain else value)
        except InvalidAddress as error:
            raise forms.ValidationError(str(error)) from error
        return address.partition("@")[2] if is_domain else address

    def save_by_service(self, given: dict[str, Any], row: Any) -> Suppression:
        suppress([given["value"]], scope=given["scope"], reason=given["reason"], note=given["note"])
        return Suppression.objects.get(scope=given["scope"], value=given["value"])


@admin.register(Suppression)
class SuppressionAdmin(BigTable, ServiceAdmin):
    """Entries are never changed, and only those made by hand are taken away."""

    form = SuppressionForm
    fields = ["scope", "value", "reason", "note"]
    list_display = ["value", "scope", "why", "note", "created_at"]
    list_filter = [
        ("scope", ChoicesDropdownFilter),
        ("reason", ChoicesDropdownFilter),
        ("created_at", RangeDateTimeFilter),
    ]
    search_fields = ["value__startswith"]
    search_help_text = "The beginning of an address or a domain"
    actions = ["unsuppress_selected"]
    actions_detail = ["unsuppress_this"]

    unsuppress_this, unsuppress_selected = UNSUPPRESS.button, UNSUPPRESS.for_selected

    def has_removal_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(
        description="reason",
        ordering="reason",
        label={"complaint": "danger", "bounced": "warning", "unsubscribed": "info"},
    )
    def why(self, suppression: Suppression) -> str:
        return suppression.reason
