"""A campaign's life: launch, pause, resume, stop, completion. Each is one short transaction that
starts by locking the campaign, so whoever comes second sees what the first did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Max, Min, OuterRef

from campaigns.domain_holding import free_domains, hold_domains
from campaigns.enrollments import end_enrollments
from campaigns.flow_building import pin_version
from campaigns.held import reviewable, waits_for_review
from campaigns.layout import Layout, lay_out
from campaigns.models import Audience, Campaign, Enrollment, Message, SendingDomain
from campaigns.planning import plan_again
from campaigns.preparing import prepare, rows_of
from campaigns.storing import store
from mailsuite.lib.errors import Conflict, Refusal
from mailsuite.lib.plurals import counted

Status = Campaign.Status


@dataclass(frozen=True, slots=True)
class LaunchResult:
    """What a launch made, read back from the rows: launching again answers the same."""

    campaign: Campaign
    matched: int
    enrolled: int
    held: int
    excluded: dict[str, int]
    planned: int
    first_at: datetime | None
    last_at: datetime | None


@transaction.atomic
def launch(campaign: Campaign, now: datetime) -> LaunchResult:
    """Take the audience's snapshot, create every message and let it run. Idempotent: of a
    campaign that is no draft any more, it changes nothing and answers what was made.

    Where nothing is planned, for no lead matches or all are held back, it completes at once and
    says why in `outcome`. Raises NotReady (422) and, for a busy domain, Conflict (409).
    """
    campaign = _locked(campaign)
    if campaign.status != Status.DRAFT:
        return _result(campaign)
    hold_domains(campaign)
    prepared = prepare(rows_of(campaign), now)
    campaign.flow_version = pin_version(prepared.steps)
    campaign.status, campaign.launched_at = Status.RUNNING, now
    campaign.save(update_fields=["flow_version", "status", "launched_at", "updated_at"])
    layout = lay_out(prepared, now)
    store(layout, now)
    _keep_figures(layout, now)
    if not layout.planned:
        _finish(campaign, Status.COMPLETED, _nothing_to_send(layout), now)
    return _result(campaign)


@transaction.atomic
def pause(campaign: Campaign, now: datetime) -> Campaign:
    """Let nothing leave until `resume`; the domains stay busy. A paused one stays as it is.

    Once this has committed, no mail passes the gate any more. Raises Conflict.
    """
    campaign = _locked(campaign)
    if campaign.status == Status.PAUSED:
        return campaign
    _require(campaign, Status.RUNNING, to="pause")
    campaign.status, campaign.paused_at = Status.PAUSED, now
    campaign.save(update_fields=["status", "paused_at", "updated_at"])
    return campaign


@transaction.atomic
def resume(campaign: Campaign, now: datetime) -> Campaign:
    """Go on: what is left gets new slots from `now` on, so nothing piles up. A running one stays
    as it is. Raises Conflict."""
    campaign = _locked(campaign)
    if campaign.status == Status.RUNNING:
        return campaign
    _require(campaign, Status.PAUSED, to="resume")
    campaign.status, campaign.paused_at = Status.RUNNING, None
    campaign.save(update_fields=["status", "paused_at", "updated_at"])
    for domain in SendingDomain.objects.filter(pk__in=_domain_ids(campaign)).order_by("pk"):
        plan_again(domain, now, afresh=True)
    return campaign


@transaction.atomic
def stop(campaign: Campaign, now: datetime) -> Campaign:
    """End for good: what is queued is canceled, the domains are free. What is being sent at this
    moment is still finished. A stopped one stays as it is. Raises Conflict."""
    campaign = _locked(campaign)
    if campaign.status == Status.STOPPED:
        return campaign
    _require(campaign, *Campaign.HOLDING, to="stop")
    reason = Enrollment.EndReason.CAMPAIGN_STOPPED
    active, held = campaign.enrollments.active(), campaign.enrollments.held()
    still_in, waiting = (end_enrollments(ones, reason, now) for ones in (active, held))
    outcome = f"Stopped by hand with {counted(still_in, 'lead')} still in the flow"
    outcome += f" and {counted(waiting, 'lead')} held for review." if waiting else "."
    _finish(campaign, Status.STOPPED, outcome, now)
    return campaign


def change_status(campaign: Campaign, status: str, now: datetime) -> Campaign:
    """Bring `campaign` to `status`: running (also called active), paused or stopped.

    A draft that is to run is launched. Raises Refusal for any other status, NotReady, Conflict.
    """
    if status in {"active", Status.RUNNING}:
        if campaign.status == Status.DRAFT:
            return launch(campaign, now).campaign
        return resume(campaign, now)
    if status == Status.PAUSED:
        return pause(campaign, now)
    if status == Status.STOPPED:
        return stop(campaign, now)
    problem = f'"{status}" can\'t be asked for; choose running, active, paused or stopped'
    raise Refusal(f"The status stays: {problem}.", fields={"status": problem})


def complete_finished(now: datetime) -> int:
    """Complete the running campaigns that have nothing left to do; answer how many.

    A message of unknown fate keeps its campaign running until a proof or a person decides. Held
    leads don't: their review runs the campaign again, as its `outcome` says.
    """
    unfinished = Message.objects.unfinished().filter(campaign=OuterRef("pk"))
    candidates = Campaign.objects.running().filter(~Exists(unfinished)).order_by("pk")
    return sum(_complete(pk, now) for pk in candidates.values_list("pk", flat=True))


@transaction.atomic
def _complete(campaign_id: int, now: datetime) -> bool:
    campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign_id)
    messages = Message.objects.filter(campaign=campaign)
    if campaign.status != Status.RUNNING or messages.unfinished().exists():
        return False
    sent, total = messages.accepted().count(), messages.count()
    outcome = f"{sent} of {counted(total, 'mail')} sent." if total else "Nothing was sent."
    if waiting := reviewable(campaign).count():
        outcome += f" {waits_for_review(waiting)}"
    campaign.enrollments.active().update(status=Enrollment.Status.COMPLETED, ended_at=now)
    _finish(campaign, Status.COMPLETED, outcome, now)
    return True


def _finish(campaign: Campaign, status: Status, outcome: str, now: datetime) -> None:
    campaign.status, campaign.outcome, campaign.finished_at = status, outcome, now
    campaign.save(update_fields=["status", "outcome", "finished_at", "updated_at"])
    free_domains(campaign)


def _locked(campaign: Campaign) -> Campaign:
    """The campaign as it is now, locked. NO KEY UPDATE: rows that point to it can be added."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def _require(campaign: Campaign, *allowed: Status, to: str) -> None:
    if campaign.status not in allowed:
        raise Conflict(
            f'"{campaign}" is {campaign.status}; only a {" or ".join(allowed)} campaign can be '
            f"asked to {to}.",
            fields={"status": f"is {campaign.status}"},
            code="wrong_status",
        )


def _domain_ids(campaign: Campaign) -> list[int]:
    return list(campaign.campaign_domains.values_list("domain_id", flat=True))


def _keep_figures(layout: Layout, now: datetime) -> None:
    audience, selection = layout.prepared.rows.audience, layout.selection
    audience.taken_at = now
    audience.matched_count = selection.matched
    audience.enrolled_count = len(layout.enrolled)
    audience.held_count = layout.held
    audience.excluded = selection.excluded
    audience.save()


def _nothing_to_send(layout: Layout) -> str:
    if layout.held:
        return f"Nothing was sent. {waits_for_review(layout.held)}"
    if layout.selection.excluded:
        reasons = ", ".join(f"{count} {why}" for why, count in layout.selection.excluded.items())
        return f"Nothing was sent: every lead that matched is excluded ({reasons})."
    return "Nothing was sent: no lead matches the audience."


def _result(campaign: Campaign) -> LaunchResult:
    audience = Audience.objects.filter(campaign=campaign).first() or Audience()
    messages = Message.objects.filter(campaign=campaign).aggregate(
        planned=Count("pk"), first=Min("scheduled_at"), last=Max("scheduled_at")
    )
    return LaunchResult(
        campaign=campaign,
        matched=audience.matched_count,
        enrolled=audience.enrolled_count,
        held=audience.held_count,
        excluded=audience.excluded,
        planned=messages["planned"],
        first_at=messages["first"],
        last_at=messages["last"],
    )
