"""A test mail to a colleague: a preview that really leaves, by the way that campaign mail takes.

It passes no gate and leaves no trace in the ledger: it belongs to no message, carries no token of
one, and takes no slot of the domain's throttle.
"""

from __future__ import annotations

from typing import NoReturn

from campaigns.composing import compose_test
from campaigns.mail import CannotComposeError, ComposedMail
from campaigns.models import SenderAlias, SendingAccount
from campaigns.transport import Delivery, Outcome, TransportUnavailableError, transport_for
from leads.addresses import InvalidAddress, normalised_address
from leads.models import Lead
from leads.suppression import is_suppressed
from mailsuite.lib.errors import Refusal
from templates_app.models import TemplateVersion

_NO_ALIAS = "Add one under Sending domains."


def find_alias(*, alias_id: int | None = None, domain: str = "") -> SenderAlias | None:
    """The sender that was asked for; without a wish the first one of an active domain, None where
    nobody has made any. Raises Refusal for one that does not exist."""
    aliases = SenderAlias.objects.select_related("domain__account", "account").order_by("pk")
    if alias_id is not None:
        found = aliases.filter(pk=alias_id).first()
        return found or _refuse_alias(f"There is no sender alias {alias_id}.", "alias_id")
    if domain:
        found = aliases.filter(domain__name=domain.strip().lower()).first()
        return found or _refuse_alias(f"{domain!r} has no sender alias. {_NO_ALIAS}", "domain")
    return aliases.filter(domain__is_active=True).first()


def compose_for(to: str, version: TemplateVersion, lead: Lead, alias: SenderAlias) -> ComposedMail:
    """The test mail, not sent yet. Raises Refusal for an address that may not be mailed and a
    template that makes no mail."""
    recipient = _checked(to)
    try:
        return compose_test(version, lead, alias=alias, recipient=recipient)
    except CannotComposeError as problem:
        raise Refusal(f"No mail can be made of it: {problem}", code="not_composed") from problem


def deliver(mail: ComposedMail, account: SendingAccount) -> None:
    """Hand it over, once. Raises Refusal with the server's words where it is not taken."""
    try:
        with transport_for(account) as transport:
            transport.connect()
            delivery = transport.deliver(mail)
    except TransportUnavailableError as problem:
        raise Refusal(
            f"The test mail could not leave: {problem}. Check the sending account “{account}”.",
            code="no_connection",
        ) from problem
    if not delivery.is_accepted:
        raise _refused(delivery)


def _checked(to: str) -> str:
    try:
        address = normalised_address(to)
    except InvalidAddress as problem:
        raise Refusal(str(problem), fields={"to": str(problem)}) from problem
    if is_suppressed(address):
        raise Refusal(
            f"{address} is on the suppression list: nothing is sent there. Choose another address.",
            fields={"to": "is on the suppression list"},
            code="suppressed",
        )
    return address


def _refused(delivery: Delivery) -> Refusal:
    answer = " ".join(str(part) for part in (delivery.code, delivery.detail) if part)
    if delivery.outcome == Outcome.UNKNOWN:
        return Refusal(
            f"It is not known whether the test mail arrived: the server never confirmed it "
            f"({answer}). Look into the mailbox before you send another.",
            code="unknown",
        )
    return Refusal(f"The server did not take the test mail: {answer}", code="not_delivered")


def _refuse_alias(message: str, field: str) -> NoReturn:
    raise Refusal(message, fields={field: "does not exist"})
