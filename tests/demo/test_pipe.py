"""The way of the recipients' mails into mailsuite, through the real command for some of them."""

from __future__ import annotations

import pytest
from django.db import connection

from mailsuite.demo import pipe
from mailsuite.demo.pipe import EACH, Pipe
from mailsuite.demo.recipients import WorldError
from tests.tracking.reading import mails
from tracking.models import InboundMail
from tracking.receiving import receive_piped


@pytest.fixture
def commands(monkeypatch) -> dict[str, list[bytes]]:
    """What was handed to which way; nothing is received."""
    handed: dict[str, list[bytes]] = {"command": [], "here": []}
    monkeypatch.setattr(pipe, "_run_command", handed["command"].append)
    monkeypatch.setattr(pipe, "receive_piped", handed["here"].append)
    return handed


def test_the_first_mail_and_each_tenth_go_to_the_command(commands):
    hand_over = Pipe()
    for number in range(2 * EACH + 1):
        hand_over(b"%d" % number)
    assert commands["command"] == [b"0", b"10", b"20"]
    assert len(commands["here"]) == 18


@pytest.mark.django_db(transaction=True)
def test_the_command_takes_a_mail_as_the_other_way_does(monkeypatch):
    place = connection.settings_dict
    user, server = f"{place['USER']}:{place['PASSWORD']}", f"{place['HOST']}:{place['PORT']}"
    monkeypatch.setenv("DATABASE_URL", f"postgres://{user}@{server}/{place['NAME']}")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mailsuite.settings")
    raw = mails.mail("Hallo", subject="Vraag")
    Pipe()(raw)
    inbound = InboundMail.objects.get()
    assert (inbound.source, bytes(inbound.raw), inbound.state) == ("pipe", raw, "unmatched")
    assert receive_piped(raw).pk == inbound.pk


def test_a_mail_that_the_command_does_not_take_ends_the_demo(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://127.0.0.1:1/nobody")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "mailsuite.settings")
    with pytest.raises(WorldError, match=r"status 75: 4\.3\.0 The database did not answer"):
        Pipe()(mails.mail("Hallo"))
