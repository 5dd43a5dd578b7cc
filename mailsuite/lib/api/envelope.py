"""Every answer of the API is `{"data": …, "error": null}` or `{"data": null, "error": …}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import JSONRenderer


class EnvelopeRenderer(JSONRenderer):
    """Wraps what a view answers. Errors arrive wrapped already (mailsuite.lib.api.errors)."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        response = (renderer_context or {}).get("response")
        if response is None or not response.exception:
            data = {"data": data, "error": None}
        return super().render(data, accepted_media_type, renderer_context)
