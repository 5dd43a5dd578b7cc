from django.urls import path

from leads.api.imports import ImportViewSet, ReportViewSet, UploadViewSet
from leads.api.leads import LeadViewSet
from leads.api.suppressions import SuppressionUploadViewSet, SuppressionViewSet

urlpatterns = [
    path("leads", LeadViewSet.as_view({"get": "list", "post": "create"}), name="leads"),
    path("leads/bulk", LeadViewSet.as_view({"post": "bulk"}), name="leads-bulk"),
    path(
        "leads/<int:lead_id>",
        LeadViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="lead",
    ),
    path("leads/<int:lead_id>/stop", LeadViewSet.as_view({"post": "stop"}), name="lead-stop"),
    path(
        "leads/<int:lead_id>/restore",
        LeadViewSet.as_view({"post": "restore"}),
        name="lead-restore",
    ),
    path(
        "suppressions",
        SuppressionViewSet.as_view({"get": "list", "post": "create"}),
        name="suppressions",
    ),
    path(
        "suppressions/<int:suppression_id>",
        SuppressionViewSet.as_view({"delete": "destroy"}),
        name="suppression",
    ),
    path(
        "import/leads",
        UploadViewSet.as_view({"get": "list", "post": "create"}),
        name="import-leads",
    ),
    path(
        "import/leads/inspect",
        UploadViewSet.as_view({"post": "inspect"}),
        name="import-leads-inspect",
    ),
    path(
        "import/leads/<int:import_id>",
        ImportViewSet.as_view({"get": "retrieve"}),
        name="import-lead",
    ),
    path(
        "import/leads/<int:import_id>/run",
        ImportViewSet.as_view({"post": "run"}),
        name="import-lead-run",
    ),
    path(
        "import/leads/<int:import_id>/errors.csv",
        ReportViewSet.as_view({"get": "errors"}),
        name="import-lead-errors",
    ),
    path(
        "import/suppressions",
        SuppressionUploadViewSet.as_view({"post": "create"}),
        name="import-suppressions",
    ),
]
