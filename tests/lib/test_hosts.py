from __future__ import annotations

import pytest

from mailsuite.lib.hosts import is_near


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.7.", "::1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "fd00::1",
     "localhost", "mailpit", "Mailpit.", "imap.localhost", "nas.local", "mail.internal"],
)  # fmt: skip
def test_near_by(host: str):
    assert is_near(host)


@pytest.mark.parametrize(
    "host",
    ["imap.example.nl", "8.8.8.8", "2001:4860:4860::8888", "172.32.0.1", "127.0.0.1.example.nl",
     "notlocal.nl", "", "."],
)  # fmt: skip
def test_far_away(host: str):
    assert not is_near(host)
