from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.models import MessageEvent
from mailsuite.demo import habits, journal
from mailsuite.demo.habits import plans_for
from mailsuite.demo.letters import Letter, read_letter
from mailsuite.demo.oracle import is_workday
from tests.demo.letters import campaign_mail
from tracking.actors import actor_by_user_agent

AT = datetime(2026, 3, 23, 7, tzinfo=UTC)
MACHINES = {
    journal.PREFETCHED,
    journal.SCANNED,
    journal.AWAY,
    journal.BOUNCED,
    journal.BOUNCED_SOFTLY,
}


ANYBODY = read_letter(campaign_mail("anybody@x.example"), "a@seo.example", "anybody@x.example", AT)


def letter(address: str, number: int = 1) -> Letter:
    return replace(ANYBODY, mail=replace(ANYBODY.mail, recipient=address, number=number))


def test_the_same_person_does_the_same_every_time():
    assert plans_for(letter("anna@x.example")) == plans_for(letter("anna@x.example"))


def test_among_many_people_everything_happens():
    letters = [letter(f"info@hotel-{n}.example", number) for n in range(300) for number in (1, 2)]
    kinds = Counter(plan.kind for one in letters for plan in plans_for(one))
    assert 150 < kinds[journal.OPENED] < 270
    assert kinds[journal.OPENED] > kinds[journal.CLICKED] > kinds[journal.OPTED_OUT] > 5
    assert kinds[journal.REPLIED] > 5
    assert kinds[journal.ASKED_TO_STOP] > 0
    assert kinds[journal.AWAY] > 10
    assert 5 < kinds[journal.BOUNCED] / 2 < 18  # of 300 addresses
    assert kinds[journal.BOUNCED_SOFTLY] > 0
    assert kinds[journal.PREFETCHED] > 50
    assert kinds[journal.SCANNED] > 30


def test_people_read_by_day_and_machines_at_once():
    for n in range(300):
        for plan in plans_for(letter(f"info@hotel-{n}.example")):
            hour = plan.at.astimezone(ZoneInfo("Europe/Amsterdam")).hour
            is_person = plan.kind not in MACHINES
            assert plan.at >= AT + timedelta(seconds=240 if is_person else 1)
            assert 7 <= hour <= 23


def test_complaints_are_rare():
    letters = [letter(f"info@hotel-{n}.example") for n in range(4000)]
    kinds = Counter(plan.kind for one in letters for plan in plans_for(one))
    assert 0 < kinds[journal.COMPLAINED] < 12  # Gmail's line is 0.3 % of the mails


def test_an_address_that_does_not_exist_is_never_read():
    for n in range(300):
        kinds = [
            plan.kind for number in (1, 2) for plan in plans_for(letter(f"a@h{n}.example", number))
        ]
        assert journal.BOUNCED not in kinds or set(kinds) == {journal.BOUNCED}


def test_who_is_away_is_back_on_a_later_workday_and_reads_nothing_until_then():
    away = [plans_for(letter(f"a@h{n}.example")) for n in range(300)]
    away = [plans for plans in away if plans and plans[0].kind == journal.AWAY]
    assert away
    for (plan,) in away:
        assert plan.back_on is not None
        assert plan.back_on > AT.date()
        assert is_workday(plan.back_on)


def test_user_agents_are_those_of_people_and_of_machines():
    people = {actor_by_user_agent(agent) for agent in habits._BROWSERS}
    assert people == {MessageEvent.Actor.HUMAN}
    machines = [habits._GMAIL, habits._APPLE_PRIVACY, habits._GATEWAY]
    assert [actor_by_user_agent(agent).value for agent in machines] == ["proxy", "proxy", "scanner"]
