"""Whom a person may answer.

Who wrote to us may be answered by hand, also where no campaign may mail them: a lead that was
stopped, an address that bounced once or was put on the list by hand. Who opted out, complained or
had their data erased may not: "no more mail" means from people too.
"""

from __future__ import annotations

from collections.abc import Collection

from leads.addresses import InvalidAddress, normalised_address
from leads.models import Suppression
from leads.querysets import SuppressionQuerySet
from leads.suppression import covered
from tracking.models import InboundMail

_NO_MORE_MAIL = {
    Suppression.Reason.UNSUBSCRIBED: "opted out",
    Suppression.Reason.COMPLAINT: "complained about our mails",
    Suppression.Reason.ERASED: "had their data erased",
}


def addresses_of(inbound: InboundMail, recipient: str) -> list[str]:
    """All that is known of the person behind a mail, normalised: one opt-out holds for each."""
    assert inbound.message is not None  # noqa: S101  only then it is answered
    known = [recipient, inbound.from_address, inbound.message.recipient, inbound.message.lead.email]
    return sorted({found for one in known if (found := plain_address(one))})


def objection(addresses: Collection[str]) -> str:
    """Why nobody may answer who has these addresses, in words; "" where a person may."""
    entry = _objections(addresses).order_by("created_at").first()
    if entry is None:
        return ""
    who = "This person" if entry.reason == Suppression.Reason.ERASED else entry.value
    did = _NO_MORE_MAIL[Suppression.Reason(entry.reason)]
    return (
        f"{who} {did} on {entry.created_at:%d %B %Y}, and gets no mail from here, not by hand "
        "either."
    )


def objecting(addresses: Collection[str]) -> set[str]:
    """Those of them, normalised, whom nobody may answer; by one query."""
    return covered(list(addresses), list(_objections(addresses).values_list("scope", "value")))


def _objections(addresses: Collection[str]) -> SuppressionQuerySet:
    return Suppression.objects.covering(list(addresses)).filter(reason__in=list(_NO_MORE_MAIL))


def plain_address(address: str) -> str:
    """Normalised; "" for what is none."""
    try:
        return normalised_address(address)
    except InvalidAddress:
        return ""
