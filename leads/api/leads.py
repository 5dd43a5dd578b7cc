"""Leads: the list, one by one, and many at once."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Value
from django.db.models.expressions import Combinable
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.lead_pages import LeadPages
from leads.api.lead_serializers import (
    BulkCommand,
    BulkResult,
    LeadChange,
    LeadCommand,
    LeadItem,
    LeadQuery,
)
from leads.completeness import WITHOUT_TEMPLATE, Groups, is_complete
from leads.deleting import delete_leads, restore_leads
from leads.filters import LeadFilter
from leads.models import Lead
from leads.querysets import LeadQuerySet
from leads.saving import create_lead, update_lead
from leads.sorting_out import add_tags, move_to_list, remove_tags
from leads.stopping import stop_leads
from mailsuite.lib import clock
from mailsuite.lib.api.auth import Nothing
from mailsuite.lib.api.strict import NoFields
from mailsuite.lib.api.views import ApiViewSet


@extend_schema(tags=["leads"])
class LeadViewSet(ApiViewSet):
    rights = "leads.lead"
    queryset = Lead.objects.present().defer("search_words")
    pagination_class = LeadPages

    @extend_schema(parameters=[LeadQuery], responses=LeadItem(many=True))
    def list(self, request: Request) -> Response:
        """Leads that are not deleted. Deleted ones are never listed."""
        query = self.query(LeadQuery)
        chosen = LeadFilter(query, queryset=self.queryset.all())
        if not chosen.is_valid():
            raise ValidationError(chosen.errors)
        leads = _with_completeness(chosen.qs, chosen.required_variables)
        leads = leads.order_by(*_order(query))
        return self.page_of(leads, LeadItem)

    @extend_schema(request=LeadCommand, responses={201: LeadItem})
    def create(self, request: Request) -> Response:
        """A new lead. 409 names the one that has the address already, also when it is deleted.

        An address on the suppression list makes a lead that gets no mail.
        """
        lead = create_lead(self.validated(LeadCommand))
        return self._item(lead.pk, status=201)

    @extend_schema(responses=LeadItem)
    def retrieve(self, request: Request, lead_id: int) -> Response:
        """One lead."""
        return self._item(lead_id)

    @extend_schema(request=LeadChange, responses=LeadItem)
    def partial_update(self, request: Request, lead_id: int) -> Response:
        """Change some fields. Another address may bring a bounced lead back, never one that
        opted out."""
        changes = self.validated(LeadChange)
        update_lead(self.found(self.queryset, lead_id), changes)
        return self._item(lead_id)

    @extend_schema(responses=Nothing)
    def destroy(self, request: Request, lead_id: int) -> Response:
        """Take a lead out of all lists. Nothing leaves for it any more; what is planned is canceled
        within a minute. Imports don't bring it back, /restore does."""
        self.found(self.queryset, lead_id)
        delete_leads(Lead.objects.filter(pk=lead_id), clock.now())
        return Response(None)

    @extend_schema(request=NoFields, responses=LeadItem)
    def stop(self, request: Request, lead_id: int) -> Response:
        """Send this lead nothing more, also nothing that is planned. Stopping twice is fine."""
        self.validated(NoFields)
        self.found(self.queryset, lead_id)
        stop_leads(Lead.objects.filter(pk=lead_id), clock.now())
        return self._item(lead_id)

    @extend_schema(request=NoFields, responses=LeadItem)
    def restore(self, request: Request, lead_id: int) -> Response:
        """Bring a deleted lead back as it was: one that was stopped or opted out still is."""
        self.validated(NoFields)
        self.found(Lead.objects.all(), lead_id)
        restore_leads(Lead.objects.filter(pk=lead_id), clock.now())
        return self._item(lead_id)

    @extend_schema(request=BulkCommand, responses=BulkResult)
    def bulk(self, request: Request) -> Response:
        """The same to up to 10,000 leads at once."""
        command = self.validated(BulkCommand)
        if command["action"] == "delete" and not request.user.has_perm("leads.delete_lead"):
            raise PermissionDenied
        wanted = set(command["lead_ids"])
        leads = Lead.objects.present().filter(pk__in=wanted)
        known = set(leads.values_list("pk", flat=True))
        not_found = [str(pk) for pk in sorted(wanted - known)]
        changed = _act(command, Lead.objects.filter(pk__in=known))
        return Response({"changed": changed, "not_found": not_found})

    def _item(self, lead_id: int, *, status: int = 200) -> Response:
        lead = self.found(_with_completeness(self.queryset, WITHOUT_TEMPLATE), lead_id)
        return Response(LeadItem(lead).data, status=status)


def _with_completeness(leads: LeadQuerySet, required: Groups) -> LeadQuerySet:
    condition = is_complete(required)
    answer: Combinable = Value(True)
    if condition:
        answer = ExpressionWrapper(condition, output_field=BooleanField())
    return leads.annotate(is_complete=answer)


def _order(query: dict[str, Any]) -> list[Any]:
    """By the field, then by id in the same direction, so that pages never overlap."""
    field, key = F(query["sort_by"]), F("id")
    # Elsewhere it would keep PostgreSQL from reading the index backwards.
    nulls_last = True if query["sort_by"] == "last_emailed_at" else None
    if query["sort_order"] == "asc":
        return [field.asc(nulls_last=nulls_last), key.asc()]
    return [field.desc(nulls_last=nulls_last), key.desc()]


def _act(command: dict[str, Any], leads: LeadQuerySet) -> int:
    now = clock.now()
    match command["action"]:
        case "stop":
            return stop_leads(leads, now)
        case "delete":
            return delete_leads(leads, now)
        case "tag":
            return add_tags(leads, command["tags"], now)
        case "untag":
            return remove_tags(leads, command["tags"], now)
        case _:
            return move_to_list(leads, command["list_name"], now)
