from __future__ import annotations

import pytest

from campaigns.models import Enrollment, MessageEvent
from leads.models import Suppression
from mailsuite.lib import clock
from mailsuite.lib.errors import Conflict
from mailsuite.tasks import housekeeping
from tests.factories import InboundMailFactory, LeadFactory, UserFactory
from tests.tracking.answers import (
    DAY,
    HOUR,
    MONDAY,
    away,
    came,
    figures,
    mail_of,
    reply,
    running,
    sent,
)
from tests.tracking.reading import mails
from tracking.models import InboundMail
from tracking.people_queue import settle, settle_many, settle_strangers, tie

pytestmark = pytest.mark.django_db
LATER = MONDAY + DAY


def test_an_unmatched_reply_takes_effect_when_a_person_ties_it():
    first = sent(running())
    person = UserFactory()
    inbound = came(mails.mail("Graag, belt u mij?", sender="piet@hotel-zon.nl"))
    assert inbound.state == "unmatched"
    tied = tie(inbound.pk, first.pk, by=person, now=LATER)
    assert (tied.state, tied.message, tied.lead) == ("done", first, first.lead)
    assert (tied.settled_by, tied.settled_at) == (person, LATER)
    event = MessageEvent.objects.get(kind="replied")
    assert (event.at, event.learned_at) == (MONDAY + HOUR, LATER)
    assert Enrollment.objects.get().end_reason == "replied"
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1}


@pytest.mark.parametrize("is_raw_kept", [True, False])
def test_a_new_mail_is_a_reply_once_a_person_says_to_what(is_raw_kept: bool):
    first = sent(running())
    inbound = came(mails.mail("Kunt u langskomen?", sender="piet@hotel-zon.nl", subject="Afspraak"))
    assert inbound.kind == "other"
    if not is_raw_kept:
        InboundMail.objects.update(raw=None)
    tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)
    inbound.refresh_from_db()
    assert (inbound.kind, inbound.outcome) == ("reply", "A reply: the flow has ended.")
    assert Enrollment.objects.get().end_reason == "replied"
    assert figures(first) == {"planned": 1, "sent": 1, "replied": 1}


@pytest.mark.parametrize("is_raw_kept", [True, False])
def test_a_bounce_without_a_reference_takes_effect_when_a_person_ties_it(is_raw_kept: bool):
    first = sent(running())
    inbound = came(mails.dsn(mails.group(first.lead.email)))
    assert (inbound.state, inbound.lead) == ("unmatched", first.lead)
    if not is_raw_kept:
        InboundMail.objects.update(raw=None)
    tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)
    assert Suppression.objects.get().value == first.lead.email
    assert figures(first) == {"planned": 1, "sent": 1, "bounced": 1}


def test_whoever_opts_out_in_a_tied_mail_is_out_for_a_person_vouches_for_it():
    first = sent(running())
    inbound = came(mails.mail("Graag geen mails meer sturen.", sender="piet@gmail.com"))
    tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)
    assert set(Suppression.objects.values_list("value", flat=True)) == {
        first.lead.email, "piet@gmail.com",
    }  # fmt: skip


def test_a_mail_is_tied_once():
    first = sent(running())
    inbound = came(mails.mail("Graag geen mails meer sturen."))
    tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)
    with pytest.raises(Conflict, match="This mail is done"):
        tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)


def test_a_mail_is_not_tied_to_a_message_that_has_never_left():
    first = mail_of(running())
    inbound = came(mails.mail("Graag, belt u mij?", sender="piet@hotel-zon.nl"))
    with pytest.raises(Conflict, match=f"Message {first.pk} has not left yet"):
        tie(inbound.pk, first.pk, by=UserFactory(), now=LATER)
    inbound.refresh_from_db()
    first.refresh_from_db()
    assert (inbound.state, inbound.message, first.status) == ("unmatched", None, "queued")
    assert Enrollment.objects.get().status == "active"
    assert figures(first) == {"planned": 1}


def test_a_mail_that_needs_nothing_more_leaves_the_queue():
    person = UserFactory()
    first = sent(running())
    raw = away(first, "Piet werkt niet meer bij ons. Mail voortaan jan@hotel-zon.nl.")
    for inbound in (came(raw), came(mails.mail("Nieuwsbrief"))):
        settled = settle(inbound.pk, by=person, now=LATER)
        assert (settled.state, settled.settled_by, settled.settled_at) == (
            "settled",
            person,
            LATER,
        )
        with pytest.raises(Conflict, match="waits for nobody"):
            settle(inbound.pk, by=person, now=LATER)


def test_what_took_effect_waits_for_nobody():
    inbound = came(reply(sent(running())))
    with pytest.raises(Conflict, match="This mail is done"):
        settle(inbound.pk, by=UserFactory(), now=LATER)


def test_many_are_settled_at_once_and_those_that_wait_for_nobody_stay():
    person = UserFactory()
    waiting = [a_stranger(), InboundMailFactory(kind="bounce", state="to_review")]
    done = InboundMailFactory()
    ids = [inbound.pk for inbound in (*waiting, done)]
    assert settle_many(ids, by=person, now=LATER) == {one.pk for one in waiting}
    assert settle_many(ids, by=UserFactory(), now=LATER + DAY) == set()
    for inbound in waiting:
        inbound.refresh_from_db()
        assert (inbound.state, inbound.settled_by, inbound.settled_at) == (
            "settled", person, LATER,
        )  # fmt: skip
    done.refresh_from_db()
    assert (done.state, done.settled_by) == ("done", None)


def test_what_was_settled_as_answering_none_can_still_be_tied():
    first = sent(running())
    inbound = came(mails.mail("Graag, belt u mij?", sender="piet@hotel-zon.nl"))
    settle(inbound.pk, by=UserFactory(), now=LATER)
    tie(inbound.pk, first.pk, by=UserFactory(), now=LATER + HOUR)
    inbound.refresh_from_db()
    assert (inbound.state, inbound.message) == ("done", first)
    assert Enrollment.objects.get().end_reason == "replied"


def a_stranger(**fields: object) -> InboundMail:
    given = {"kind": "other", "message": None, "lead": None, "state": "unmatched"}
    return InboundMailFactory(**(given | {"received_at": MONDAY, "raw_since": MONDAY} | fields))


def test_what_nobody_ties_and_comes_from_nobody_we_know_is_settled_by_itself(settings):
    settings.INBOUND_RAW_DAYS = 7
    newsletter = a_stranger()
    event = a_stranger(kind="bounce", raw_since=None)
    # Of an old mailbox that is read now: it has been here for two days.
    backlog = a_stranger(received_at=MONDAY - 30 * DAY, raw_since=MONDAY + 5 * DAY)
    assert settle_strangers(MONDAY + 7 * DAY) == 0
    assert settle_strangers(MONDAY + 7 * DAY + HOUR) == 2
    for inbound in (newsletter, event):
        inbound.refresh_from_db()
        assert (inbound.state, inbound.settled_by) == ("settled", None)
        assert inbound.settled_at == MONDAY + 7 * DAY + HOUR
        assert "tied to nothing in 7 days" in inbound.outcome
    backlog.refresh_from_db()
    assert backlog.state == "unmatched"


def test_what_may_be_of_a_lead_or_wants_no_more_mail_waits_for_a_person(settings):
    settings.INBOUND_RAW_DAYS = 7
    a_stranger(lead=LeadFactory())
    a_stranger(kind="unsubscribe")
    a_stranger(kind="complaint", raw_since=None)
    InboundMailFactory(state="to_review", received_at=MONDAY, raw_since=MONDAY)
    assert settle_strangers(MONDAY + 300 * DAY) == 0
    assert InboundMail.objects.filter(state="unmatched").count() == 3


def test_housekeeping_settles_them():
    inbound = a_stranger()
    with clock.frozen(MONDAY + 31 * DAY):
        housekeeping()
    inbound.refresh_from_db()
    assert (inbound.state, inbound.settled_at) == ("settled", MONDAY + 31 * DAY)
