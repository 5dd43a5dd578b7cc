"""Everything below /api/v1/: each app brings its own routes, in its `api/urls.py`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerView

from mailsuite.lib.api.auth import LogoutView, RefreshView, TokenView
from mailsuite.lib.api.schema_view import SchemaView

urlpatterns = [
    path("auth/token", TokenView.as_view(), name="token"),
    path("auth/refresh", RefreshView.as_view(), name="token-refresh"),
    path("auth/logout", LogoutView.as_view(), name="token-logout"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("", include("leads.api.urls")),
    path("", include("templates_app.api.urls")),
    path("", include("campaigns.api.urls")),
    path("", include("tracking.api.urls")),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]
