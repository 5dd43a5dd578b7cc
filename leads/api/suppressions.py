"""The suppression list: addresses and domains that nobody here mails."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from leads.addresses import InvalidAddress
from leads.api.forms import UploadForm, read_options
from leads.api.lead_serializers import check_one_line
from leads.inspecting import on_disk
from leads.models import Suppression
from leads.suppression import suppress, unsuppress
from leads.suppression_import import import_suppressions, scope_and_value
from leads.web_domains import InvalidUrl
from mailsuite.lib.api.auth import Nothing
from mailsuite.lib.api.fields import Choice
from mailsuite.lib.api.query import Query
from mailsuite.lib.api.strict import StrictSerializer
from mailsuite.lib.api.views import ApiViewSet
from mailsuite.lib.errors import Refusal

SHOWN_REFUSALS = 100
# Erasing needs more than an entry: the data of the person have to go.
ENTERED = [one for one in Suppression.Reason.values if one != Suppression.Reason.ERASED]


class SuppressionQuery(Query):
    scope = Choice(Suppression.Scope.values, required=False)
    reason = Choice(Suppression.Reason.values, required=False)
    search = serializers.CharField(
        required=False, max_length=320, help_text="How the address or domain begins."
    )


class SuppressionItem(serializers.Serializer):
    id = serializers.CharField()
    scope = serializers.ChoiceField(Suppression.Scope.choices)
    value = serializers.CharField(help_text="Of somebody erased: a pseudonym of the address.")
    reason = serializers.ChoiceField(Suppression.Reason.choices)
    note = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class SuppressionCommand(StrictSerializer):
    value = serializers.CharField(
        max_length=320,
        help_text="An address (jan@zon.nl), or a whole domain (zon.nl), without its subdomains.",
    )
    reason = Choice(ENTERED, default=Suppression.Reason.MANUAL.value)
    note = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=500, validators=[check_one_line]
    )


class SuppressionForm(UploadForm):
    reason = Choice(ENTERED, default=Suppression.Reason.MANUAL.value)
    note = serializers.CharField(
        required=False, allow_blank=True, max_length=500, validators=[check_one_line]
    )
    column = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text="Its heading; otherwise the column of addresses, or the only one.",
    )


class RefusedRow(serializers.Serializer):
    row = serializers.IntegerField(source="number")
    column = serializers.CharField(allow_blank=True)
    value = serializers.CharField()
    reason = serializers.CharField()


class SuppressionImportResult(serializers.Serializer):
    added = serializers.IntegerField()
    known = serializers.IntegerField(help_text="On the list already, or twice in the file.")
    refused = serializers.IntegerField()
    refusals = RefusedRow(many=True, help_text="The first 100.")


@extend_schema(tags=["suppressions"])
class SuppressionViewSet(ApiViewSet):
    rights = "leads.suppression"
    queryset = Suppression.objects.all()

    @extend_schema(parameters=[SuppressionQuery], responses=SuppressionItem(many=True))
    def list(self, request: Request) -> Response:
        """The list, newest entries first."""
        query = self.query(SuppressionQuery)
        entries = self.queryset.all()
        for name in ("scope", "reason"):
            if name in query:
                entries = entries.filter(**{name: query[name]})
        if "search" in query:
            entries = entries.filter(value__startswith=query["search"].lower())
        return self.page_of(entries, SuppressionItem)

    @extend_schema(
        request=SuppressionCommand, responses={201: SuppressionItem, 200: SuppressionItem}
    )
    def create(self, request: Request) -> Response:
        """Put an address or a domain on the list. 200 where it is on it already.

        From then on nothing leaves for it, also nothing that is planned.
        """
        command = self.validated(SuppressionCommand)
        try:
            scope, value = scope_and_value(command["value"])
        except (InvalidAddress, InvalidUrl) as error:
            raise Refusal(str(error), fields={"value": str(error)}) from error
        reason = Suppression.Reason(command["reason"])
        added = suppress([value], reason=reason, scope=scope, note=command["note"])
        entry = Suppression.objects.get(scope=scope, value=value)
        return Response(SuppressionItem(entry).data, status=201 if added else 200)

    @extend_schema(responses=Nothing)
    def destroy(self, request: Request, suppression_id: int) -> Response:
        """Take an entry off the list that was made by hand; its leads are active again. 409 for
        opt-outs, complaints, bounces and erasures, which stay."""
        unsuppress(self.found(self.queryset, suppression_id))
        return Response(None)


class SuppressionUploadViewSet(SuppressionViewSet):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="suppressions_import",
        request={"multipart/form-data": SuppressionForm},
        responses={201: SuppressionImportResult},
    )
    def create(self, request: Request) -> Response:
        """Put a file of addresses and domains on the list, all of the good rows or nothing."""
        form = self.validated(SuppressionForm)
        with on_disk(form["file"]) as path:
            done = import_suppressions(
                path,
                reason=Suppression.Reason(form["reason"]),
                note=form.get("note", ""),
                column=form.get("column", ""),
                options=read_options(form),
            )
        result: dict[str, Any] = {
            "added": done.added,
            "known": done.known,
            "refused": len(done.refusals),
            "refusals": done.refusals[:SHOWN_REFUSALS],
        }
        return Response(SuppressionImportResult(result).data, status=201)
