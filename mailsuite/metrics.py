"""Figures for Prometheus, read from PostgreSQL whenever it scrapes.

Nothing is counted in the processes: the database knows it all, over any number of workers and
across restarts.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from campaigns import backlog
from campaigns.domain_checks.stored import failed_checks
from campaigns.models import DailyFigures
from mailsuite.lib import clock
from tracking.mailboxes import condition
from tracking.models import Hit, ProviderEvent, StuckMail

_OUTCOMES = (
    "planned", "sent", "opened", "clicked", "replied", "bounced", "failed", "canceled",
    "unsubscribed", "complained",
)  # fmt: skip


class Ledger(Collector):
    def collect(self) -> Iterator[Metric]:
        now = clock.now()
        yield _by_status()
        due = backlog.due(now)
        lag = (now - due.oldest_at).total_seconds() if due.oldest_at else 0
        yield _gauge("mailsuite_messages_due", "Messages whose moment has come", due.count)
        yield _gauge("mailsuite_oldest_due_seconds", "How long the first of them waits", lag)
        yield _gauge(
            "mailsuite_messages_needing_decision",
            "Unknown messages that a person must decide on",
            backlog.needing_decision(now).count(),
        )
        yield _gauge(
            "mailsuite_domain_checks_failed",
            "Checks of SPF, DKIM and DMARC that the sending domains in use failed last",
            failed_checks().count(),
        )
        yield from _domains()
        yield _outcomes()
        yield _gauge("mailsuite_hits_waiting", "Opens and clicks to digest", Hit.objects.count())
        failing = condition.failing(now).count()
        yield _gauge("mailsuite_mailboxes_failing", "Mailboxes that cannot be read", failing)
        stuck = StuckMail.objects.count()
        yield _gauge("mailsuite_mails_stuck", "Mails that could not be read in their turn", stuck)
        told = ProviderEvent.objects.filter(state=ProviderEvent.State.WAITING).count()
        yield _gauge(
            "mailsuite_provider_events_waiting", "What providers told and is not taken in yet", told
        )
        age = backlog.last_tick_age()
        # Without any tick there is no age; NaN alerts where `> 180` is asked as `!(x <= 180)`.
        yield _gauge(
            "mailsuite_last_tick_age_seconds",
            "Since the dispatcher last finished a tick",
            age.total_seconds() if age is not None else float("nan"),
        )


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)


def _by_status() -> Metric:
    family = GaugeMetricFamily("mailsuite_messages", "Messages not yet final", labels=["status"])
    for status, count in backlog.open_by_status().items():
        family.add_metric([status], count)
    return family


def _domains() -> Iterator[Metric]:
    labels, now = ["domain"], clock.now()
    sent = GaugeMetricFamily("mailsuite_domain_sent_today", "Mails sent today", labels=labels)
    cap = GaugeMetricFamily("mailsuite_domain_daily_cap", "Mails allowed a day", labels=labels)
    waits = GaugeMetricFamily(
        "mailsuite_domain_throttle_wait_seconds",
        "How long a due message must wait for the throttle to open",
        labels=labels,
    )
    paused = GaugeMetricFamily("mailsuite_domain_paused", "1: it does not send", labels=labels)
    for domain in backlog.domains_today(now):
        sent.add_metric([domain.name], domain.sent)
        cap.add_metric([domain.name], domain.cap)
        waits.add_metric([domain.name], domain.waits_for(now).total_seconds())
        paused.add_metric([domain.name], domain.pause_reason is not None)
    yield from (sent, cap, waits, paused)


def _outcomes() -> Metric:
    family = CounterMetricFamily("mailsuite_mails", "Mails by what came of them", labels=["what"])
    sums = DailyFigures.objects.aggregate(**{name: Sum(name, default=0) for name in _OUTCOMES})
    for name in _OUTCOMES:
        family.add_metric([name], sums[name])
    return family


def _registry() -> CollectorRegistry:
    # Without auto_describe, registering would scrape once, at import.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Ledger())
    return registry


REGISTRY = _registry()


def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever knows METRICS_TOKEN, and for this very machine where no proxy stands before."""
    if not (_has_token(request) or _is_local(request)):
        return HttpResponse(
            "Send METRICS_TOKEN as a bearer token.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return hmac.compare_digest(token.strip().encode(), settings.METRICS_TOKEN.encode())


def _is_local(request: HttpRequest) -> bool:
    """A proxy on this machine speaks from loopback for the whole world."""
    if settings.PROXY_COUNT or "X-Forwarded-For" in request.headers:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:  # a Unix socket: whoever is behind it is a proxy
        return False
