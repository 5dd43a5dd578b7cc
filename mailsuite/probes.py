"""The addresses that machines ask, answered ahead of everything else."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from mailsuite.health import live, ready
from mailsuite.metrics import metrics

View = Callable[[HttpRequest], HttpResponse]

PROBES: dict[str, View] = {"/healthz": live, "/readyz": ready, "/metrics": metrics}


def answer_probes(get_response: View) -> View:
    """Middleware, the first of all.

    A probe calls a container by its address, without TLS, many times a minute: it must meet
    neither ALLOWED_HOSTS nor the redirect to https, and would fill the log with its requests.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path)
        if probe is None:
            return get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return probe(request)

    return answer
