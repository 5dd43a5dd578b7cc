"""Rows that are found by the lead they belong to, through the index on the leads' words."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest

from leads.models import Lead


class FoundByLead:
    """For a ModelAdmin; `lead_field` is the way from its row to the lead."""

    lead_field = "lead"
    search_help_text = "Address, name or company of the lead"

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [f"{self.lead_field}__email"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        if search_term:
            found = Lead.objects.search(search_term)
            queryset = queryset.filter(**{f"{self.lead_field}__in": found})
        return queryset, False
