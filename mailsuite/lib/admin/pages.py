"""Kinds of admin pages."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.postgres.fields import ArrayField
from django.db.models import JSONField, Model
from django.forms import Form
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from mailsuite.lib.admin.fields import StorableJSONField
from mailsuite.lib.admin.links import LinksWithinRights
from mailsuite.lib.admin.paginator import EstimatingPaginator


class _NobodyWrites:
    def has_add_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any, **__: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any, **__: Any) -> bool:
        return False


class SlimFields:
    """Lists separated by commas take one line, JSON a few."""

    formfield_overrides = {
        ArrayField: {"widget": UnfoldAdminTextInputWidget},
        JSONField: {
            "form_class": StorableJSONField,
            "widget": UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        },
    }


class _Storable(ChangeList):
    """Refuses a filter by text with a NUL, which PostgreSQL takes as no text at all."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        if any("\0" in text for values in request.GET.lists() for text in (values[0], *values[1])):
            raise IncorrectLookupParameters
        super().__init__(request, *args, **kwargs)


class FilteredList:
    """What every list of the admin has in common."""

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return _Storable


class _WholeOrPart(_Storable):
    """Tells a filtered list from the whole one without counting the whole one again."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count


class BigTable(FilteredList):
    """A list that may have millions of rows."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50
    list_filter_submit = True

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return _WholeOrPart


class ReadOnlyAdmin(_NobodyWrites, LinksWithinRights, BigTable, ModelAdmin):
    """What mailsuite writes itself; people look at it."""

    compressed_fields = True


class ReadOnlyTable(_NobodyWrites, LinksWithinRights, TabularInline):
    """The rows that belong to a page, to look at."""

    extra = 0
    max_num = 0
    can_delete = False
    hide_title = True
    per_page = 20


class PartialSaveAdmin(SlimFields, LinksWithinRights, FilteredList, ModelAdmin):
    """Writes the fields that were changed and no others.

    A whole row written back would undo what workers did to it since the form was opened: set
    a throttle back, revive an address that has bounced.
    """

    list_per_page = 50
    compressed_fields = True
    warn_unsaved_form = True

    def save_model(self, request: HttpRequest, obj: Model, form: Form, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        changed = [
            field.name
            for field in obj._meta.concrete_fields
            if field.name in form.changed_data or getattr(field, "auto_now", False)
        ]
        obj.save(update_fields=changed)
