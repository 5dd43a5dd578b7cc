"""Two people press the button at the same moment: real threads, real transactions."""

import pytest
from django.db import transaction

from campaigns.enrollments import cancel_queued
from campaigns.lifecycle import LaunchResult, complete_finished, launch
from campaigns.models import Campaign, CampaignDomain, DailyFigures, Message
from campaigns.planning import plan_again, replan_domain
from mailsuite.lib.errors import Conflict
from tests.campaigns.drafts import MORNING, OPENING, a_domain, a_draft
from tests.factories import LeadFactory
from tests.threads import Meanwhile, in_threads

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


def test_the_second_planner_of_a_domain_waits_for_the_first():
    domain = a_domain()
    with transaction.atomic():
        plan_again(domain, OPENING)
        other = Meanwhile(lambda: plan_again(domain, OPENING))
        assert other.waits()
    assert other.result() == 0


def test_planning_waits_for_a_cancellation_and_gives_its_slot_away():
    LeadFactory.create_batch(3)
    domain = a_domain()
    launch(a_draft(domain), OPENING)
    first, *others = Message.objects.order_by("scheduled_at")
    with transaction.atomic():
        cancel_queued("id", [first.pk], OPENING)
        other = Meanwhile(lambda: plan_again(domain, OPENING))
        assert other.waits()
    assert other.result() == 2
    moments = Message.objects.queued().order_by("pk").values_list("scheduled_at", flat=True)
    assert list(moments) == [OPENING, others[0].scheduled_at]


@pytest.mark.parametrize(
    ("row", "change", "status"),
    [
        (Message, {"status": "queued"}, "running"),  # a person sends it again
        (Campaign, {"status": "paused"}, "paused"),
    ],
)
def test_a_campaign_that_goes_on_at_that_moment_is_not_completed(row, change, status):
    LeadFactory()
    campaign = launch(a_draft(), OPENING).campaign
    Message.objects.update(status="failed")
    with transaction.atomic():
        Campaign.objects.select_for_update().get()
        other = Meanwhile(lambda: complete_finished(OPENING))
        assert other.waits()
        row.objects.update(**change)
    assert other.result() == 0
    campaign.refresh_from_db()
    assert (campaign.status, campaign.finished_at) == (status, None)
