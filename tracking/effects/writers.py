"""By which addresses, besides the one that we wrote to, does a mail opt somebody out?"""

from __future__ import annotations

from campaigns.models import Message
from leads.addresses import InvalidAddress, normalised_address
from leads.models import Lead
from leads.public_providers import is_public_provider


def writers_besides(message: Message, from_address: str, *, is_vouched: bool) -> list[str]:
    """The writer's address, normalised, unless the message or its lead has it anyway; or none.

    Anybody can write a From. So it counts where the writer is a lead of ours or at the company
    that we wrote to (never at a public mail provider), of whom not to hear from us is no harm; any
    other where a person vouches for it.
    """
    try:
        writer = normalised_address(from_address)
    except InvalidAddress:
        return []
    ours = _addresses_of(message)
    if writer in ours:
        return []
    counts = is_vouched or _is_of_company(writer, ours) or _is_lead(writer)
    return [writer] if counts else []


def is_theirs(message: Message, address: str) -> bool:
    """Whether a normalised `address` is the one that we wrote to, the lead's or of their company
    (never at a public mail provider)."""
    ours = _addresses_of(message)
    return address in ours or _is_of_company(address, ours)


def _addresses_of(message: Message) -> set[str]:
    return {message.recipient or message.lead.email, message.lead.email}


def _is_of_company(writer: str, ours: set[str]) -> bool:
    domain = writer.rpartition("@")[2]
    of_ours = {address.rpartition("@")[2] for address in ours}
    return domain in of_ours and not is_public_provider(domain)


def _is_lead(writer: str) -> bool:
    return Lead.objects.filter(email=writer).exists()
