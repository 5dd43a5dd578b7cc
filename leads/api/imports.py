"""Imports of leads: look into a file, import it, see how far it is and what came of it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.http import FileResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.forms import MappedUploadForm, read_options
from leads.api.import_serializers import (
    ImportDetail,
    ImportForm,
    ImportItem,
    ImportQuery,
    InspectionItem,
)
from leads.import_reports import report_file
from leads.import_runs import ROWS_AT_ONCE, import_now
from leads.importer import DuplicatesFound
from leads.inspecting import FileRefused, inspect, on_disk
from leads.models import LeadImport
from leads.tables import UnreadableFile
from leads.tasks import hand_out, run_again
from mailsuite.lib.api.envelope import EnvelopeRenderer
from mailsuite.lib.api.strict import NoFields
from mailsuite.lib.api.views import ApiViewSet

SHOWN_REFUSALS = 100


def _all_rows_at(failed: LeadImport | None) -> str:
    if failed is None:
        return ""
    address = reverse("import-lead-errors", kwargs={"import_id": failed.pk})
    return f" Every row that was not taken is named by import {failed.pk}: GET {address}."


class CsvFile(BaseRenderer):
    """Lets a client ask for text/csv; the view writes the file itself."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *_: Any, **__: Any) -> Any:
        return data


@extend_schema(tags=["imports"])
class ImportViewSet(ApiViewSet):
    rights = "leads.leadimport"
    verbs = {"inspect": "add", "run": "add"}
    queryset = LeadImport.objects.select_related("created_by")

    @extend_schema(parameters=[ImportQuery], responses=ImportItem(many=True))
    def list(self, request: Request) -> Response:
        """Imports, the newest first."""
        query = {name: value for name, value in self.query(ImportQuery).items() if value}
        return self.page_of(self.queryset.filter(**query), ImportItem)

    @extend_schema(responses=ImportDetail)
    def retrieve(self, request: Request, import_id: int) -> Response:
        """One import: how far it is, and the rows that were not taken, or not taken whole."""
        return self._detail(import_id)

    @extend_schema(request=NoFields, responses=ImportDetail)
    def run(self, request: Request, import_id: int) -> Response:
        """Import for real after a dry run, or once more after a failure. 409 otherwise, and when
        the file is not kept any more."""
        self.validated(NoFields)
        run_again(self.found(self.queryset, import_id))
        return self._detail(import_id)

    def _detail(self, import_id: int, *, status: int = 200) -> Response:
        lead_import = self.found(self.queryset, import_id)
        lead_import.first_refusals = lead_import.refusals.all()[:SHOWN_REFUSALS]
        lead_import.refusals_total = lead_import.refusals.count()
        return Response(ImportDetail(lead_import).data, status=status)


class UploadViewSet(ImportViewSet):
    parser_classes = [MultiPartParser]

    @extend_schema(request={"multipart/form-data": ImportForm}, responses={201: ImportDetail})
    def create(self, request: Request) -> Response:
        """Import a file of leads: all of its good rows, or nothing.

        Up to 2,000 rows are imported at once and the answer is complete. A longer file is
        answered with status `pending` and imported in the background; GET shows its progress.
        422: the file or the mapping can't be used. 409: mode error, and duplicates; the import
        is kept as `failed`, and the message names the address of its errors.csv.
        """
        form = self.validated(ImportForm)
        try:
            lead_import = import_now(
                form["file"],
                most_rows=ROWS_AT_ONCE,
                filename=form["file"].name,
                list_name=form["list_name"],
                mode=form["mode"],
                mapping=form.get("mapping"),
                options=read_options(form),
                dry_run=form["dry_run"],
                by=cast(User, request.user),
            )
        except DuplicatesFound as duplicates:
            duplicates.message += _all_rows_at(duplicates.lead_import)
            raise
        if lead_import.status == LeadImport.Status.PENDING:
            hand_out(lead_import)
        return self._detail(lead_import.pk, status=201)

    @extend_schema(request={"multipart/form-data": MappedUploadForm}, responses=InspectionItem)
    def inspect(self, request: Request) -> Response:
        """What is in a file, and where each column would go. Nothing is kept."""
        form = self.validated(MappedUploadForm)
        try:
            with on_disk(form["file"]) as path:
                found = inspect(path, read_options(form), form.get("mapping"))
        except UnreadableFile as error:
            raise FileRefused(error) from error
        return Response(InspectionItem(found).data)


class ReportViewSet(ImportViewSet):
    renderer_classes = [EnvelopeRenderer, CsvFile]

    @extend_schema(responses={(200, "text/csv"): OpenApiTypes.STR})
    def errors(self, request: Request, import_id: int) -> FileResponse:
        """The rows that were not taken, or not taken whole, each with the reason and its cells.

        Mended, the file can be imported as it is.
        """
        return report_file(self.found(self.queryset, import_id))

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        self.request.accepted_renderer = EnvelopeRenderer()
        self.request.accepted_media_type = EnvelopeRenderer.media_type
        return response
