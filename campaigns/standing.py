"""What decides on messages at the gate, locked and read as it stands there.

One trip to the database takes the locks on the addresses, then campaigns, leads, enrollments,
messages and the sending domain, in the lock order that everybody keeps: shared where many gates
read, for this gate alone where the slot is taken.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db import models

from campaigns.claiming import Claim
from campaigns.mail import ComposedMail
from campaigns.models import Campaign, Enrollment, Message, SendingDomain, SendingPolicy
from leads.models import Lead
from leads.suppression import covered, entries_covering, holding
from mailsuite.lib.statements import Row, Statement, columns_of, instance_of, run_together


@dataclass(frozen=True, slots=True)
class Departure:
    """A claimed message, as it was read then, with the mail that was composed of it."""

    claim: Claim
    message: Message
    mail: ComposedMail


class LeadStanding(NamedTuple):
    status: str
    stopped_at: datetime | None
    deleted_at: datetime | None


class EnrollmentStanding(NamedTuple):
    status: str
    end_reason: str
    waits_until: datetime | None


class Standing(NamedTuple):
    """A message that is still its claim's, with all that may forbid it. Times are business time."""

    scheduled_at: datetime
    not_before: datetime | None
    campaign: Campaign
    lead: LeadStanding
    enrollment: EnrollmentStanding
    domain: SendingDomain
    is_suppressed: bool


# What is asked of a campaign; the rest stays in the database.
_OF_CAMPAIGN = columns_of(
    Campaign, ("id", "status", "daily_limit", "send_days", "send_from", "send_until")
)


def lock_standing(
    departures: Sequence[Departure],
) -> tuple[dict[int, Standing], SendingDomain]:
    """Message id → standing, for those that are still their claims'; and the domain of them all,
    with its policy.

    To be called within a transaction, which keeps everything as it is. `departures` is not empty.
    """
    messages = {one.message.pk: one.message for one in departures}
    recipients = {one.message.pk: one.mail.recipient for one in departures}
    addresses = list(recipients.values())
    _, of_campaigns, of_leads, of_enrollments, ours, of_domain, entries = run_together(
        holding(addresses),
        _share(Campaign, _OF_CAMPAIGN, {one.campaign_id for one in messages.values()}),
        _share(Lead, ("id", *LeadStanding._fields), {one.lead_id for one in messages.values()}),
        _share(
            Enrollment,
            ("id", *EnrollmentStanding._fields),
            {one.enrollment_id for one in messages.values()},
        ),
        _take([one.claim for one in departures]),
        _take_domain(departures[0].message.domain_id),
        entries_covering(addresses),
    )
    campaigns = {row[0]: instance_of(Campaign, _OF_CAMPAIGN, row) for row in of_campaigns}
    leads = {pk: LeadStanding(*row) for pk, *row in of_leads}
    enrollments = {pk: EnrollmentStanding(*row) for pk, *row in of_enrollments}
    domain = _domain(of_domain)
    suppressed = covered(addresses, entries)
    standing = {
        pk: Standing(
            scheduled_at,
            not_before,
            campaigns[messages[pk].campaign_id],
            leads[messages[pk].lead_id],
            enrollments[messages[pk].enrollment_id],
            domain,
            recipients[pk] in suppressed,
        )
        for pk, scheduled_at, not_before in ours
    }
    return standing, domain


def _share(model: type[models.Model], columns: Sequence[str], ids: Collection[int]) -> Statement:
    """Any number of gates at once; whoever changes these rows waits for them, and they for it."""
    return Statement(
        f"share_{model._meta.db_table}",
        f"SELECT {', '.join(columns)} FROM {model._meta.db_table} "  # noqa: S608
        "WHERE id = ANY(%s) ORDER BY id FOR SHARE",
        [list(ids)],
    )


def _take(claims: Sequence[Claim]) -> Statement:
    return Statement(
        "take_claimed",
        f"SELECT id, scheduled_at, not_before FROM {Message._meta.db_table} "  # noqa: S608
        "WHERE id = ANY(%s) AND attempt_id = ANY(%s) AND status = 'sending' "
        "AND phase = 'claimed' AND lease_until > now() ORDER BY id FOR NO KEY UPDATE",
        [[claim.message_id for claim in claims], [claim.attempt_id for claim in claims]],
    )


def _take_domain(domain_id: int) -> Statement:
    columns = [
        f"{model._meta.db_table}.{column}"
        for model in (SendingDomain, SendingPolicy)
        for column in columns_of(model)
    ]
    domains, policies = SendingDomain._meta.db_table, SendingPolicy._meta.db_table
    return Statement(
        "take_domain",
        f"SELECT {', '.join(columns)} FROM {domains} "  # noqa: S608
        f"JOIN {policies} ON {policies}.id = {domains}.policy_id "
        f"WHERE {domains}.id = %s FOR NO KEY UPDATE OF {domains}",
        [domain_id],
    )


def _domain(rows: Sequence[Row]) -> SendingDomain:
    (row,) = rows
    columns = columns_of(SendingDomain)
    domain = instance_of(SendingDomain, columns, row[: len(columns)])
    domain.policy = instance_of(SendingPolicy, columns_of(SendingPolicy), row[len(columns) :])
    return domain
