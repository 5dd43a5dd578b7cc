from datetime import timedelta

import pytest

from campaigns.findings import NotReady
from campaigns.lifecycle import change_status, complete_finished, launch, pause, resume, stop
from campaigns.models import Campaign, CampaignDomain, DailyFigures, Enrollment, Message
from leads.models import Lead
from mailsuite.lib.errors import Conflict, Refusal
from tests.campaigns.drafts import EARLY, MORNING, OPENING, a_domain, a_draft, a_flow, slots
from tests.factories import LeadFactory, ReportFactory, TemplateFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_launch_creates_every_message_in_its_slot():
    LeadFactory.create_batch(3)
    campaign = launch(a_draft(), MORNING).campaign
    assert campaign.status == "running"
    assert slots(campaign) == ["Mon 01 10:20", "Mon 01 10:40", "Mon 01 11:00"]


def test_a_launch_tells_what_it_made():
    LeadFactory.create_batch(2)
    LeadFactory(company="")
    LeadFactory(stopped_at=MORNING)
    result = launch(a_draft(), MORNING)
    assert (result.matched, result.enrolled, result.held, result.planned) == (4, 3, 1, 2)
    assert result.excluded == {"stopped": 1}
    assert result.first_at == MORNING.replace(minute=20)


def test_the_default_flow_goes_on_workdays_0_3_6_and_9_from_two_aliases():
    LeadFactory()
    flow = a_flow(4, aliases=["christian", "christian", "victor", "victor"]).flow
    campaign = launch(a_draft(flow=flow), OPENING).campaign
    expected = [("Mon 01 08:00", "christian"), ("Thu 04 08:00", "christian")]
    expected += [("Tue 09 08:00", "victor"), ("Fri 12 08:00", "victor")]
    aliases = Message.objects.order_by("mail_number").values_list("alias__name", flat=True)
    moments = [slots(campaign, number)[0] for number in (1, 2, 3, 4)]
    assert list(zip(moments, aliases, strict=True)) == expected


def test_a_message_has_its_id_before_it_is_sent():
    LeadFactory()
    domain = a_domain(name="punthelder-seo.nl")
    launch(a_draft(domain), MORNING)
    message = Message.objects.get()
    assert message.smtp_message_id.endswith("@punthelder-seo.nl")
    assert "<" not in message.smtp_message_id
    assert message.status == "queued"


def test_only_the_first_mail_may_leave_before_another_was_sent():
    LeadFactory()
    launch(a_draft(followup_enabled=True), MORNING)
    not_before = Message.objects.order_by("mail_number").values_list("not_before", flat=True)
    assert list(not_before) == [MORNING, None]


def test_a_flow_that_begins_with_a_wait_starts_later():
    LeadFactory()
    version = a_flow(1)
    version.steps.update(position=2)
    version.steps.create(kind="wait", position=1, delay=2, delay_unit="workdays")
    campaign = launch(a_draft(flow=version.flow), MORNING).campaign
    assert slots(campaign) == ["Wed 03 08:00"]
    assert Message.objects.get().not_before == OPENING + 2 * DAY


def test_domains_share_the_leads_in_turn_and_a_lead_keeps_its_domain():
    leads = LeadFactory.create_batch(5)
    one, two = a_domain(), a_domain()
    launch(a_draft(one, two, followup_enabled=True), MORNING)
    for place, lead in enumerate(leads):
        domains = set(Message.objects.filter(lead=lead).values_list("domain", flat=True))
        assert domains == {[one.pk, two.pk][place % 2]}


def test_a_held_lead_gets_no_messages_and_takes_nobodys_turn():
    held = LeadFactory(company="")
    others = LeadFactory.create_batch(2)
    launch(a_draft(a_domain(), a_domain()), MORNING)
    enrollment = Enrollment.objects.get(lead=held)
    assert (enrollment.status, enrollment.missing_variables) == ("held", ["lead.company"])
    assert not Message.objects.filter(lead=held).exists()
    assert len({Message.objects.get(lead=lead).domain_id for lead in others}) == 2


def test_a_lead_without_its_report_is_held_where_a_mail_carries_it():
    held, ready = LeadFactory(), LeadFactory()
    ReportFactory(lead=ready)
    launch(a_draft(followup_enabled=True, followup_attach_report=True), MORNING)
    assert Enrollment.objects.get(lead=held).missing_variables == ["report"]
    assert Message.objects.filter(lead=ready).count() == 2


def test_the_snapshot_keeps_its_figures():
    LeadFactory(company="")
    LeadFactory(stopped_at=MORNING)
    audience = launch(a_draft(), MORNING).campaign.audience
    assert (audience.taken_at, audience.matched_count) == (MORNING, 2)
    assert (audience.enrolled_count, audience.held_count) == (1, 1)
    assert audience.excluded == {"stopped": 1}


def test_planned_mails_are_counted_per_step_on_the_day_of_the_launch():
    LeadFactory.create_batch(3)
    campaign = launch(a_draft(followup_enabled=True), MORNING).campaign
    figures = DailyFigures.objects.filter(campaign=campaign)
    assert sorted(figures.values_list("day", "step__mail_number", "planned")) == [
        (MORNING.date(), 1, 3),
        (MORNING.date(), 2, 3),
    ]


def test_what_a_template_says_is_pinned_at_launch():
    LeadFactory()
    draft = a_draft()
    launch(draft, MORNING)
    pinned = Message.objects.get().template_version
    assert pinned == draft.template.current_version


def test_launching_twice_creates_nothing_twice_and_answers_the_same():
    LeadFactory.create_batch(2)
    draft = a_draft()
    assert launch(draft, MORNING) == launch(draft, MORNING + DAY)
    assert Message.objects.count() == 2


def test_a_launch_can_start_later():
    LeadFactory()
    draft = a_draft(start_mode="at", start_at=MORNING + DAY)
    campaign = launch(draft, MORNING).campaign
    assert slots(campaign) == ["Tue 02 10:20"]
    assert Message.objects.get().not_before == MORNING + DAY


@pytest.mark.parametrize(
    ("start_at", "words"),
    [(None, "Say when"), (EARLY, "has passed"), (MORNING + 3000 * DAY, "two years away")],
)
def test_a_start_that_cannot_be_is_refused(start_at, words):
    draft = a_draft(start_mode="at", start_at=start_at)
    with pytest.raises(NotReady, match=words) as refusal:
        launch(draft, MORNING)
    assert list(refusal.value.fields) == ["schedule.start_at"]


def test_a_draft_that_starts_both_now_and_later_is_not_launched():
    LeadFactory()
    with pytest.raises(NotReady, match="contradicts start_mode now") as refusal:
        launch(a_draft(start_at=MORNING + DAY), MORNING)
    assert list(refusal.value.fields) == ["schedule.start_at"]
    assert not Message.objects.exists()


def test_a_refused_launch_leaves_the_draft_as_it_was():
    LeadFactory()
    draft = a_draft(a_domain(is_active=False))
    with pytest.raises(NotReady, match="is switched off"):
        launch(draft, MORNING)
    draft.refresh_from_db()
    assert (draft.status, draft.flow_version) == ("draft", None)
    assert not CampaignDomain.objects.filter(is_held=True).exists()


def test_every_reason_against_a_launch_is_named():
    draft = a_draft(a_domain(is_active=False), name="", template=None)
    with pytest.raises(NotReady) as refusal:
        launch(draft, MORNING)
    assert set(refusal.value.fields) == {"name", "domains", "template_id"}


def test_a_missing_alias_is_refused_with_the_domain_and_the_mail():
    flow = a_flow(2, aliases=["christian", "peter"]).flow
    draft = a_draft(a_domain(name="punthelder-seo.nl"), flow=flow)
    with pytest.raises(NotReady, match=r'seo\.nl has no sender alias "peter".* mail 2'):
        launch(draft, MORNING)


def test_a_busy_domain_is_refused_with_the_campaign_that_holds_it():
    LeadFactory()
    domain = a_domain(name="punthelder-seo.nl")
    first = launch(a_draft(domain, name="Spring"), MORNING).campaign
    with pytest.raises(Conflict) as refusal:
        launch(a_draft(domain), MORNING)
    assert f'punthelder-seo.nl is busy with the campaign "Spring" (id {first.pk})' in str(
        refusal.value
    )


def test_a_paused_campaign_keeps_its_domain_and_a_stopped_one_gives_it_back():
    LeadFactory()
    domain = a_domain()
    campaign = launch(a_draft(domain), MORNING).campaign
    pause(campaign, MORNING)
    with pytest.raises(Conflict):
        launch(a_draft(domain), MORNING)
    stop(campaign, MORNING)
    assert launch(a_draft(domain), MORNING).campaign.status == "running"


def test_a_campaign_that_no_lead_matches_completes_at_once_and_says_so():
    campaign = launch(a_draft(), MORNING).campaign
    assert campaign.status == "completed"
    assert campaign.outcome == "Nothing was sent: no lead matches the audience."
    assert not campaign.campaign_domains.filter(is_held=True).exists()


def test_a_campaign_whose_leads_are_all_excluded_says_why():
    LeadFactory(stopped_at=MORNING)
    campaign = launch(a_draft(), MORNING).campaign
    assert campaign.outcome.endswith("every lead that matched is excluded (1 stopped).")


def test_a_campaign_whose_leads_are_all_held_completes_at_once_and_says_how_to_mail_them():
    LeadFactory(company="")
    campaign = launch(a_draft(), MORNING).campaign
    assert (campaign.status, campaign.finished_at) == ("completed", MORNING)
    assert campaign.outcome.startswith("Nothing was sent. 1 lead waits for review, for lack of")
    assert "POST /campaigns/{id}/review" in campaign.outcome
    assert not campaign.campaign_domains.filter(is_held=True).exists()


def test_a_held_lead_does_not_keep_its_campaign_running():
    LeadFactory()
    held = LeadFactory(company="")
    campaign = launch(a_draft(), MORNING).campaign
    Message.objects.update(status="sent", sent_at=MORNING)
    assert complete_finished(MORNING) == 1
    campaign.refresh_from_db()
    assert (campaign.status, campaign.finished_at) == ("completed", MORNING)
    assert campaign.outcome.startswith("1 of 1 mail sent. 1 lead waits for review")
    assert not campaign.campaign_domains.filter(is_held=True).exists()
    assert Enrollment.objects.get(lead=held).status == "held"


def test_an_outcome_promises_no_review_of_leads_that_may_not_be_mailed():
    LeadFactory()
    held = LeadFactory(company="")
    campaign = launch(a_draft(), MORNING).campaign
    Message.objects.update(status="sent", sent_at=MORNING)
    Lead.objects.filter(pk=held.pk).update(stopped_at=MORNING)
    complete_finished(MORNING)
    campaign.refresh_from_db()
    assert campaign.outcome == "1 of 1 mail sent."


def test_stopping_tells_the_leads_in_the_flow_from_those_held_back():
    LeadFactory.create_batch(2)
    LeadFactory(company="")
    campaign = stop(launch(a_draft(), MORNING).campaign, MORNING)
    assert campaign.outcome == (
        "Stopped by hand with 2 leads still in the flow and 1 lead held for review."
    )
    LeadFactory()
    Lead.objects.filter(company="").update(stopped_at=MORNING)
    another = stop(launch(a_draft(), MORNING).campaign, MORNING)
    assert another.outcome == "Stopped by hand with 3 leads still in the flow."


def test_a_pause_keeps_everything_in_its_place():
    LeadFactory()
    campaign = launch(a_draft(), MORNING).campaign
    before = slots(campaign)
    paused = pause(pause(campaign, MORNING), MORNING)
    assert (paused.status, paused.paused_at) == ("paused", MORNING)
    assert slots(campaign) == before


def test_resuming_never_bursts():
    LeadFactory.create_batch(3)
    campaign = launch(a_draft(), MORNING).campaign
    pause(campaign, MORNING)
    resume(campaign, MORNING + timedelta(days=1, minutes=30))
    assert slots(campaign) == ["Tue 02 10:40", "Tue 02 11:00", "Tue 02 11:20"]


def test_what_a_pause_held_back_is_not_sent_in_the_grace():
    LeadFactory()
    campaign = launch(a_draft(), MORNING).campaign
    pause(campaign, MORNING)
    resume(campaign, MORNING.replace(hour=15, minute=10))  # 17:10 in Amsterdam
    assert slots(campaign) == ["Tue 02 08:00"]


def test_stopping_cancels_what_is_queued_and_ends_every_flow():
    LeadFactory()
    LeadFactory(company="")
    campaign = launch(a_draft(followup_enabled=True), MORNING).campaign
    stopped = stop(campaign, MORNING)
    assert (stopped.status, stopped.finished_at) == ("stopped", MORNING)
    assert set(Message.objects.values_list("status", flat=True)) == {"canceled"}
    assert set(Enrollment.objects.values_list("status", "end_reason")) == {
        ("ended", "campaign_stopped")
    }
    assert sum(DailyFigures.objects.values_list("canceled", flat=True)) == 2


@pytest.mark.parametrize("act", [pause, resume, stop])
def test_a_draft_can_be_neither_paused_nor_resumed_nor_stopped(act):
    with pytest.raises(Conflict, match="is draft"):
        act(a_draft(), MORNING)


def test_the_status_can_be_asked_for_by_name():
    LeadFactory()
    draft = a_draft()
    for asked, becomes in [
        ("active", "running"),
        ("paused", "paused"),
        ("running", "running"),
        ("stopped", "stopped"),
    ]:
        campaign = Campaign.objects.get(pk=draft.pk)
        assert change_status(campaign, asked, MORNING).status == becomes


def test_a_status_that_nobody_can_ask_for_is_refused():
    with pytest.raises(Refusal, match="choose running, active, paused or stopped"):
        change_status(a_draft(), "completed", MORNING)


def test_a_campaign_is_completed_when_its_last_message_is_final():
    LeadFactory.create_batch(2)
    campaign = launch(a_draft(), MORNING).campaign
    first, second = Message.objects.order_by("scheduled_at")
    Message.objects.filter(pk=first.pk).update(status="sent", sent_at=MORNING)
    assert complete_finished(MORNING) == 0
    Message.objects.filter(pk=second.pk).update(status="failed")
    assert complete_finished(MORNING + DAY) == 1
    campaign.refresh_from_db()
    assert (campaign.status, campaign.finished_at) == ("completed", MORNING + DAY)
    assert campaign.outcome == "1 of 2 mails sent."
    assert not campaign.campaign_domains.filter(is_held=True).exists()


def test_a_message_of_unknown_fate_keeps_its_campaign_running():
    LeadFactory()
    launch(a_draft(), MORNING)
    Message.objects.update(status="unknown")
    assert complete_finished(MORNING) == 0


def test_a_launch_takes_the_same_queries_for_many_leads(django_assert_max_num_queries):
    LeadFactory.create_batch(40)
    draft = a_draft(a_domain(), a_domain(), followup_enabled=True)
    with django_assert_max_num_queries(45):
        launch(draft, MORNING)
    assert Message.objects.count() == 80


def test_one_lead_of_the_list_can_be_named():
    lead, _ = LeadFactory.create_batch(2)
    draft = a_draft(mode="leads", audience={"lead_ids": [lead.pk]}, template=TemplateFactory())
    launch(draft, MORNING)
    assert Message.objects.get().lead == lead
