"""What gunicorn serves in the benches of the web: mailsuite, and the empty views beside it."""

from __future__ import annotations

from django.conf import settings

settings.MIDDLEWARE.insert(0, "benchmarks.web_empty.answer_bare")
settings.ROOT_URLCONF = "benchmarks.web_empty"

from mailsuite.wsgi import application  # noqa: E402

__all__ = ["application"]
