from __future__ import annotations

import pytest

from tracking import tasks


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of the replies that were given to workers."""
    given: list[int] = []

    def take(*, args: tuple[int], **_: object) -> None:
        given.extend(args)

    monkeypatch.setattr(tasks.send_reply, "apply_async", take)
    return given
