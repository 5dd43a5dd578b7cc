"""The pictures that mails show from their address (`image.url`). Nothing else of the media
folder is public: reports and imported files are about people."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve

FOLDER = "images"


@require_safe
@cache_control(public=True, max_age=86_400)
def picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file below `MEDIA_ROOT/images`; 404 for a folder or nothing there,
    400 for a way out.

    The upload accepts pictures only; the policy makes sure that one with a script in it stays
    one. A proxy in front may serve the same folder itself.
    """
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT / FOLDER))
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
