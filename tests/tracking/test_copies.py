"""The same mail by ways of which one has rewritten it."""

from __future__ import annotations

import quopri

import pytest

from campaigns.models import MessageEvent
from leads.models import Suppression
from tests.threads import in_threads
from tests.tracking.answers import HOUR, MONDAY, came, figures, reply, running, sent
from tests.tracking.reading import mails
from tracking.models import InboundMail
from tracking.receiving import receive

pytestmark = pytest.mark.django_db


def recoded(raw: bytes) -> bytes:
    head, _, body = raw.partition(b"\n\n")
    encoded = quopri.encodestring(body)
    return head + b"\nContent-Transfer-Encoding: quoted-printable\n\n" + encoded


def with_footer(raw: bytes) -> bytes:
    return raw + b"\n\nDit bericht is gecontroleerd op virussen.\n"


@pytest.mark.parametrize("rewritten", [recoded, with_footer])
def test_a_mail_that_another_way_has_rewritten_takes_effect_once(rewritten):
    first = sent(running())
    raw = reply(first, "Graag, is er een café?")
    one = came(raw, source="pipe")
    copy = came(rewritten(raw), source="imap", key="1:2:3")
    assert (one.state, copy.state, copy.message) == ("done", "ignored", None)
    assert MessageEvent.objects.filter(kind="replied").count() == 1
    assert figures(first)["replied"] == 1


def test_encoded_anew_it_is_a_copy_by_the_same_way_too():
    raw = reply(sent(running()), "Graag, is er een café?")
    came(raw)
    assert came(recoded(raw)).state == "ignored"


def test_other_words_by_the_same_way_are_another_mail():
    """Some programs give all their mails of a moment one Message-ID."""
    first = sent(running())
    assert came(reply(first, "Graag, belt u mij?")).state == "done"
    assert came(reply(first, "En wel om tien uur.")).state == "done"


def test_another_date_is_another_mail():
    first = sent(running())
    raw = reply(first, "Graag, belt u mij?")
    came(raw)
    later = raw.replace(mails.MONDAY.encode(), b"Mon, 03 Aug 2026 09:12:01 +0200", 1)
    assert came(later, source="imap").state == "done"


def test_an_opt_out_is_never_a_copy_of_something_else():
    first = sent(running())
    came(reply(first, "Graag, belt u mij?"))
    assert came(reply(first, "Haal mij van uw lijst."), source="imap").state == "done"
    assert Suppression.objects.get().reason == "unsubscribed"


def test_a_copy_that_names_our_mail_is_believed_where_the_first_did_not():
    first = sent(running())
    raw = reply(first, "Graag, is er een café?")
    without = raw.replace(f"In-Reply-To: <{first.smtp_message_id}>\n".encode(), b"")
    assert came(without).state == "unmatched"
    assert came(raw, source="imap").state == "done"
    assert came(recoded(without), source="webhook").state == "ignored"


@pytest.mark.django_db(transaction=True)
def test_copies_that_come_at_once_take_effect_once():
    first = sent(running())
    raw = reply(first, "Graag, is er een café?")
    ways = iter([("pipe", raw), ("imap", recoded(raw)), ("webhook", with_footer(raw))])

    def take() -> str:
        source, copy = next(ways)
        way = InboundMail.Source(source)
        return receive(copy, source=way, source_key=way, received_at=MONDAY + HOUR).state

    assert sorted(in_threads(3, take)) == ["done", "ignored", "ignored"]
    assert MessageEvent.objects.filter(kind="replied").count() == 1
