"""Two people press the button at the same moment: real threads, real transactions."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from campaigns.lifecycle import LaunchResult, launch
from campaigns.models import CampaignDomain, DailyFigures, Message
from campaigns.planning import replan_domain
from mailsuite.lib.errors import Conflict
from tests.campaigns.drafts import MORNING, OPENING, a_domain, a_draft
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*actions):
    """Run all of them at the same moment; their answers, or the Conflict each ended with."""
    ready = Barrier(len(actions))

    def run(action):
        try:
            ready.wait()
            return action()
        except Conflict as conflict:
            return conflict
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def test_of_two_launches_on_one_domain_one_is_refused():
    LeadFactory.create_batch(5)
    domain = a_domain()
    drafts = [a_draft(domain), a_draft(domain)]
    answers = at_once(*(lambda draft=draft: launch(draft, MORNING) for draft in drafts))
    assert {type(answer) for answer in answers} == {LaunchResult, Conflict}
    assert CampaignDomain.objects.filter(is_held=True).count() == 1
    assert Message.objects.count() == 5


def test_launches_that_want_the_same_domains_in_another_order_do_not_wait_for_ever():
    LeadFactory.create_batch(2)
    one, two = a_domain(), a_domain()
    drafts = [a_draft(one, two), a_draft(two, one)]
    answers = at_once(*(lambda draft=draft: launch(draft, MORNING) for draft in drafts))
    assert {type(answer) for answer in answers} == {LaunchResult, Conflict}


def test_a_campaign_launched_twice_at_once_has_one_set_of_messages():
    LeadFactory.create_batch(5)
    draft = a_draft()
    first, second = at_once(*[lambda: launch(draft, MORNING)] * 2)
    assert first == second
    assert Message.objects.count() == 5
    assert sum(DailyFigures.objects.values_list("planned", flat=True)) == 5


def test_two_planners_of_one_domain_agree():
    LeadFactory.create_batch(40)
    domain = a_domain()
    launch(a_draft(domain), OPENING)
    later = MORNING.replace(hour=17)
    moved = at_once(*[lambda: replan_domain(domain, later)] * 3)
    assert sorted(moved) == [0, 0, 40]
