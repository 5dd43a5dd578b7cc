"""What somebody's words say of further mail."""

from __future__ import annotations

from enum import Enum, auto


class OptOut(Enum):
    NO = auto()
    PERHAPS = auto()  # a person has to read it: nothing takes an opt-out back
    YES = auto()
