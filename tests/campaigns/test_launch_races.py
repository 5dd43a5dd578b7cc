"""Two people press the button at the same moment: real threads, real transactions."""

import pytest

from campaigns.lifecycle import LaunchResult, launch
from campaigns.models import CampaignDomain, DailyFigures, Message
from campaigns.planning import replan_domain
from mailsuite.lib.errors import Conflict
from tests.campaigns.drafts import MORNING, OPENING, a_domain, a_draft
from tests.factories import LeadFactory
from tests.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(draft):
    """What the launch answered, or the Conflict it ended with."""
    try:
        return launch(draft, MORNING)
    except Conflict as conflict:
        return conflict


def test_of_two_launches_on_one_domain_one_is_refused():
    LeadFactory.create_batch(5)
    domain = a_domain()
    drafts = [a_draft(domain), a_draft(domain)]
    answers = in_threads(2, lambda: attempt(drafts.pop()))
    assert {type(answer) for answer in answers} == {LaunchResult, Conflict}
    assert CampaignDomain.objects.filter(is_held=True).count() == 1
    assert Message.objects.count() == 5


def test_launches_that_want_the_same_domains_in_another_order_do_not_wait_for_ever():
    LeadFactory.create_batch(2)
    one, two = a_domain(), a_domain()
    drafts = [a_draft(one, two), a_draft(two, one)]
    answers = in_threads(2, lambda: attempt(drafts.pop()))
    assert {type(answer) for answer in answers} == {LaunchResult, Conflict}


def test_a_campaign_launched_twice_at_once_has_one_set_of_messages():
    LeadFactory.create_batch(5)
    draft = a_draft()
    first, second = in_threads(2, lambda: launch(draft, MORNING))
    assert first == second
    assert Message.objects.count() == 5
    assert sum(DailyFigures.objects.values_list("planned", flat=True)) == 5


def test_two_planners_of_one_domain_agree():
    LeadFactory.create_batch(40)
    domain = a_domain()
    launch(a_draft(domain), OPENING)
    later = MORNING.replace(hour=17)
    moved = in_threads(3, lambda: replan_domain(domain, later))
    assert sorted(moved) == [0, 0, 40]
