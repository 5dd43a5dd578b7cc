from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from campaigns.mail import ComposedMail


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # the server said: not now (4xx)
    REFUSED = "refused"  # the server said: never (5xx)
    NOT_TRANSMITTED = "not_transmitted"  # lost before the whole mail was handed over
    UNKNOWN = "unknown"  # handed over; the answer never came


class TransportUnavailableError(Exception):
    """No connection to the server. Nothing was sent.

    `is_account_problem`: the server answered and wants other credentials or settings, so
    trying again is useless until a person has changed the account.
    """

    def __init__(self, detail: str, *, is_account_problem: bool = False) -> None:
        super().__init__(detail)
        self.is_account_problem = is_account_problem


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one mail. `code` is the SMTP reply or HTTP status, where there was one."""

    outcome: Outcome
    code: int | None = None
    detail: str = ""
    # The id that a provider gave it, where it is not ours.
    provider_id: str = ""
    # The other side objects to the sender as such: the next mail would fare no better.
    is_account_problem: bool = False
    # Of an accepted mail those in Cc who do not get it, each with what was said.
    turned_away: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Servers answer anything; what they say must fit into the ledger."""
        if self.code is not None and not 200 <= self.code < 600:
            object.__setattr__(self, "code", None)
        for name in ("detail", "provider_id"):
            object.__setattr__(self, name, _storable(getattr(self, name)))
        object.__setattr__(self, "turned_away", tuple(map(_storable, self.turned_away)))

    @property
    def is_accepted(self) -> bool:
        return self.outcome == Outcome.ACCEPTED


def _storable(said: str) -> str:
    return said.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


class Transport(ABC):
    """A connection that delivers one mail after another. Used as a context manager."""

    @abstractmethod
    def connect(self) -> None:
        """Be ready to deliver; keeps the connection that there is.

        Raises TransportUnavailableError.
        """

    @abstractmethod
    def deliver(self, mail: ComposedMail) -> Delivery:
        """Hand one mail over, once.

        Raises TransportUnavailableError where the connection is gone and no new one is to be
        had, so that nothing has left; for nothing else that the other side does.
        """

    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
