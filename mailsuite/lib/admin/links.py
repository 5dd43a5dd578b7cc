"""Links to the rows that a page names, for those who may follow them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import ForeignKey, Model
from django.http import HttpRequest
from unfold.mixins import BaseModelAdminMixin


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A field of an admin page that shows what a foreign key names as mere text."""

    name: str
    short_description: str
    do_not_call_in_templates = True

    @property
    def __name__(self) -> str:
        return self.name

    def __str__(self) -> str:
        return self.name

    def __call__(self, row: Model) -> str:
        named = getattr(row, self.name)
        return "-" if named is None else str(named)


class LinksWithinRights(BaseModelAdminMixin):
    """Django links whatever a page names and can't be changed there, also where the link would
    answer 403."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_readonly_fields(request, obj)
        return _replaced(names, self._unlinked(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        unlinked = self._unlinked(request)
        if obj is None or self.has_change_permission(request, obj):
            shown = super().get_readonly_fields(request, obj)
            unlinked = {name: field for name, field in unlinked.items() if name in shown}
        return [
            (title, {**options, "fields": _replaced(options["fields"], unlinked)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def _unlinked(self, request: HttpRequest) -> dict[str, Unlinked]:
        """The foreign keys, by name, whose rows this person may not see."""
        return {
            field.name: Unlinked(field.name, str(field.verbose_name))
            for field in self.model._meta.concrete_fields
            if isinstance(field, ForeignKey)
            and not _may_follow(self.admin_site._registry.get(field.related_model), request)
        }


def _may_follow(page: ModelAdmin | None, request: HttpRequest) -> bool:
    return page is not None and page.has_view_permission(request)


def _replaced(fields: Iterable[Any], unlinked: dict[str, Unlinked]) -> list[Any]:
    """`fields` with those named exchanged; some stand together on one line."""
    return [
        tuple(_replaced(one, unlinked)) if isinstance(one, list | tuple) else unlinked.get(one, one)
        for one in fields
    ]
