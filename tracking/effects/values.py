"""What effects get and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Message
from tracking.reading import ReadMail


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail that came back, with the message of ours that it speaks of.

    Both times are business time, UTC: when it came, and when we learnt of it. Events of it are
    named after `source_id`. `is_vouched`: a person, and not the mail itself, says that it speaks of
    this message.
    """

    mail: ReadMail
    message: Message
    received_at: datetime
    learned_at: datetime
    source_id: str
    is_vouched: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What it did, in words for the marketer; and whether a person has to go on from there."""

    words: str
    needs_person: bool = False
