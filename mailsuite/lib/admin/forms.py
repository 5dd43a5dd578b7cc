"""Forms whose rows are saved by a service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from mailsuite.lib.admin.links import LinksWithinRights
from mailsuite.lib.admin.pages import FilteredList
from mailsuite.lib.errors import Refusal


class ServiceForm(forms.ModelForm):
    """The service checks while it saves, and what it refuses belongs to a field; so it is called
    while the form is validated, and not after."""

    by: AbstractBaseUser | None = None

    def save_by_service(self, given: dict[str, Any], row: Any) -> Model:
        """Save `given` and answer the row; `row` is None where a new one is made."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self._run_validators(given)
        if self.errors:
            return given
        try:
            self.instance = self.save_by_service(given, self.instance if self.instance.pk else None)
        except Refusal as refusal:
            for field, problem in refusal.fields.items():
                self.add_error(field if field in self.fields else None, problem)
            if not refusal.fields:
                self.add_error(None, refusal.message)
        return given

    def _run_validators(self, given: dict[str, Any]) -> None:
        """Those of the model's fields, its columns' limits among them."""
        for field in self._meta.model._meta.concrete_fields:
            value = given.get(field.name)
            if value in field.empty_values:
                continue
            try:
                field.run_validators(value)
            except forms.ValidationError as problem:
                self.add_error(field.name, problem)

    def _post_clean(self) -> None:
        """Django would write what was typed over what the service has made of it."""


class ServiceAdmin(LinksWithinRights, FilteredList, ModelAdmin):
    """The page of a ServiceForm. It can have no tables to edit: their errors would come when the
    row is saved already."""

    list_per_page = 50
    warn_unsaved_form = True

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        # `fields` may name what the form declares beside the model's own.
        kwargs["fields"] = self.form._meta.fields
        form = super().get_form(request, obj, **kwargs)
        return type(form.__name__, (form,), {"by": request.user})

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """The form has saved it."""
