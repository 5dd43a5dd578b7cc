"""What a person may do with a campaign, and in which status."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from unfold.enums import ActionVariant

from campaigns import lifecycle, wizard
from campaigns.models import Campaign
from campaigns.reviewing import review_held
from mailsuite.lib import clock
from mailsuite.lib.admin import Deed
from mailsuite.lib.errors import Conflict


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _launch(_: HttpRequest, campaign: Campaign) -> None:
    if campaign.status != Campaign.Status.DRAFT:  # which the service takes for a repetition
        raise Conflict(f"It is {campaign.status}, so it was launched before. Nothing was changed.")
    lifecycle.launch(campaign, clock.now())


def _review(request: HttpRequest, campaign: Campaign) -> None:
    result = review_held(campaign, clock.now())
    found = f"{campaign}: {result.released} released, {result.still_held} still held"
    lacking = ", ".join(f"{name} ({count})" for name, count in result.reasons.items())
    messages.info(request, f"{found} for lack of {lacking}." if lacking else f"{found}.")


LAUNCH = Deed(
    name="launch",
    title="Launch",
    asks="The audience is taken as it is now, every mail gets its slot, and the first ones leave "
    "at the start that is set.",
    done="launched",
    service=_launch,
    right="run",
    icon="rocket_launch",
    variant=ActionVariant.PRIMARY,
)
PAUSE = Deed(
    name="pause",
    title="Pause",
    asks="No mail leaves until it is resumed. Its domains stay taken.",
    done="paused",
    service=lambda _, campaign: lifecycle.pause(campaign, clock.now()),
    right="run",
    icon="pause",
    variant=ActionVariant.WARNING,
)
RESUME = Deed(
    name="resume",
    title="Resume",
    asks="What is left gets new slots from now on, at the usual pace.",
    done="resumed",
    service=lambda _, campaign: lifecycle.resume(campaign, clock.now()),
    right="run",
    icon="play_arrow",
    variant=ActionVariant.SUCCESS,
)
REVIEW = Deed(
    name="review",
    title="Check held leads again",
    asks="Leads that were held back and lack nothing any more get all the mails, behind those "
    "that are in the line already. A completed campaign runs again for them.",
    done="checked for held leads",
    service=_review,
    right="run",
    icon="fact_check",
)
STOP = Deed(
    name="stop",
    title="Stop",
    asks="What is planned is canceled for good, and the domains are free. This can't be undone.",
    done="stopped",
    service=lambda _, campaign: lifecycle.stop(campaign, clock.now()),
    right="run",
    icon="stop",
    variant=ActionVariant.DANGER,
)
DUPLICATE = Deed(
    name="duplicate",
    title="Duplicate",
    asks="A draft is made that asks for the same.",
    done="duplicated",
    service=lambda request, campaign: wizard.duplicate(campaign, by=_person(request)),
    right="copy",
    icon="content_copy",
)
DELETE = Deed(
    name="delete_draft",
    title="Delete",
    asks="The draft is gone for good. A campaign that was launched can't be deleted.",
    done="deleted",
    service=lambda _, campaign: wizard.delete_draft(campaign),
    right="removal",
    icon="delete",
    variant=ActionVariant.DANGER,
)

# What can be done with a campaign in each status.
BUTTONS: dict[str, tuple[str, ...]] = {
    Campaign.Status.DRAFT: ("launch_this", "duplicate_this", "delete_this"),
    Campaign.Status.RUNNING: ("pause_this", "review_this", "stop_this", "duplicate_this"),
    Campaign.Status.PAUSED: ("resume_this", "review_this", "stop_this", "duplicate_this"),
    Campaign.Status.COMPLETED: ("review_this", "duplicate_this"),
    Campaign.Status.STOPPED: ("duplicate_this",),
}
