"""Celery's side: fetch by id, call, no more. All state is in the database."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction
from kombu import Producer
from kombu.exceptions import OperationalError

from campaigns import claiming, dispatch, guardrails, lifecycle
from campaigns.domain_lock import domain_lock
from campaigns.models import SendingDomain
from campaigns.sending import Sender
from mailsuite.lib import clock

log = structlog.get_logger(__name__)

# A domain's turn ends before the next tick offers it again.
SENDING_SECONDS = 45
# A turn that waited as long as a tick is replaced by the next tick's.
TURN_EXPIRES_SECONDS = 55


@shared_task
def tick() -> None:
    begun = dispatch.begin_tick()
    if begun is None:
        return
    domain_ids = dispatch.domains_due(clock.now())
    with send_domain.app.producer_or_acquire() as producer:
        for domain_id in domain_ids:
            _offer(domain_id, producer)
    dispatch.finish_tick(begun)


@shared_task
def send_domain(domain_id: int) -> None:
    with domain_lock(domain_id) as is_ours:
        if not is_ours:
            return
        turn = Sender(domain_id).send_due(seconds=SENDING_SECONDS)
    if turn.has_more:  # behind those that wait, but not only at the next tick
        _offer(domain_id)


def _offer(domain_id: int, producer: Producer | None = None) -> None:
    send_domain.apply_async(
        args=(domain_id,),
        expires=TURN_EXPIRES_SECONDS,
        producer=producer,
        # What Celery finds out otherwise, by a general way that takes long.
        argsrepr=f"({domain_id},)",  # type: ignore[call-arg]  # not in celery-types
        kwargsrepr="{}",
    )


@shared_task
def release_unmailable() -> None:
    dispatch.release_unmailable(clock.now())


@shared_task
def reap_expired_leases() -> None:
    claiming.reap_expired_leases(clock.now())


@shared_task
def roll_over() -> None:
    dispatch.roll_over(clock.now())


@shared_task
def complete_finished() -> None:
    lifecycle.complete_finished(clock.now())


@shared_task
def judge_domains() -> None:
    guardrails.judge_all(clock.now())


@shared_task
def check_domains() -> None:
    """One task each: a DNS server that does not answer holds up its own domain only."""
    for domain_id in SendingDomain.objects.filter(is_active=True).values_list("pk", flat=True):
        check_one_domain.delay(domain_id)


@shared_task
def check_one_domain(domain_id: int) -> None:
    from campaigns.domain_checks.checking import check_domain

    domain = SendingDomain.objects.filter(pk=domain_id).first()
    if domain is not None:
        check_domain(domain, clock.now())


def hand_out_check(domain: SendingDomain) -> None:
    """Have a worker check the domain once this is committed. Without Redis, the next day's check
    comes to it."""

    def send() -> None:
        try:
            check_one_domain.apply_async(args=(domain.pk,), retry=False)
        except OperationalError:
            log.exception("domain check not handed out", domain=domain.name)

    transaction.on_commit(send)
