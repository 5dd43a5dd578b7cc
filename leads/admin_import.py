"""The import page of the admin: upload, map, see the counts of a dry run, import, see the result.

An upload is a dry run from the start, so that the counts are there with the mapping. Mapping and
mode can be changed and checked again until the import is run for real.
"""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.views.generic import FormView
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.views import UnfoldModelAdminViewMixin

from leads.admin_import_forms import MappingForm, UploadForm
from leads.import_reports import report_file
from leads.import_runs import read_options, reset, store_import
from leads.inspecting import FileRefused, Inspection, inspect
from leads.models import LeadImport
from leads.tables import UnreadableFile
from leads.tasks import run_again, start
from mailsuite.lib.errors import Refusal

SHOWN_REMARKS = 25
_NAME = "admin:leads_leadimport"


class ImportButton(ModelAdmin):
    """Adds the button above a list."""

    actions_list = ["upload_leads"]

    @action(description="Import leads", url_path="upload-leads", permissions=["upload"])
    def upload_leads(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"{_NAME}_upload"))

    def has_upload_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return request.user.has_perm("leads.add_leadimport")


class ImportPages(ImportButton):
    """Adds the pages to the admin of LeadImport."""

    actions_detail = ["review_import"]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        upload = wrap(UploadView.as_view(model_admin=self))
        review = wrap(ReviewView.as_view(model_admin=self))
        return [
            path("upload/", upload, name="leads_leadimport_upload"),
            path("<int:pk>/review/", review, name="leads_leadimport_review"),
            path("<int:pk>/errors.csv", wrap(self.errors_view), name="leads_leadimport_errors"),
            *super().get_urls(),
        ]

    @action(description="Columns and result", url_path="columns")
    def review_import(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"{_NAME}_review", args=[object_id]))

    def errors_view(self, request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        return report_file(get_object_or_404(LeadImport, pk=pk))


class UploadView(UnfoldModelAdminViewMixin, FormView):
    title = "Import leads"
    permission_required = ("leads.add_leadimport",)
    template_name = "leads/admin/upload.html"
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponse:
        given = form.cleaned_data
        try:
            lead_import = store_import(
                given["file"],
                filename=given["file"].name,
                list_name=given["list_name"],
                mode=given["mode"],
                options=form.read_options,
                dry_run=True,
                may_lack_mapping=True,
                by=cast(User, self.request.user),
            )
        except FileRefused as refusal:
            form.add_error("file", refusal.message)
            return self.form_invalid(form)
        start(lead_import)
        return HttpResponseRedirect(reverse(f"{_NAME}_review", args=[lead_import.pk]))


class ReviewView(UnfoldModelAdminViewMixin, FormView):
    permission_required = ("leads.view_leadimport",)
    template_name = "leads/admin/review.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.lead_import = get_object_or_404(LeadImport, pk=kwargs["pk"])

    @property
    def title(self) -> str:
        return str(self.lead_import)

    def get_form(self, form_class: Any = None) -> MappingForm:
        found = self._inspection()
        return MappingForm(found, **{**self.get_form_kwargs(), "initial": self._initial()})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm("leads.add_leadimport"):
            return HttpResponse(status=403)
        try:
            return super().post(request, *args, **kwargs)
        except Refusal as refusal:
            messages.error(request, refusal.message)
            return self._back()

    def form_valid(self, form: MappingForm) -> HttpResponse:
        mapping, mode = form.mapping, form.cleaned_data["mode"]
        changed = mapping != self._inspection().targets or mode != self.lead_import.mode
        if "import" in self.request.POST and not changed:
            run_again(self.lead_import)
        else:
            reset(self.lead_import, mapping=mapping, mode=mode)
            start(self.lead_import)
            if "import" in self.request.POST:
                messages.info(self.request, "That was another mapping: look at its counts first.")
        return self._back()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.lead_import
        Status = LeadImport.Status  # noqa: N806
        return super().get_context_data(
            lead_import=one,
            is_waiting=one.status in (Status.PENDING, Status.RUNNING),
            can_change=(one.status == Status.FAILED or one.dry_run)
            and self.request.user.has_perm("leads.add_leadimport"),
            can_import=one.status == Status.COMPLETED and one.dry_run,
            remarks=one.refusals.all()[:SHOWN_REMARKS],
            remarks_total=one.refusals.count(),
            **kwargs,
        )

    def _inspection(self) -> Inspection:
        one = self.lead_import
        if one.path is None:
            return Inspection.of_nothing()
        try:
            return inspect(one.path, read_options(one), one.mapping)
        except (UnreadableFile, FileNotFoundError):
            return Inspection.of_nothing()

    def _initial(self) -> dict[str, str]:
        return {"mode": self.lead_import.mode}

    def _back(self) -> HttpResponse:
        return HttpResponseRedirect(reverse(f"{_NAME}_review", args=[self.lead_import.pk]))
