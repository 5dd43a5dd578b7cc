"""Pages of rows with a secret: it goes in and never comes out."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminPasswordWidget

from mailsuite.lib.admin.pages import PartialSaveAdmin


class SecretForm(forms.ModelForm):
    """The stored secret is not even read for this page.

    `asks_for`: what the secret is. `leads_elsewhere`: the fields whose change would show the
    stored one to another server.
    """

    asks_for: ClassVar[str] = "The password."
    leads_elsewhere: ClassVar[frozenset[str]] = frozenset({"host"})

    new_secret = forms.CharField(
        label="Secret",
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "new_secret" in self.fields:  # who may only look has no such field
            keeps = "Leave it empty to keep the one that is stored."
            self.fields["new_secret"].help_text = f"{self.asks_for} {keeps}"

    def clean(self) -> dict[str, Any]:
        """A stored secret is not shown to another server only because its name was changed."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("new_secret"):
            self.instance.secret = given["new_secret"]
        elif self.instance.pk and self.leads_elsewhere & set(self.changed_data):
            self.add_error("new_secret", "Enter it again: the account leads elsewhere now.")
        return given


class SecretAdmin(PartialSaveAdmin):
    """The page of a SecretForm; its fieldsets name `new_secret` and `has_secret`."""

    readonly_fields = ["has_secret"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the secret, so a page of accounts opens though the key to it is lost."""
        rows = super().get_queryset(request).defer("secret")
        return rows.annotate(asks_for_stored=~Q(secret=""))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look gets no field for a secret."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(title, options | {"fields": _to_look_at(options)}) for title, options in fieldsets]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if "new_secret" in form.changed_data:
            form.changed_data.append("secret")
        super().save_model(request, obj, form, change)

    @display(description="secret stored", boolean=True)
    def has_secret(self, row: Any) -> bool:
        return bool(getattr(row, "asks_for_stored", False))


def _to_look_at(options: dict[str, Any]) -> list[Any]:
    return [field for field in options["fields"] if field != "new_secret"]
