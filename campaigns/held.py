"""Leads that a campaign holds back, because a mail prints something that they have no value for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Func

from campaigns.models import Campaign
from campaigns.querysets import EnrollmentQuerySet
from leads.models import Lead
from mailsuite.lib.plurals import counted

# So many held-back leads are named; their count is always whole.
MOST_HELD_NAMED = 1000


@dataclass(frozen=True, slots=True)
class HeldLead:
    """A lead that needs review: what its mails would print and it has no value for."""

    lead_id: int
    email: str
    missing: tuple[str, ...]


def reviewable(campaign: Campaign) -> EnrollmentQuerySet:
    """The held enrollments that a review could release: of leads that may be mailed."""
    held: EnrollmentQuerySet = campaign.enrollments.held()
    return held.filter(lead__in=Lead.objects.mailable().not_suppressed())


def waits_for_review(count: int) -> str:
    """What the outcome of a campaign says of so many held leads, with the way to mail them."""
    wait = "waits" if count == 1 else "wait"
    return (
        f"{counted(count, 'lead')} {wait} for review, for lack of something that the mails print. "
        "Fill it in and check the held leads again (the button, or POST /campaigns/{id}/review): "
        "the campaign then runs again for those that lack nothing any more."
    )


def held_leads(campaign: Campaign) -> tuple[HeldLead, ...]:
    """The first MOST_HELD_NAMED held leads of a launched campaign, with the reasons as of the
    launch or the last review."""
    held = campaign.enrollments.held().order_by("position", "pk")[:MOST_HELD_NAMED]
    return tuple(
        HeldLead(lead_id, email, tuple(missing))
        for lead_id, email, missing in held.values_list(
            "lead_id", "lead__email", "missing_variables"
        )
    )


def held_reasons(campaign: Campaign) -> dict[str, int]:
    """What is missing ("lead.company") → how many of the campaign's held leads lack it."""
    named = (
        campaign.enrollments.held()
        .order_by()
        .annotate(missing=Func(F("missing_variables"), function="unnest"))
    )
    counted = named.values("missing").annotate(leads=Count("pk")).order_by("missing")
    return dict(counted.values_list("missing", "leads"))


def with_addresses(held: Iterable[tuple[int, tuple[str, ...]]]) -> tuple[HeldLead, ...]:
    """The first MOST_HELD_NAMED of `held`, rows of lead and what it lacks."""
    named = list(held)[:MOST_HELD_NAMED]
    emails = dict(Lead.objects.filter(pk__in=[pk for pk, _ in named]).values_list("pk", "email"))
    return tuple(HeldLead(pk, emails.get(pk, ""), missing) for pk, missing in named)
