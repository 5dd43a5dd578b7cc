"""Which message of ours does a mail speak of?

A mail is believed only as far as it can be tied to one: by a number that we signed, or by the
Message-ID of a mail that we sent, which nobody else can guess (forged bounces are an attack).
"""

from __future__ import annotations

from campaigns.models import Message
from mailsuite.lib.storable import storable
from mailsuite.lib.tokens import InvalidToken, Purpose, verify
from tracking.reading import References, SignedReference


def message_of(references: References) -> Message | None:
    """The one that the best proof leads to; None where there is no proof."""
    for signed in references.signed:
        message = _signed_message(signed)
        if message is not None:
            return message
    ids = references.message_ids
    found = {message.smtp_message_id: message for message in _by_message_ids(ids)}
    return next((found[message_id] for message_id in ids if message_id in found), None)


def _signed_message(reference: SignedReference) -> Message | None:
    try:
        verify(reference.token, Purpose(reference.purpose), reference.message_id)
    except InvalidToken:
        return None
    return Message.objects.filter(pk=reference.message_id).first()


def _by_message_ids(ids: tuple[str, ...]) -> list[Message]:
    """No query for what strangers wrote and PostgreSQL can't even be asked for."""
    possible = [message_id for message_id in ids if storable(message_id) == message_id]
    return list(Message.objects.filter(smtp_message_id__in=possible)) if possible else []
