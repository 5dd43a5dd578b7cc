from celery import shared_task

from mailsuite.lib import clock
from tracking import digest
from tracking.mailboxes import condition, turns
from tracking.webhooks import processing

# A turn that waited as long as a tick is replaced by the next tick's.
TURN_EXPIRES_SECONDS = 55


@shared_task(ignore_result=True)
def digest_hits() -> int:
    return digest.digest_hits(clock.now())


@shared_task(ignore_result=True)
def process_webhooks() -> int:
    return processing.process_waiting(clock.now())


@shared_task(ignore_result=True)
def read_mailboxes() -> None:
    for mailbox_id in condition.due(clock.now()).values_list("pk", flat=True):
        _offer(mailbox_id)


@shared_task(ignore_result=True)
def read_mailbox(mailbox_id: int) -> None:
    if turns.read_mailbox(mailbox_id).has_more:  # behind those that wait
        _offer(mailbox_id)


def _offer(mailbox_id: int) -> None:
    read_mailbox.apply_async(args=(mailbox_id,), expires=TURN_EXPIRES_SECONDS)
