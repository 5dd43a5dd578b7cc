"""Where the OpenAPI schema is served."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.response import Response

from mailsuite.lib.api.envelope import EnvelopeRenderer


@extend_schema(exclude=True)
class SchemaView(SpectacularAPIView):
    """The schema as YAML or JSON; errors as everywhere else."""

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        self.request.accepted_renderer = EnvelopeRenderer()
        self.request.accepted_media_type = EnvelopeRenderer.media_type
        return response
