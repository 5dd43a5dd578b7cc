"""A mail came back: because of the address, of the moment, or of us."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from campaigns.events import prove_delivery
from campaigns.models import Message, MessageEvent
from campaigns.soft_bounces import in_a_row
from leads.addresses import InvalidAddress, normalised_address
from leads.suppression import hold_for_writing
from tracking.effects.recording import record
from tracking.effects.values import Answer, Effect
from tracking.reading import Reason, Recipient, Verdict

_LONGEST_DIAGNOSTIC = 500


def bounced(answer: Answer) -> Effect:
    """Hard: message, lead and address are done with. Soft: the next mail is the next try, until
    that has failed too often in a row. A refusal of the sender: the domain stops, unless only
    words say so that anybody who has one of our mails could have written."""
    refusal = refusal_of(answer)
    if refusal is None:
        prove_delivery(answer.message.pk)
        return Effect("Of an address behind ours, a list's or a forwarding's: ours has the mail.")
    verdict = refusal.verdict
    if verdict is Verdict.SOFT:
        return _soft(answer, refusal)
    if verdict is Verdict.SENDER_PROBLEM:
        return _about_sender(answer, refusal)
    record(answer, MessageEvent.Kind.BOUNCED, **_detail(refusal))
    return Effect("The address does not work: it is suppressed, all flows to it have ended.")


def _about_sender(answer: Answer, refusal: Recipient) -> Effect:
    is_hearsay = answer.mail.is_prose
    record(answer, MessageEvent.Kind.BOUNCED, **_detail(refusal), hearsay=is_hearsay)
    if is_hearsay:
        return Effect(
            "It says that a server refuses this sender, but is no delivery report (RFC 3464): "
            "nothing has stopped. If it is right, pause the domain.",
            needs_person=True,
        )
    return Effect("The refusal is about the sender: the domain is paused, the address stays.")


def _soft(answer: Answer, refusal: Recipient) -> Effect:
    # Two such bounces at once would each miss the other; and before any row is locked.
    hold_for_writing([_address_of(answer.message)])
    count = in_a_row(answer.message)
    gives_up = count >= settings.SOFT_BOUNCES_IN_A_ROW
    detail = _detail(refusal) | {"in_a_row": count, "gives_up": gives_up}
    record(answer, MessageEvent.Kind.BOUNCED, **detail)
    if gives_up:
        return Effect(f"Not delivered {count} times in a row: the address is suppressed.")
    return Effect("Not delivered this time: the flow waits and then goes on.")


def _detail(refusal: Recipient) -> dict[str, Any]:
    return {
        "hard": refusal.verdict is Verdict.HARD,
        "verdict": refusal.verdict.value,
        "cause": refusal.reason.value,
        "status": refusal.status,
        "reason": refusal.diagnostic[:_LONGEST_DIAGNOSTIC],
        "address": refusal.address,
    }


def refusal_of(answer: Answer) -> Recipient | None:
    """What the report says of the address that our mail went to.

    Each of our mails has one recipient. None where the report names only others: ours is a list
    or forwards to them, and has taken the mail. One dead member does not condemn it, and what the
    servers behind it make of mail that it hands on (SPF breaks on the way) is not about us.
    """
    ours = _address_of(answer.message)
    failed = [one for one in answer.mail.recipients if one.action in ("failed", "")]
    if not failed:
        return Recipient(ours, ours, "", "failed", Reason.OTHER, Verdict.SOFT, "")
    return next((one for one in failed if _normalised(one.address) in (ours, "")), None)


def _address_of(message: Message) -> str:
    return message.recipient or message.lead.email


def _normalised(address: str) -> str:
    try:
        return normalised_address(address)
    except InvalidAddress:
        return address.strip().lower()
