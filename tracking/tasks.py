import structlog
from celery import shared_task
from django.db import transaction
from kombu.exceptions import OperationalError

from mailsuite.lib import clock
from tracking import digest
from tracking.inbox import departing
from tracking.mailboxes import condition, turns
from tracking.webhooks import processing

log = structlog.get_logger(__name__)

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


@shared_task(ignore_result=True)
def send_replies() -> None:
    departing.reap_expired_leases()
    for reply_id in departing.due(clock.now()):
        send_reply.apply_async(args=(reply_id,), expires=TURN_EXPIRES_SECONDS)


@shared_task(ignore_result=True)
def send_reply(reply_id: int) -> None:
    departing.send(reply_id)


def hand_out(reply_id: int) -> None:
    """Give a reply to a worker once it is committed. Without Redis it stays queued, until
    `send_replies` finds it."""

    def send() -> None:
        try:
            send_reply.apply_async(args=(reply_id,), retry=False, expires=TURN_EXPIRES_SECONDS)
        except OperationalError:
            log.exception("a reply waits: its task could not be sent", reply_id=reply_id)

    transaction.on_commit(send)
