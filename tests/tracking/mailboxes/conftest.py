from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.imap import Dovecot, ImapServer, Pymap, running


@pytest.fixture(scope="session", params=[Dovecot, Pymap], ids=lambda kind: kind.name)
def imap(request: pytest.FixtureRequest) -> Iterator[ImapServer]:
    """Each test that takes it runs against both servers."""
    if request.param is Dovecot and Dovecot.program() is None:
        pytest.skip(
            "Dovecot 2.3 is not installed (apt-get install dovecot-imapd): left out against it, "
            "and run against pymap alone"
        )
    with running(request.param) as server:
        yield server
