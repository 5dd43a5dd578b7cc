from django.urls import path

from templates_app.api.views import TemplateViewSet

urlpatterns = [
    path(
        "templates",
        TemplateViewSet.as_view({"get": "list", "post": "create"}),
        name="templates",
    ),
    path(
        "templates/<int:template_id>",
        TemplateViewSet.as_view(
            {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
        ),
        name="template",
    ),
    path(
        "templates/<int:template_id>/versions",
        TemplateViewSet.as_view({"get": "versions"}),
        name="template-versions",
    ),
]
