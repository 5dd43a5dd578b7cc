from celery import shared_task

from mailsuite.lib import clock
from tracking import digest
from tracking.webhooks import processing


@shared_task(ignore_result=True)
def digest_hits() -> int:
    return digest.digest_hits(clock.now())


@shared_task(ignore_result=True)
def process_webhooks() -> int:
    return processing.process_waiting(clock.now())
