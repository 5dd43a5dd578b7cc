"""What the gate answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from campaigns.models import Enrollment


class Verdict(Enum):
    PASSED = "passed"
    LOST = "the claim was lost to another worker"
    # Back to the queue: it may leave later.
    NOT_YET = "not yet"
    # Never: the message is canceled and the flow ended.
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Decision:
    verdict: Verdict
    why: str = ""
    # With NEVER: why the enrollment ends.
    end_reason: Enrollment.EndReason | None = None
    # With NOT_YET: when the throttle opens, where that is all that is in the way.
    opens_at: datetime | None = None
    # With NOT_YET: there is no use in asking again before this.
    not_before: datetime | None = None
