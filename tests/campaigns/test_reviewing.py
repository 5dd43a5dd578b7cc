from datetime import timedelta

import pytest

from campaigns.integrity import check_integrity
from campaigns.lifecycle import complete_finished, launch, pause, resume, stop
from campaigns.models import Campaign, Enrollment, Message
from campaigns.reviewing import review_held
from leads.models import Lead
from mailsuite.lib.errors import Conflict
from templates_app.saving import save_template
from tests.campaigns.drafts import MORNING, a_domain, a_draft, slots
from tests.factories import LeadFactory, ReportFactory, SuppressionFactory
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

LATER = MORNING + timedelta(minutes=30)


@pytest.fixture
def held() -> Lead:
    """The first of four leads, without the company that the mails print."""
    lead = LeadFactory(company="")
    LeadFactory.create_batch(3)
    return lead


@pytest.fixture
def campaign(held: Lead) -> Campaign:
    """Running, two mails long; three leads have the slots from 10:20 to 11:00."""
    return launch(a_draft(followup_enabled=True), MORNING).campaign


def fill_in(lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(company="Hotel Zon")


def test_a_held_lead_that_lacks_nothing_any_more_gets_all_mails_behind_the_others(held, campaign):
    others = slots(campaign)
    fill_in(held)
    result = review_held(campaign, MORNING)
    assert (result.released, result.still_held, result.reasons) == (1, 0, {})
    enrollment = Enrollment.objects.get(lead=held)
    assert (enrollment.status, enrollment.missing_variables) == ("active", [])
    assert slots(campaign) == [*others, "Mon 01 11:20"]


def test_a_released_leads_mails_are_like_those_of_all_others(held, campaign):
    fill_in(held)
    review_held(campaign, LATER)
    first, second = Message.objects.filter(lead=held).order_by("mail_number")
    other = Message.objects.exclude(lead=held).filter(mail_number=1)[0]
    assert (first.alias, first.step, first.status) == (other.alias, other.step, "queued")
    assert first.smtp_message_id.endswith(f"@{first.domain.name}")
    assert (first.not_before, second.not_before) == (LATER, None)


def test_a_released_lead_reads_what_was_pinned_at_the_launch(held, campaign):
    template = campaign.template
    pinned = template.current_version
    save_template(template=template, name=template.name, subject="New", html="<p>New</p>")
    fill_in(held)
    review_held(campaign, MORNING)
    versions = Message.objects.filter(lead=held).values_list("template_version", flat=True)
    assert set(versions) == {pinned.pk}


def test_a_lead_that_still_lacks_something_stays_held_with_what_it_lacks_now(held, campaign):
    Enrollment.objects.filter(lead=held).update(missing_variables=["lead.city"])
    result = review_held(campaign, MORNING)
    assert (result.released, result.still_held) == (0, 1)
    assert result.reasons == {"lead.company": 1}
    assert [(one.email, one.missing) for one in result.held] == [(held.email, ("lead.company",))]
    assert Enrollment.objects.get(lead=held).missing_variables == ["lead.company"]
    assert not Message.objects.filter(lead=held).exists()


def test_a_report_that_came_later_releases_its_lead():
    late, _ = LeadFactory(), ReportFactory()
    draft = a_draft(followup_enabled=True, followup_attach_report=True)
    campaign = launch(draft, MORNING).campaign
    ReportFactory(lead=late)
    assert review_held(campaign, MORNING).released == 1
    assert Message.objects.filter(lead=late).count() == 2


def test_the_figures_follow_a_release(held, campaign):
    fill_in(held)
    review_held(campaign, MORNING)
    campaign.audience.refresh_from_db()
    assert (campaign.audience.enrolled_count, campaign.audience.held_count) == (4, 0)
    planned = campaign.figures.order_by("step__mail_number").values_list("planned", flat=True)
    assert list(planned) == [4, 4]
    assert check_integrity(since=MORNING, now=LATER) == []


def test_reviewing_twice_changes_nothing_the_second_time(held, campaign):
    fill_in(held)
    review_held(campaign, MORNING)
    before = slots(campaign), slots(campaign, 2)
    assert review_held(campaign, MORNING).released == 0
    assert (slots(campaign), slots(campaign, 2)) == before


@pytest.mark.parametrize("gone", [{"stopped_at": MORNING}, {"status": "bounced"}])
def test_a_lead_that_must_not_be_mailed_any_more_is_not_released(held, campaign, gone):
    fill_in(held)
    Lead.objects.filter(pk=held.pk).update(**gone)
    result = review_held(campaign, MORNING)
    assert (result.released, result.still_held) == (0, 1)
    assert not Message.objects.filter(lead=held).exists()


def test_a_lead_of_a_suppressed_domain_is_not_released(held, campaign):
    fill_in(held)
    SuppressionFactory(scope="domain", value=held.email.partition("@")[2])
    assert review_held(campaign, MORNING).released == 0


def test_who_is_released_in_a_paused_campaign_is_mailed_when_it_is_resumed(held, campaign):
    pause(campaign, MORNING)
    fill_in(held)
    assert review_held(campaign, MORNING).released == 1
    resume(campaign, LATER)
    assert slots(campaign) == ["Mon 01 10:40", "Mon 01 11:00", "Mon 01 11:20", "Mon 01 11:40"]


def test_a_lead_released_before_the_start_waits_for_it(held):
    start = MORNING + timedelta(days=1)
    campaign = launch(a_draft(start_mode="at", start_at=start), MORNING).campaign
    fill_in(held)
    review_held(campaign, MORNING)
    assert slots(campaign)[-1] == "Tue 02 11:20"
    assert Message.objects.get(lead=held).not_before == start


def test_a_lead_keeps_the_domain_that_it_was_dealt_to():
    held, ready = LeadFactory(), LeadFactory()
    Lead.objects.filter(pk=ready.pk).update(company="")
    campaign = launch(a_draft(a_domain(), a_domain()), MORNING).campaign
    enrollment = Enrollment.objects.get(lead=ready)
    assert enrollment.domain != Enrollment.objects.get(lead=held).domain
    fill_in(ready)
    review_held(campaign, MORNING)
    message = Message.objects.get(lead=ready)
    assert (message.domain, message.alias.domain) == (enrollment.domain, enrollment.domain)


@pytest.fixture
def completed(campaign: Campaign) -> Campaign:
    """With everything sent but to the held lead."""
    Message.objects.update(status="sent", sent_at=MORNING)
    assert complete_finished(MORNING) == 1
    return campaign


def test_a_completed_campaign_runs_again_for_who_is_released(held, completed):
    fill_in(held)
    result = review_held(completed, LATER)
    assert (result.released, result.still_held) == (1, 0)
    completed.refresh_from_db()
    assert (completed.status, completed.finished_at, completed.outcome) == ("running", None, "")
    assert completed.campaign_domains.filter(is_held=True).count() == 1
    due = Message.objects.due(LATER + timedelta(hours=1))
    assert list(due.values_list("lead", "mail_number")) == [(held.pk, 1)]


def test_whom_another_campaign_has_mailed_since_stays_held_by_a_completed_one(held, completed):
    fill_in(held)
    Lead.objects.filter(pk=held.pk).update(last_emailed_at=LATER - timedelta(days=13))
    assert review_held(completed, LATER).released == 0
    assert review_held(completed, LATER + timedelta(days=2)).released == 1


def test_a_campaign_that_ran_again_completes_again_with_all_its_mails(held, completed):
    fill_in(held)
    review_held(completed, LATER)
    Message.objects.filter(lead=held).update(status="sent", sent_at=LATER)
    assert complete_finished(LATER) == 1
    completed.refresh_from_db()
    assert completed.outcome == "8 of 8 mails sent."


def test_a_completed_campaign_that_nobody_is_released_of_stays_completed(held, completed):
    assert review_held(completed, LATER).released == 0
    completed.refresh_from_db()
    assert (completed.status, completed.finished_at) == ("completed", MORNING)
    assert completed.outcome.startswith("6 of 6 mails sent. 1 lead waits for review")
    assert not completed.campaign_domains.filter(is_held=True).exists()


def test_a_campaign_of_held_leads_alone_is_mailed_after_a_review():
    lead = LeadFactory(company="")
    campaign = launch(a_draft(), MORNING).campaign
    fill_in(lead)
    assert review_held(campaign, MORNING).released == 1
    assert slots(campaign) == ["Mon 01 10:20"]


def test_nobody_is_released_on_a_domain_that_serves_another_campaign_by_now(held, completed):
    domain = completed.campaign_domains.get().domain
    fill_in(held)
    spring = launch(a_draft(domain, name="Spring"), LATER).campaign
    busy = f'{domain} is busy with the campaign "Spring" \\(id {spring.pk}\\)'
    with pytest.raises(Conflict, match=busy):
        review_held(completed, LATER)
    completed.refresh_from_db()
    assert completed.status == "completed"
    assert Enrollment.objects.get(lead=held, campaign=completed).status == "held"
    assert not Message.objects.filter(lead=held, campaign=completed).exists()


def test_the_held_leads_of_a_stopped_campaign_or_a_draft_are_not_looked_at(held, campaign):
    stop(campaign, MORNING)
    with pytest.raises(Conflict, match=r"is stopped; its held leads were let go.*duplicate it"):
        review_held(campaign, MORNING)
    with pytest.raises(Conflict, match="is draft"):
        review_held(a_draft(), MORNING)


def test_a_review_takes_the_same_queries_for_many_leads(django_assert_max_num_queries):
    leads = LeadFactory.create_batch(30, company="")
    LeadFactory()
    campaign = launch(a_draft(), MORNING).campaign
    Lead.objects.filter(pk__in=[lead.pk for lead in leads]).update(company="Hotel Zon")
    with django_assert_max_num_queries(40):
        assert review_held(campaign, MORNING).released == 30


@pytest.mark.django_db(transaction=True)
def test_two_reviews_at_once_release_a_lead_once(held, campaign):
    fill_in(held)
    results = in_threads(2, lambda: review_held(campaign, MORNING).released)
    assert sorted(results) == [0, 1]
    assert Message.objects.filter(lead=held).count() == 2
