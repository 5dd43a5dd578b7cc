"""One lead entered or changed by hand. Many come through leads.importer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from leads.addresses import InvalidAddress, normalised_address
from leads.lead_rows import shows
from leads.models import Lead, Suppression
from leads.suppression import hold_addresses
from leads.web_domains import InvalidUrl, web_domain
from mailsuite.lib.errors import Conflict, Refusal


@transaction.atomic
def create_lead(fields: Mapping[str, Any]) -> Lead:
    """A new lead with these fields. An address on the suppression list makes one that gets no
    mail. Raises Refusal for an address or website that can't be, Conflict for one that is there.
    """
    lead = Lead(**_checked(fields))
    lead.status = _status_by_list(lead.email)
    return _saved(lead)


@transaction.atomic
def update_lead(lead: Lead, fields: Mapping[str, Any]) -> Lead:
    """Change these fields. Raises as `create_lead` does.

    With another address, a lead that had bounced is active again; one that opted out is not.
    """
    fields = _checked(fields)
    moves = fields.get("email", lead.email) != lead.email
    status = _status_by_list(fields["email"]) if moves else None
    lead = Lead.objects.select_for_update(no_key=True).get(pk=lead.pk)
    for name, value in fields.items():
        setattr(lead, name, value)
    if status is not None and lead.status != Lead.Status.SUPPRESSED:
        lead.status = status
    return _saved(lead)


def _checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields in the form that is stored; Refusal naming those that can't be."""
    checked, problems = dict(fields), {}
    if "email" in checked:
        try:
            checked["email"] = normalised_address(checked["email"])
        except InvalidAddress as error:
            problems["email"] = str(error)
    if "url" in checked:
        try:
            checked["domain"] = web_domain(checked["url"]) if checked["url"] else ""
        except InvalidUrl as error:
            problems["url"] = str(error)
    if problems:
        raise Refusal(" ".join(problems.values()), fields=problems)
    if "vars" in checked:  # absent and blank are the same; a stored blank would count as filled
        checked["vars"] = {key: value for key, value in checked["vars"].items() if shows(value)}
    if "tags" in checked:
        checked["tags"] = list(dict.fromkeys(checked["tags"]))
    return checked


def _status_by_list(address: str) -> Lead.Status:
    """What the suppression list says of an address, and says until we commit."""
    hold_addresses([address])
    reasons = set(Suppression.objects.covering([address]).values_list("reason", flat=True))
    if Suppression.Reason.ERASED in reasons:
        raise Refusal(
            "This person asked to be forgotten, so the address can't be stored again.",
            fields={"email": "belongs to somebody who asked to be forgotten"},
        )
    if not reasons:
        return Lead.Status.ACTIVE
    bounced = reasons == {Suppression.Reason.BOUNCED}
    return Lead.Status.BOUNCED if bounced else Lead.Status.SUPPRESSED


def _saved(lead: Lead) -> Lead:
    try:
        with transaction.atomic():
            lead.save()
    except IntegrityError as error:
        raise _taken(lead.email) from error
    return lead


def _taken(address: str) -> Exception:
    other = Lead.objects.filter(email=address).first()
    if other is None:  # deleted for good in between
        return Conflict(f"{address} was taken at this moment. Try again.")
    if other.deleted_at is None:
        message = f"{address} is lead {other.pk} already. Change that one."
    else:
        message = (
            f"{address} is lead {other.pk}, which was deleted. "
            f"POST /api/v1/leads/{other.pk}/restore brings it back."
        )
    return Conflict(message, fields={"email": message}, code="lead_exists")
