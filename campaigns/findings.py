"""What is to be said about a campaign before its launch, gathered instead of raised one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from mailsuite.lib.errors import Refusal

Answer = TypeVar("Answer")


class Severity(StrEnum):
    ERROR = "error"  # a launch is refused
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a marketer should know before the launch: what, where, and how to mend it."""

    severity: Severity
    code: str
    message: str
    field: str = ""


class NotReady(Refusal):
    """The campaign can't be launched as it is; `findings` are all the reasons."""

    code = "not_ready"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(dict.fromkeys(findings))
        fields = {found.field: found.message for found in self.findings if found.field}
        super().__init__(" ".join(found.message for found in self.findings), fields=fields)


class Findings:
    """Reasons against a launch, gathered."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(self, code: str, message: str, field: str = "") -> None:
        self.found.append(Finding(Severity.ERROR, code, message, field))

    def extend(self, findings: Sequence[Finding]) -> None:
        self.found.extend(findings)

    def of(self, read: Callable[..., Answer], *arguments: object) -> Answer | None:
        """What `read` answers; a Refusal of it becomes a finding and None."""
        try:
            return read(*arguments)
        except NotReady as refusal:
            self.extend(refusal.findings)
        except Refusal as refusal:
            self.add(refusal.code, refusal.message, next(iter(refusal.fields), ""))
        return None
