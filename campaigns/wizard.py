"""What the wizard gathers, made into rows: a draft that may be incomplete, saved or only tried.

What leads nowhere (a template, a flow, a domain, a filter that does not exist) or contradicts
itself is refused here, in a draft too; what is merely missing is for the launch to ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import models, transaction

from campaigns.audience import check_filters, check_mode
from campaigns.calendars import daily_shares, sending_calendar
from campaigns.lifecycle import LaunchResult, launch
from campaigns.models import Audience, Campaign, CampaignDomain, Flow, SendingDomain
from campaigns.preparing import CampaignRows, check_start, rows_of, with_senders
from mailsuite.lib.errors import Conflict, Refusal
from templates_app.models import Template

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDraft:
    """Everything that a person can say about a campaign; None and empty stand for "not said".

    `domains` are names or ids, in the order in which leads are dealt out. `send_from` and
    `send_until` are wall-clock in each domain's policy, `start_at` is aware.
    """

    name: str = ""
    template_id: int | None = None
    flow_id: int | None = None
    domains: Sequence[str | int] = ()
    # audience
    mode: str = Audience.Mode.LEADS
    lead_ids: Sequence[int] = ()
    list_name: str = ""
    filters: Mapping[str, Any] = field(default_factory=dict)
    exclude_suppressed: bool = True
    exclude_recent_days: int = 14
    one_per_domain: bool = False
    # schedule
    start_mode: str = Campaign.StartMode.NOW
    start_at: datetime | None = None
    # follow-up of a single template
    followup_enabled: bool = False
    followup_days: int = 3
    followup_attach_report: bool = False
    followup_template_id: int | None = None
    # limits, narrower than the policies'
    daily_limit: int | None = None
    send_days: Sequence[int] | None = None
    send_from: time | None = None
    send_until: time | None = None
    # tracking
    track_opens: bool = True
    track_clicks: bool = True
    stop_colleagues: bool = False


_CAMPAIGN_FIELDS = (
    "name", "start_mode", "start_at", "followup_enabled", "followup_days",
    "followup_attach_report", "daily_limit", "send_days", "send_from", "send_until",
    "track_opens", "track_clicks", "stop_colleagues",
)  # fmt: skip
_AUDIENCE_FIELDS = (
    "mode", "lead_ids", "list_name", "filters", "exclude_suppressed", "exclude_recent_days",
    "one_per_domain",
)  # fmt: skip


def build_rows(draft: CampaignDraft) -> CampaignRows:
    """`draft` as rows that are not saved: what a dry run of a payload is made of.

    Raises Refusal naming the field for what does not exist or is wider than a policy allows.
    """
    campaign = Campaign()
    audience = Audience(campaign=campaign)
    return _fill(CampaignRows(campaign, audience, ()), draft)


@transaction.atomic
def create_campaign(draft: CampaignDraft, *, by: User | None = None) -> Campaign:
    """Save `draft` as a campaign in status draft. Raises Refusal as build_rows does."""
    rows = build_rows(draft)
    rows.campaign.created_by = by
    return _save(rows)


@transaction.atomic
def create_and_launch(
    draft: CampaignDraft, now: datetime, *, by: User | None = None
) -> LaunchResult:
    """Create and launch in one go; where the launch is refused, nothing is created.

    Raises Refusal and NotReady (422), Conflict (409)."""
    return launch(create_campaign(draft, by=by), now)


@transaction.atomic
def update_draft(campaign: Campaign, draft: CampaignDraft) -> Campaign:
    """Make a draft say what `draft` says, all of it: `replace(draft_of(campaign), name=…)`
    changes one thing. Raises Conflict for a campaign that was launched, Refusal as build_rows.

    A template that was deleted since the draft named it may stay until the launch asks for
    another: whoever mends something else need not know.
    """
    campaign = _locked_draft(campaign, to="change")
    audience = Audience.objects.filter(campaign=campaign).first() or Audience(campaign=campaign)
    return _save(_fill(CampaignRows(campaign, audience, ()), draft))


@transaction.atomic
def delete_draft(campaign: Campaign) -> None:
    """Raises Conflict for a campaign that was launched: its mails are history."""
    _locked_draft(campaign, to="delete").delete()


def draft_of(campaign: Campaign) -> CampaignDraft:
    """What a campaign was asked to do, in the form in which it can be asked again."""
    rows = rows_of(campaign)
    return CampaignDraft(
        template_id=campaign.template_id,
        flow_id=campaign.flow.pk if campaign.flow else None,
        followup_template_id=campaign.followup_template.pk if campaign.followup_template else None,
        domains=tuple(domain.name for domain in rows.domains),
        **{name: getattr(campaign, name) for name in _CAMPAIGN_FIELDS},
        **{name: getattr(rows.audience, name) for name in _AUDIENCE_FIELDS},
    )


def changed(draft: CampaignDraft, changes: Mapping[str, Any]) -> CampaignDraft:
    """`draft` with `changes`. Another mode of the audience starts from nothing: whom the former
    one named is forgotten. So is the time of a start that is to be now."""
    if changes.get("start_mode") == Campaign.StartMode.NOW:
        draft = replace(draft, start_at=None)
    if changes.get("mode", draft.mode) != draft.mode:
        draft = replace(draft, lead_ids=(), list_name="", filters={})
    return replace(draft, **changes)


@transaction.atomic
def duplicate(campaign: Campaign, *, by: User | None = None) -> Campaign:
    """A draft that asks for the same, with the audience's rules and not its snapshot.

    It starts now: the time that was set belongs to the first one. A template that was deleted
    is left out for the launch to ask for; as a follow-up it stays, and the launch refuses it,
    because without one the first mail would be sent again in its place.
    """
    draft = replace(
        draft_of(campaign),
        name=f"{campaign.name[: _LONGEST_NAME - len(_COPY)]}{_COPY}",
        start_mode=Campaign.StartMode.NOW,
        start_at=None,
    )
    if campaign.template is not None and campaign.template.deleted_at is not None:
        draft = replace(draft, template_id=None)
    copy = Campaign(created_by=by, followup_template=campaign.followup_template)
    return _save(_fill(CampaignRows(copy, Audience(campaign=copy), ()), draft))


_COPY = " (copy)"
_LONGEST_NAME = 200


def _fill(rows: CampaignRows, draft: CampaignDraft) -> CampaignRows:
    campaign, audience = rows.campaign, rows.audience
    for name in _CAMPAIGN_FIELDS:
        setattr(campaign, name, getattr(draft, name))
    for name in _AUDIENCE_FIELDS:
        setattr(audience, name, getattr(draft, name))
    audience.lead_ids, audience.filters = list(draft.lead_ids), dict(draft.filters)
    campaign.template = _template(draft.template_id, campaign.template, "template_id")
    campaign.flow = _existing(Flow.objects.all(), draft.flow_id, "flow_id", "flow")
    campaign.followup_template = _template(
        draft.followup_template_id, campaign.followup_template, "followup.template_id"
    )
    check_start(campaign)
    check_mode(audience)
    if audience.mode == Audience.Mode.FILTER:
        check_filters(audience.filters)
    domains = _domains(draft.domains)
    _check_limits(campaign, domains)
    return replace(rows, domains=domains)


def _template(pk: int | None, former: Template | None, field_name: str) -> Template | None:
    """The template that is asked for; one that was named before may have been deleted since."""
    if former is not None and former.pk == pk:
        return former
    return _existing(Template.objects.present().with_current(), pk, field_name, "template")


def _existing(rows: models.QuerySet[Row], pk: int | None, field_name: str, what: str) -> Row | None:
    if pk is None:
        return None
    found = rows.filter(pk=pk).first()
    if found is None:
        problem = f"there is no {what} with the id {pk}"
        raise Refusal(
            f"{field_name}: {problem}. Choose one that exists.", fields={field_name: problem}
        )
    return found


def _domains(wanted: Sequence[str | int]) -> tuple[SendingDomain, ...]:
    names = [str(one).strip().lower() for one in wanted]
    ids = [int(name) for name in names if _is_id(name)]
    by_name_or_id = models.Q(name__in=names) | models.Q(pk__in=ids)
    known: dict[str, int] = {}
    for pk, name in SendingDomain.objects.filter(by_name_or_id).values_list("pk", "name"):
        known |= {name: pk, str(pk): pk}
    unknown = [name for name in names if name not in known]
    if unknown:
        problem = f"there is no sending domain {', '.join(unknown)}"
        existing = ", ".join(SendingDomain.objects.values_list("name", flat=True)[:20])
        raise Refusal(
            f"domains: {problem}. Choose from {existing or 'none: set one up first'}.",
            fields={"domains": problem},
        )
    return with_senders(list(dict.fromkeys(known[name] for name in names)))


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 18


def _check_limits(campaign: Campaign, domains: Sequence[SendingDomain]) -> None:
    shares = daily_shares(campaign, domains) if domains else []
    for domain, share in zip(domains, shares, strict=True):
        sending_calendar(domain.policy, campaign, daily_share=share)


def _save(rows: CampaignRows) -> Campaign:
    campaign = rows.campaign
    campaign.save()
    rows.audience.campaign = campaign
    rows.audience.save()
    campaign.campaign_domains.all().delete()
    CampaignDomain.objects.bulk_create(
        CampaignDomain(campaign=campaign, domain=domain, position=position)
        for position, domain in enumerate(rows.domains)
    )
    return campaign


def _locked_draft(campaign: Campaign, *, to: str) -> Campaign:
    locked: Campaign = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if locked.status != Campaign.Status.DRAFT:
        raise Conflict(
            f'"{locked}" is {locked.status}; you can {to} only a draft. Duplicate it to '
            "make another one like it.",
            fields={"status": f"is {locked.status}"},
            code="no_draft",
        )
    return locked
