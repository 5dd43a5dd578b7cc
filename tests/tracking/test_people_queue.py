from __future__ import annotations

import pytest

from campaigns.models import Enrollment, MessageEvent
from leads.models import Suppression
from mailsuite.lib.errors import Conflict
from tests.factories import UserFactory
from tests.tracking.answers import DAY, HOUR, MONDAY, away, came, figures, reply, running, sent
from tests.tracking.reading import mails
from tracking.models import InboundMail
from tracking.people_queue import settle, tie

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
