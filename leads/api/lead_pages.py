"""Pages of the list of leads, which may be a million long."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from leads.totals import total
from mailsuite.lib.api.pages import Pages


class LeadPages(Pages):
    """The same pages, found by the keys alone and from the nearer end.

    What lies before a page is read and thrown away: of an index alone that is cheap, of whole rows
    it is not. A page of the second half is read from the back, so half the list is the most.
    """

    def count(self, queryset: QuerySet) -> int:
        return total(queryset)

    def rows(self, queryset: QuerySet, first: int, size: int) -> list[Any]:
        size = min(size, self.total - first)
        backwards = first > self.total // 2
        ordered = queryset.reverse() if backwards else queryset
        start = self.total - first - size if backwards else first
        keys = list(ordered.values_list("pk", flat=True)[start : start + size])
        rows = {row.pk: row for row in queryset.order_by().filter(pk__in=keys)}
        found = [rows[pk] for pk in keys if pk in rows]
        return found[::-1] if backwards else found
