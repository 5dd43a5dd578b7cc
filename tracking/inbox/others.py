"""Who else a mail went to, and may get the answer by Cc."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from campaigns.models import SendingDomain
from leads.models import Lead
from leads.public_providers import is_public_provider
from mailsuite.lib.errors import Refusal
from tracking.inbox.permission import objecting, plain_address
from tracking.models import InboundMail
from tracking.own_mail import aliases_among

# Beyond that it is a mailing list; nobody answers hundreds by hand.
MOST = 20
_MOST_TICKED = 5


def others_of(inbound: InboundMail, recipient: str) -> list[str]:
    """To and Cc, normalised, in their order, without `recipient` of the answer, who wrote the mail
    and our own senders. A colleague without an alias is one of them."""
    named = (
        plain_address(one) for one in [*inbound.to_addresses, *inbound.cc_addresses][: 2 * MOST]
    )
    besides = {"", recipient, plain_address(inbound.from_address)}
    found = [one for one in dict.fromkeys(named) if one not in besides]
    ours = aliases_among(found) if found else set()
    return [one for one in found if one not in ours][:MOST]


def may_get_copies(inbound: InboundMail, recipient: str) -> list[str]:
    """Those of them that have not said that they want no mail."""
    others = others_of(inbound, recipient)
    unwilling = objecting(others) if others else set()
    return [one for one in others if one not in unwilling]


def ticked_of(offered: Collection[str], recipient: str) -> set[str]:
    """Those of them who are in Cc unless a person says otherwise: of the recipient's company (not
    at a public mail provider), of our own domains, and leads. Of more than a few, nobody.

    Whoever wrote the mail has chosen the others, and the answer quotes it: with strangers ticked,
    one click would send the writer's words to them in our name.
    """
    if len(offered) > _MOST_TICKED:
        return set()
    company = recipient.rpartition("@")[2]
    domains = set(SendingDomain.objects.values_list("name", flat=True))
    domains |= set() if is_public_provider(company) else {company}
    leads = set(Lead.objects.filter(email__in=offered).values_list("email", flat=True))
    return {one for one in offered if one in leads or one.rpartition("@")[2] in domains}


def checked_copies(cc: Iterable[str], inbound: InboundMail, recipient: str) -> list[str]:
    """`cc` as it was chosen, normalised. Raises Refusal for whom the mail did not go to."""
    chosen = list(dict.fromkeys(plain_address(one) or one for one in cc))
    known = others_of(inbound, recipient) if chosen else []
    for one in chosen:
        if one not in known:
            raise Refusal(
                f"{one!r} cannot be put in Cc: the mail that you answer did not go there.",
                fields={"cc": f"{one!r} is not among those whom the mail went to"},
            )
    return chosen
