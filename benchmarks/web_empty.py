"""Two empty views beside mailsuite's own addresses.

One is what anybody gets who adds a view to the project: it stands in the URLconf, behind the
usual middlewares. The other answers where the pixel does, ahead of sessions, sign-in and the
request log: the least that Django under gunicorn can do.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

EMPTY, BARE = "/empty", "/bare"

View = Callable[[HttpRequest], HttpResponse]


def empty(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def answer_bare(get_response: View) -> View:
    """Middleware, the first of all."""

    def answer(request: HttpRequest) -> HttpResponse:
        return empty(request) if request.path_info == BARE else get_response(request)

    return answer


urlpatterns = [path(EMPTY.removeprefix("/"), empty), path("", include("mailsuite.urls"))]
