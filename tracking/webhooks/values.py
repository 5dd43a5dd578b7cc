"""What a provider's event says, whoever the provider is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracking.reading import Kind, Reason


@dataclass(frozen=True, slots=True)
class Report:
    """One event about one mail. Strings are third-party text: escape them."""

    # BOUNCE, COMPLAINT or UNSUBSCRIBE; OTHER: nothing but that the provider has the mail.
    kind: Kind
    event_type: str  # as anymail calls it: "delivered", "bounced", …
    # Names the event for ever; the same event told again has the same key.
    key: str
    at: datetime | None  # UTC; None where the provider does not say
    recipient: str  # "" where the provider does not say
    # What may be ours: our Message-ID first, without brackets.
    message_ids: tuple[str, ...]
    provider_message_id: str
    reason: Reason | None = None  # of a bounce
    diagnostic: str = ""
