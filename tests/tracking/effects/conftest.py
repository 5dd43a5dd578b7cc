from __future__ import annotations

from collections.abc import Iterator

import pytest

from campaigns.integrity import check_integrity
from tests.tracking.answers import DAY, MONDAY


@pytest.fixture(autouse=True)
def _everything_adds_up(db: None) -> Iterator[None]:
    """Whatever came back, figures, marks and plans agree with what happened."""
    yield
    findings = check_integrity(since=MONDAY - DAY, now=MONDAY + 60 * DAY)
    assert not findings, findings
