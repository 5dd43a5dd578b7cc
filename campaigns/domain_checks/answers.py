"""What a check found out."""

from __future__ import annotations

from dataclasses import dataclass

from campaigns.models import DomainCheck

Verdict = DomainCheck.Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """The DNS answered: the verdict on its `record`, what is wrong with it, how to mend that."""

    verdict: DomainCheck.Verdict
    record: str = ""
    problem: str = ""
    remedy: str = ""
