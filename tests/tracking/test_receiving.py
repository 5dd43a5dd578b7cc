from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError

from campaigns.integrity import check_integrity
from campaigns.models import Enrollment, Message, MessageEvent
from leads.models import Lead, Suppression
from mailsuite.lib import clock
from mailsuite.tasks import housekeeping
from tests.factories import SenderAliasFactory
from tests.threads import in_threads
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    about,
    away,
    came,
    figures,
    hard_bounce,
    mail_of,
    reply,
    running,
    sent,
    soft_bounce,
)
from tests.tracking.reading import mails
from tracking import deadlocks, effects, receiving
from tracking.models import InboundMail, Mailbox
from tracking.reading import Kind, ReadMail, Reason, Recipient, References, Verdict
from tracking.receiving import receive, receive_event

pytestmark = pytest.mark.django_db


def take(raw: bytes, key: str, source: InboundMail.Source = InboundMail.Source.PIPE) -> InboundMail:
    return receive(raw, source=source, source_key=key, received_at=MONDAY + HOUR)


def test_a_mail_is_kept_as_it_came_with_what_was_read_in_it():
    first = sent(running())
    mailbox = Mailbox.objects.create(name="christian", host="imap.example.org", username="c")
    raw = reply(first, "Graag, belt u mij morgen even?")
    with clock.frozen(MONDAY + HOUR):
        inbound = receive(
            raw,
            source=InboundMail.Source.IMAP,
            source_key="1:7:42",
            received_at=MONDAY + HOUR,
            mailbox=mailbox,
        )
    inbound = InboundMail.objects.get(pk=inbound.pk)
    assert bytes(inbound.raw) == raw
    assert inbound.raw_since == MONDAY + HOUR
    assert (inbound.source, inbound.source_key, inbound.mailbox) == ("imap", "1:7:42", mailbox)
    assert (inbound.kind, inbound.intent, inbound.state) == ("reply", "meeting", "done")
    assert inbound.text == "Graag, belt u mij morgen even?"
    assert inbound.subject == "Re: Vindbaarheid van Hotel Zon"
    assert (inbound.from_address, inbound.own_message_id) == (
        "receptie@hotel-zon.nl",
        "theirs@hotel-zon.nl",
    )
    assert inbound.to_addresses == [first.alias.address]
    assert (inbound.message, inbound.lead, inbound.read_at) == (first, first.lead, None)
    assert inbound.outcome == "A reply: the flow has ended."


def test_the_same_mail_takes_effect_once_however_often_it_comes():
    first = sent(running())
    raw = reply(first)
    one = take(raw, "a")
    assert take(raw, "a") == one
    assert take(raw, "b") == one
    assert take(raw, "a", InboundMail.Source.IMAP) == one
    assert InboundMail.objects.count() == 1
    assert MessageEvent.objects.filter(kind="replied").count() == 1


def test_the_same_mail_by_another_way_has_other_headers_and_line_ends():
    first = sent(running())
    raw = reply(first, "Graag.  \nGroet, Jan\n")
    piped = b"Delivered-To: christian@punthelder-seo.nl\nX-Original-To: x@y.nl\n" + raw
    fetched = b"Received: from mx by imap\r\n" + raw.replace(b".  \n", b".\n").replace(
        b"\n", b"\r\n"
    )
    one = take(piped, "a")
    assert take(fetched + b"\r\n", "1:1:1", InboundMail.Source.IMAP) == one


def test_two_mails_with_one_message_id_are_two():
    first = sent(running())
    take(away(first, "Ik ben afwezig en op maandag 8 juni weer terug."), "a")
    take(reply(first, "Graag geen mails meer sturen."), "b")
    assert InboundMail.objects.count() == 2
    assert Suppression.objects.get().reason == "unsubscribed"


def test_a_mail_that_could_not_take_effect_is_not_there_and_comes_again(monkeypatch):
    first = sent(running())
    raw = hard_bounce(first)

    def fails(answer: effects.Answer) -> None:
        Suppression.objects.create(value="x@y.nl", reason="manual")
        raise RuntimeError("a fault on the way")

    with monkeypatch.context() as patched:
        patched.setattr(receiving, "take_effect", fails)
        with pytest.raises(RuntimeError):
            take(raw, "a")
    assert not InboundMail.objects.exists()
    assert not Suppression.objects.exists()
    assert take(raw, "a").state == "done"
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"


def test_another_breach_of_the_database_is_not_taken_for_a_second_copy(monkeypatch):
    monkeypatch.setattr(InboundMail, "save", lambda *_, **__: _broken())
    with pytest.raises(IntegrityError):
        take(mails.mail("Hallo"), "a")


def _broken() -> None:
    raise IntegrityError("something else")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [hard_bounce, soft_bounce, reply])
def test_workers_that_receive_one_mail_at_once_let_it_take_effect_once(kind):
    first = sent(running())
    raw = kind(first)
    keys = iter("abcd")
    found = in_threads(4, lambda: take(raw, next(keys)).pk)
    assert len(set(found)) == 1
    assert InboundMail.objects.get().state == "done"
    events = MessageEvent.objects.filter(kind__in=["bounced", "replied"])
    assert events.count() == 1
    assert sum(figures(first).get(name, 0) for name in ("bounced", "replied")) <= 1
    assert not check_integrity(since=MONDAY - DAY, now=MONDAY + 30 * DAY)


@pytest.mark.django_db(transaction=True)
def test_soft_bounces_that_come_at_once_do_not_miss_each_other(settings):
    settings.SOFT_BOUNCES_IN_A_ROW = 3
    campaign = running(mails=4)
    raws = iter([soft_bounce(sent(campaign, number)) for number in (1, 2, 3)])
    in_threads(3, lambda: take(raw := next(raws), str(hash(raw))).pk)
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert Enrollment.objects.get().end_reason == "bounced"


@pytest.mark.django_db(transaction=True)
def test_answers_of_colleagues_that_come_at_once_neither_block_nor_count_twice(monkeypatch):
    monkeypatch.setattr(deadlocks, "_ATTEMPTS", 1)
    emails = [f"{name}@hotel-zon.nl" for name in ("anna", "bram", "chris", "daan")]
    campaign = running(*emails, stop_colleagues=True)
    firsts = [sent(campaign, to=email) for email in emails]
    raws = iter([reply(first, sender=first.lead.email) for first in firsts])
    in_threads(4, lambda: take(raw := next(raws), str(hash(raw))).pk)
    assert figures(firsts[0]) == {"planned": 4, "sent": 4, "replied": 4}
    assert figures(mail_of(campaign, 2, emails[0])) == {"planned": 4, "canceled": 4}
    assert not check_integrity(since=MONDAY - DAY, now=MONDAY + 30 * DAY)


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_arrival_does_not_change_where_it_ends(seed: int):
    campaign = running()
    first, second = sent(campaign), sent(campaign, 2)
    returned = [
        soft_bounce(first),
        away(second, "Ik ben afwezig en op maandag 8 juni weer terug."),
        reply(first, "Dank, ik lees het later."),
        reply(second, "Graag geen mails meer sturen."),
        about(second, mails.complaint()),
        about(first, mails.dsn(mails.group(action="delayed", status="4.4.1"))),
        reply(second, "Dank, ik lees het later."),
    ] * 2
    Random(seed).shuffle(returned)
    for place, raw in enumerate(returned):
        came(raw, second.sent_at + HOUR + timedelta(minutes=place), key=str(place))
    assert InboundMail.objects.count() == 7
    assert Suppression.objects.get().value == "receptie@hotel-zon.nl"
    assert Enrollment.objects.get().status == "ended"
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1}
    assert figures(second) == {
        "planned": 1, "sent": 1, "replied": 1, "unsubscribed": 1, "complained": 1,
    }  # fmt: skip
    assert figures(mail_of(campaign, 3)) == {"planned": 1, "canceled": 1}
    assert not check_integrity(since=MONDAY - DAY, now=MONDAY + 30 * DAY)


def test_a_mail_of_nobody_we_know_waits_for_a_person():
    running()
    inbound = take(mails.mail("Hallo", sender="x@elders.nl", subject="Vraag"), "a")
    assert (inbound.state, inbound.message, inbound.lead) == ("unmatched", None, None)
    assert not MessageEvent.objects.exclude(kind="sent").exists()


@pytest.mark.parametrize("at", ["christian", "Victor", "antwoord@punthelder.nl"])
def test_mail_from_ourselves_is_nobodys_answer(at: str):
    first = sent(running())
    SenderAliasFactory(domain=first.domain, name="info", reply_to="antwoord@punthelder.nl")
    sender = at if "@" in at else f"{at}@{first.domain.name}"
    inbound = take(reply(first, "Zoals besproken.", sender=f"Wij <{sender}>"), "a")
    assert (inbound.state, inbound.message) == ("ignored", first)
    assert Enrollment.objects.get().status == "active"
    assert not MessageEvent.objects.filter(kind="replied").exists()


def test_a_campaign_mail_that_a_rule_sends_back_to_us_is_nobodys_answer():
    first = sent(running())
    raw = mails.mail("Goedemorgen", sender="doorgestuurd@hotel-zon.nl").replace(
        b"<theirs@hotel-zon.nl>", f"<{first.smtp_message_id}>".encode()
    )
    raw = b"In-Reply-To: <" + first.smtp_message_id.encode() + b">\n" + raw
    assert take(raw, "a").state == "ignored"
    assert Enrollment.objects.get().status == "active"


def test_our_own_server_reports_in_the_name_of_our_domain():
    first = sent(running())
    raw = mails.dsn(mails.group(), sender=f"MAILER-DAEMON@{first.domain.name}")
    assert take(about(first, raw), "a").state == "done"
    assert Lead.objects.get().status == Lead.Status.BOUNCED


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x00\xff",
        b"Subject: =?utf-8?b?AAAA?=\nFrom: a\x00b@c.nl\n\nx\x00y",
        mails.mail("\udcff".encode("utf-8", "surrogatepass").decode("latin-1")),
        b"Message-ID: <" + b"x" * 900 + b"@y.nl>\nSubject: " + b"s" * 2000 + b"\n\nx",
        b"From: " + b"a" * 500 + b"@" + b"b" * 500 + b".nl\n\nx",
    ],
)
def test_a_mail_that_no_column_was_made_for_is_kept(raw: bytes):
    assert bytes(take(raw, "k" * 300).raw) == raw


def test_a_large_mail_is_kept_whole():
    first = sent(running())
    raw = reply(first, "Graag.\n") + b"x" * 76 * 20 + b"\n" * 100_000
    inbound = take(raw, "a")
    assert (inbound.kind, len(InboundMail.objects.get().raw)) == ("reply", len(raw))


def event(message: Message, kind: Kind, **fields: object) -> ReadMail:
    references = References(returned=(message.smtp_message_id,))
    return ReadMail(kind, references=references, **fields)  # type: ignore[arg-type]


def refusal(message: Message, reason: Reason) -> tuple[Recipient, ...]:
    address = message.lead.email
    said = "550 no such user"
    return (Recipient(address, address, "5.1.1", "failed", reason, reason.verdict, said),)


def test_a_providers_event_leads_to_the_same_and_has_no_raw_mail():
    first = sent(running())
    bounce = event(first, Kind.BOUNCE, recipients=refusal(first, Reason.UNKNOWN_USER))
    inbound = receive_event(bounce, source_key="postmark:1", received_at=MONDAY + HOUR)
    assert (inbound.source, inbound.state, inbound.raw) == ("webhook", "done", None)
    assert inbound.raw_since is None
    assert figures(first) == {"planned": 1, "sent": 1, "bounced": 1}
    again = receive_event(bounce, source_key="postmark:1", received_at=MONDAY + DAY)
    assert again == inbound


def test_a_bounce_by_mail_and_by_the_provider_counts_once():
    first = sent(running())
    assert Reason.MAILBOX_FULL.verdict is Verdict.SOFT
    full = event(first, Kind.BOUNCE, recipients=refusal(first, Reason.MAILBOX_FULL))
    receive_event(full, source_key="postmark:1", received_at=MONDAY + HOUR)
    came(soft_bounce(first))
    came(hard_bounce(first))
    assert figures(first) == {"planned": 1, "sent": 1, "bounced": 1}


def test_raw_mail_goes_after_its_time_and_what_was_read_stays(settings):
    settings.INBOUND_RAW_DAYS = 30
    first = sent(running())
    old = came(reply(first, "Graag, belt u mij?"), MONDAY + HOUR)
    young = came(reply(first, "En wel om tien uur."), MONDAY + 2 * DAY)
    with clock.frozen(MONDAY + 31 * DAY):
        housekeeping()
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.raw, old.raw_since, old.text) == (None, None, "Graag, belt u mij?")
    assert young.raw is not None
    # And it is still known.
    assert came(reply(first, "Graag, belt u mij?"), MONDAY + 31 * DAY) == old


def test_raw_mail_goes_as_soon_as_less_is_to_be_kept(settings):
    settings.INBOUND_RAW_DAYS = 30
    inbound = came(reply(sent(running())), MONDAY + HOUR)
    settings.INBOUND_RAW_DAYS = 7
    for days, is_kept in ((7, True), (8, False)):
        with clock.frozen(MONDAY + days * DAY):
            housekeeping()
        inbound.refresh_from_db()
        assert (inbound.raw is not None) is is_kept
