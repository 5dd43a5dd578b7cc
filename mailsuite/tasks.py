"""The daily task that forgets what nobody needs any more."""

from __future__ import annotations

from datetime import timedelta

import structlog
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from celery import shared_task
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from campaigns.models import MessageContent, Tick
from leads.import_files import forget_old_files
from leads.totals import forget_old_changes
from mailsuite.lib import clock
from mailsuite.lib.idempotency import records
from tracking.people_queue import settle_strangers
from tracking.purging import forget_raw_mails
from tracking.webhooks.storing import old_events

log = structlog.get_logger(__name__)

TICKS_KEPT_FOR = timedelta(days=7)
LOGINS_KEPT_FOR = timedelta(days=90)
# In one transaction; a year's content would lock and bloat for minutes.
BATCH = 5000


@shared_task
def housekeeping() -> None:
    """All times are the database's: what is old depends on no clock that a person can set. But
    for raw mails and providers' events, which carry business time."""
    content_age = timedelta(days=settings.SENT_CONTENT_RETENTION_DAYS)
    old_content = MessageContent.objects.filter(created_at__lt=Now() - content_age)
    logins = Now() - LOGINS_KEPT_FOR
    forgotten = {
        "idempotency_records": records.forget_old(),
        # The blacklist's own rows go with their tokens.
        "tokens": _forget(OutstandingToken.objects.filter(expires_at__lt=Now())),
        "contents": _forget(old_content),
        "unmatched_mails": settle_strangers(clock.now()),
        "raw_mails": forget_raw_mails(clock.now()),
        "import_files": forget_old_files(timedelta(days=settings.IMPORT_FILE_RETENTION_DAYS)),
        "ticks": _forget(Tick.objects.filter(at__lt=Now() - TICKS_KEPT_FOR)),
        "lead_changes": forget_old_changes(),
        "provider_events": _forget(old_events(clock.now())),
        "sessions": _forget(Session.objects.filter(expire_date__lt=Now())),
        "login_attempts": _forget(AccessAttempt.objects.filter(attempt_time__lt=logins)),
        "logins": _forget(AccessLog.objects.filter(attempt_time__lt=logins)),
        "failed_logins": _forget(AccessFailureLog.objects.filter(attempt_time__lt=logins)),
    }
    log.info("housekeeping", **{name: count for name, count in forgotten.items() if count})


def _forget(rows: QuerySet) -> int:
    """Delete the rows batch by batch; answer how many went, without what hung on them."""
    total = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        total += len(keys)
    return total
