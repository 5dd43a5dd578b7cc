"""The people who let a domain go on that has paused itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.models import SendingDomain
from mailsuite.demo.api import Api
from mailsuite.demo.desk import Desk
from mailsuite.demo.journal import Journal, Resumption
from tests.factories import SendingDomainFactory

pytestmark = pytest.mark.django_db
# The Thursday before Easter; offices open again on Tuesday.
THURSDAY = datetime(2026, 4, 2, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 4, 7, 5, 40, tzinfo=UTC)  # 07:40 in Amsterdam


class Asked(Api):
    """Does what it is asked to, without HTTP."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def post(self, path: str, body: dict[str, Any], *, idempotency_key: str = "") -> Any:
        self.paths.append(path)
        SendingDomain.objects.filter(pk=path.split("/")[2]).update(paused_at=None)


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Journal]:
    written = Journal(tmp_path / "journal.jsonl")
    yield written
    written.close()


def test_nobody_has_to_look_while_all_domains_send(notes: Journal):
    SendingDomainFactory()
    api = Asked()
    desk = Desk(api, notes)
    assert desk.next_at() is None
    assert not desk.act(TUESDAY)
    assert (api.paths, notes.entries) == ([], [])


def test_a_paused_domain_is_resumed_on_the_morning_of_the_next_workday(notes: Journal):
    domain = SendingDomainFactory(paused_at=THURSDAY, pause_reason="2 of 60 mails")
    api = Asked()
    desk = Desk(api, notes)
    assert desk.next_at() == TUESDAY
    assert not desk.act(TUESDAY - timedelta(seconds=1))
    assert api.paths == []
    assert desk.act(TUESDAY)
    assert api.paths == [f"/domains/{domain.pk}/resume"]
    assert notes.entries == [Resumption(TUESDAY, domain.name, "2 of 60 mails")]
    assert desk.next_at() is None
