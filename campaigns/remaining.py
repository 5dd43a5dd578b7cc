"""What a campaign has still to send on one domain, read from the ledger as chains to plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from campaigns.delays import delays_by_mail
from campaigns.models import Campaign, Enrollment, Message, SendingDomain
from campaigns.scheduling.values import Chain, Step
from campaigns.throttle import slots_under_way

# Named and not excluded, so that an index can find them among the many that are queued.
_LEFT_THE_QUEUE = [
    status
    for status in Message.Status
    if status not in {Message.Status.QUEUED, Message.Status.CANCELED}
]


class QueuedMail(NamedTuple):
    """A queued message, as planning sees it."""

    pk: int
    enrollment_id: int
    position: int
    mail_number: int
    scheduled_at: datetime
    not_before: datetime | None


class MailBefore(NamedTuple):
    """The mail that went ahead of a queued one, or is under way."""

    enrollment_id: int
    status: str
    scheduled_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Remaining:
    """What `campaign` has still to send on one domain.

    `chains` can be planned; those in `waiting` come after a mail whose fate is unknown. The key
    of a chain is its enrollment. `slots` are those of mails that a worker holds.
    """

    campaign: Campaign
    mails: tuple[QueuedMail, ...]
    chains: tuple[Chain, ...]
    waiting: tuple[Chain, ...]
    slots: tuple[datetime, ...]

    def by_key(self) -> dict[tuple[int, int], QueuedMail]:
        """(chain key, mail number) → the message."""
        return {(mail.enrollment_id, mail.mail_number): mail for mail in self.mails}


def remaining(
    campaign: Campaign, domain: SendingDomain, now: datetime, *, lock: bool = False
) -> Remaining:
    """Four queries, whatever the size. With `lock` the queued messages are held until the
    transaction ends, in the order of their ids, as everybody takes them: a canceled mail is
    then either left out here or canceled afterwards, never planned over."""
    mails = _queued(campaign, domain, lock=lock)
    before = _before(campaign, domain)
    delays = delays_by_mail(campaign.flow_version.steps.all()) if campaign.flow_version else {}
    chains: list[Chain] = []
    waiting: list[Chain] = []
    for enrollment_id, group in groupby(mails, key=lambda mail: mail.enrollment_id):
        queued = list(group)
        ahead = before.get(enrollment_id)
        chain = Chain(
            key=enrollment_id,
            order=queued[0].position,
            steps=tuple(Step(mail.mail_number, delays[mail.mail_number]) for mail in queued),
            last_sent_at=_gone_at(ahead, now),
            not_before=queued[0].not_before,
        )
        is_waiting = ahead is not None and ahead.status == Message.Status.UNKNOWN
        (waiting if is_waiting else chains).append(chain)
    slots = slots_under_way([domain]).get(domain.pk, [])
    return Remaining(campaign, tuple(mails), tuple(chains), tuple(waiting), tuple(slots))


def _gone_at(ahead: MailBefore | None, now: datetime) -> datetime | None:
    """When the mail ahead went. One that is being sent at this moment counts as going now."""
    if ahead is None:
        return None
    if ahead.status == Message.Status.SENDING:
        return max(now, ahead.scheduled_at)
    return ahead.sent_at or ahead.scheduled_at


def _queued(campaign: Campaign, domain: SendingDomain, *, lock: bool) -> list[QueuedMail]:
    messages = Message.objects.queued().filter(
        campaign=campaign, domain=domain, enrollment__status=Enrollment.Status.ACTIVE
    )
    if lock:
        messages = messages.select_for_update(no_key=True, of=("self",))
    found: Iterable[Sequence] = messages.order_by("pk").values_list(
        "pk", "enrollment_id", "enrollment__position", "mail_number", "scheduled_at", "not_before"
    )
    return sorted(
        (QueuedMail(*row) for row in found),
        key=lambda mail: (mail.position, mail.enrollment_id, mail.mail_number),
    )


def _before(campaign: Campaign, domain: SendingDomain) -> dict[int, MailBefore]:
    """Enrollment → its last mail that left the queue."""
    found = (
        Message.objects.filter(
            campaign=campaign,
            domain=domain,
            status__in=_LEFT_THE_QUEUE,
            enrollment__status=Enrollment.Status.ACTIVE,
        )
        .order_by("enrollment_id", "-mail_number")
        .distinct("enrollment_id")
        .values_list("enrollment_id", "status", "scheduled_at", "sent_at")
    )
    return {row[0]: MailBefore(*row) for row in found}
