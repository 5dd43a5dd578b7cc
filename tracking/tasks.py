from celery import shared_task

from mailsuite.lib import clock
from tracking import digest


@shared_task(ignore_result=True)
def digest_hits() -> int:
    return digest.digest_hits(clock.now())
