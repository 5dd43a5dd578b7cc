"""Whom a campaign is for: its rules, turned into leads in order and into figures of who is left
out and why. One statement, whatever the size."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django_filters.constants import EMPTY_VALUES

from campaigns.models import Audience
from leads.filters import LeadFilter
from leads.models import Lead, Suppression
from mailsuite.lib.errors import Refusal


class Exclusion(StrEnum):
    """Why a lead that the rules name is left out; the first that holds is counted."""

    NOT_FOUND = "not found"
    DELETED = "deleted"
    BOUNCED = "bounced"
    SUPPRESSED = "suppressed"
    STOPPED = "stopped"
    MAILED_RECENTLY = "mailed recently"
    SAME_WEB_DOMAIN = "same web domain"


@dataclass(frozen=True, slots=True)
class AudienceSelection:
    """The leads that get mail, first come first served, and how many are left out by reason."""

    lead_ids: list[int]
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        """How many the rules named, the excluded ones among them."""
        return len(self.lead_ids) + sum(self.excluded.values())


def resolve(audience: Audience, now: datetime) -> AudienceSelection:
    """Choose the leads at `now`; changes nothing. `audience` may be unsaved.

    The order is that of `lead_ids` where leads are named, else of their creation. Deleted leads
    count as excluded only where they were named.

    Suppressed, bounced and stopped leads are left out always: `exclude_suppressed=False` can't
    bring them back, for nobody here may mail them (preflight says so to who tries).

    Raises Refusal as check_audience does.
    """
    check_audience(audience)
    try:
        chosen, parameters = _chosen(audience)
    except EmptyResultSet:
        return AudienceSelection([])
    statement = _SELECTION.format(
        chosen=chosen,
        lead=Lead._meta.db_table,
        suppression=Suppression._meta.db_table,
        repeats_domain=_REPEATS_DOMAIN if audience.one_per_domain else "FALSE",
    )
    recently = now - timedelta(days=audience.exclude_recent_days)
    with connection.cursor() as cursor:
        cursor.execute(statement, [*parameters, recently])
        rows = cursor.fetchall()
    return _selection(audience, rows)


def unknown_leads(audience: Audience) -> list[int]:
    """The ids that `audience` names and no lead ever had, in their order."""
    named = list(dict.fromkeys(audience.lead_ids))
    # One parameter for any number of ids.
    there = Lead.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [named]))
    known = set(there.values_list("pk", flat=True))
    return [pk for pk in named if pk not in known]


def named_list(audience: Audience) -> tuple[str, str]:
    """The list that `audience` is limited to, and the field that says so; blank where none is."""
    if audience.mode == Audience.Mode.LIST:
        return audience.list_name, "audience.list_name"
    name = audience.filters.get("list_name")
    return (name, "audience.filters") if isinstance(name, str) else ("", "")


def unknown_list(name: str) -> list[str] | None:
    """The lists that there are, where `name` is none of them; else None."""
    present = Lead.objects.present()
    if present.filter(list_name=name).exists():
        return None
    return list(present.exclude(list_name="").values_list("list_name", flat=True).distinct())


def check_audience(audience: Audience) -> None:
    """Raises Refusal, naming the field, unless `audience` says whom it means.

    A list without a name and filters without a value would be far more people than anybody
    meant; everybody is meant by mode all only. Leads without an id are nobody.
    """
    check_mode(audience)
    if audience.mode == Audience.Mode.LEADS and not audience.lead_ids:
        raise _unclear("audience.lead_ids", "name the leads")
    if audience.mode == Audience.Mode.LIST and not audience.list_name.strip():
        raise _unclear("audience.list_name", "name the list")
    if audience.mode == Audience.Mode.FILTER and not _narrows(_checked(audience.filters)):
        raise _unclear("audience.filters", "give at least one filter that chooses leads")


def check_mode(audience: Audience) -> None:
    """Raises Refusal for a field that belongs to another mode than the audience's: which of the
    two was meant, nobody can tell."""
    for mode, name in _FIELD_OF.items():
        if mode != audience.mode and getattr(audience, name):
            field, problem = f"audience.{name}", f"belongs to mode {mode}, not {audience.mode}"
            raise Refusal(
                f"The audience is contradictory: {field} {problem}. Leave it out, or use mode "
                f"{mode}.",
                fields={field: f"{problem}; leave it out, or use mode {mode}"},
                code="audience_contradictory",
            )


def check_filters(filters: dict[str, object]) -> None:
    """Raises Refusal, naming the filter, unless the lead list could use all of them."""
    _checked(filters)


_FIELD_OF = {
    Audience.Mode.LEADS: "lead_ids",
    Audience.Mode.LIST: "list_name",
    Audience.Mode.FILTER: "filters",
}


def _unclear(field: str, problem: str) -> Refusal:
    problem = f"{problem}, or use mode all for everybody"
    return Refusal(
        f"It is not clear whom the campaign is for: {field}: {problem}.",
        fields={field: problem},
        code="audience_unfilled",
    )


def _narrows(chosen: LeadFilter) -> bool:
    """Whether a value was given to any filter that leaves somebody out by itself."""
    return any(
        chosen.form.cleaned_data[name] not in EMPTY_VALUES
        for name, one in chosen.filters.items()
        if one.method != "unchanged"
    )


def _selection(
    audience: Audience, rows: list[tuple[str | None, int, list[int] | None]]
) -> AudienceSelection:
    lead_ids = next((ids or [] for reason, _, ids in rows if reason is None), [])
    excluded = {reason: count for reason, count, _ in rows if reason is not None}
    if audience.mode == Audience.Mode.LEADS:
        found = sum(count for _, count, _ in rows)
        if lacking := len(set(audience.lead_ids)) - found:
            excluded[Exclusion.NOT_FOUND] = lacking
    in_order = {str(reason): excluded[reason] for reason in Exclusion if reason in excluded}
    return AudienceSelection(lead_ids, in_order)


def _chosen(audience: Audience) -> tuple[str, list[Any]]:
    """SQL for (id, place) of the leads that the rules name, with its parameters."""
    if audience.mode == Audience.Mode.LEADS:
        named = list(dict.fromkeys(audience.lead_ids))
        return "SELECT * FROM unnest(%s::bigint[]) WITH ORDINALITY AS named (id, place)", [named]
    leads: QuerySet[Lead] = Lead.objects.present()
    if audience.mode == Audience.Mode.LIST:
        leads = leads.filter(list_name=audience.list_name)
    elif audience.mode == Audience.Mode.FILTER:
        leads = _checked(audience.filters).qs
    sql, parameters = leads.order_by().values("pk").query.sql_with_params()
    return f"SELECT found.id, 0 AS place FROM ({sql}) AS found (id)", list(parameters)  # noqa: S608


def _checked(filters: dict[str, object]) -> LeadFilter:
    known = LeadFilter.base_filters
    unknown = sorted(filters.keys() - known.keys())
    if unknown:
        problem = f"no such filter: {', '.join(unknown)}; these exist: {', '.join(sorted(known))}"
        raise Refusal(
            f"The audience can't be chosen: {problem}.", fields={"audience.filters": problem}
        )
    chosen = LeadFilter(filters, queryset=Lead.objects.present())
    if not chosen.is_valid():
        problems = "; ".join(
            f"{name}: {' '.join(map(str, errors))}" for name, errors in chosen.errors.items()
        )
        raise Refusal(
            f"The audience can't be chosen: {problems}", fields={"audience.filters": problems}
        )
    return chosen


# Leads without a web domain are nobody's neighbours.
_REPEATS_DOMAIN = """
    reason IS NULL AND domain <> ''
    AND row_number() OVER (
        PARTITION BY domain, reason IS NULL ORDER BY place, created_at, id
    ) > 1
"""

_SELECTION = f"""
WITH chosen AS ({{chosen}}),
judged AS (
    SELECT lead.id, lead.domain, lead.created_at, chosen.place,
        CASE
            WHEN lead.deleted_at IS NOT NULL THEN '{Exclusion.DELETED}'
            WHEN lead.status = '{Lead.Status.BOUNCED}' THEN '{Exclusion.BOUNCED}'
            WHEN lead.status <> '{Lead.Status.ACTIVE}'
                OR EXISTS (SELECT FROM {{suppression}} AS entry
                    WHERE entry.scope = '{Suppression.Scope.ADDRESS}' AND entry.value = lead.email)
                OR EXISTS (SELECT FROM {{suppression}} AS entry
                    WHERE entry.scope = '{Suppression.Scope.DOMAIN}'
                    AND entry.value = lead.email_domain)
                THEN '{Exclusion.SUPPRESSED}'
            WHEN lead.stopped_at IS NOT NULL THEN '{Exclusion.STOPPED}'
            WHEN lead.last_emailed_at > %s THEN '{Exclusion.MAILED_RECENTLY}'
        END AS reason
    FROM chosen JOIN {{lead}} AS lead ON lead.id = chosen.id
),
settled AS (
    SELECT id, place, created_at,
        CASE WHEN {{repeats_domain}} THEN '{Exclusion.SAME_WEB_DOMAIN}' ELSE reason END AS reason
    FROM judged
)
SELECT reason, count(*), array_agg(id ORDER BY place, created_at, id) FILTER (WHERE reason IS NULL)
FROM settled GROUP BY reason
"""  # noqa: S608
