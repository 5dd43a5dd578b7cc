"""Structured logs: one JSON object a line in production, coloured lines for a person."""

from __future__ import annotations

from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_HIDDEN = ("password", "secret", "token", "authorization", "api_key", "cookie")


def hide_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Blank every value whose name says that it must not be read in a log."""
    return {
        key: "***" if any(word in key.lower() for word in _HIDDEN) else value
        for key, value in event.items()
    }


def cut_query(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep the path of a request only: its query carries a recipient's token, or whom
    somebody searched for."""
    if isinstance(request := event.get("request"), str):
        event["request"] = request.partition("?")[0]
    # Gunicorn cites what it can't read, and what it failed on.
    if event.get("logger") == "gunicorn.error":
        event["event"] = str(event["event"]).partition("?")[0]
    return event


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    hide_secrets,
    cut_query,
]


def configure(*, level: str, json: bool) -> dict[str, Any]:
    """Set structlog up and return Django's LOGGING: both go through the same processors."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    endings: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *endings,
                ],
                "foreign_pre_chain": _SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"handlers": ["stderr"], "level": level, "propagate": False},
            "axes": {"level": "WARNING"},
            "celery.redirected": {"level": "WARNING"},
            # Every task has its line from django_structlog already: no second one for being sent.
            "celery.beat": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
