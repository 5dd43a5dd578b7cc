"""What can be wrong with a policy, a campaign's limits or a plan."""

from datetime import datetime


class InvalidFieldError(ValueError):
    """A value that can't be planned with; `field` is its name, `problem` what to do about it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class NoSendingDayError(ValueError):
    """The rules leave no day on which a mail could ever go."""


def require(holds: bool, field: str, problem: str) -> None:
    """Raise InvalidFieldError about `field` unless `holds`."""
    if not holds:
        raise InvalidFieldError(field, problem)


def require_aware(at: datetime | None, field: str) -> None:
    """Raise InvalidFieldError about `field` when `at` is a datetime without an offset."""
    aware = at is None or at.utcoffset() is not None
    require(aware, field, f"{at} has no time zone; give an aware datetime")
