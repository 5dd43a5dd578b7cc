from datetime import date, timedelta

import pytest

from campaigns.findings import NotReady
from campaigns.forecasting import forecast, forecast_rows
from campaigns.lifecycle import launch, pause, stop
from campaigns.models import Campaign, Enrollment, FlowVersion, Message, SendingDomain
from campaigns.scheduling.forecast import DayCount
from campaigns.wizard import CampaignDraft, build_rows
from tests.campaigns.drafts import MORNING, OPENING, a_domain, a_draft, a_flow
from tests.factories import LeadFactory, TemplateFactory

pytestmark = pytest.mark.django_db


def planned(campaign):
    return sorted(
        Message.objects.filter(campaign=campaign).values_list(
            "lead_id", "mail_number", "domain__name", "alias__name", "scheduled_at"
        )
    )


def told(forecast):
    return sorted(
        (mail.lead_id, mail.mail_number, mail.domain, mail.alias.split("@")[0], mail.scheduled_at)
        for mail in forecast.messages
    )


def test_a_launch_does_what_the_dry_run_said():
    LeadFactory.create_batch(60)
    flow = a_flow(4, aliases=["christian", "christian", "victor", "victor"]).flow
    draft = a_draft(a_domain(), a_domain(), flow=flow)
    said = forecast(draft, MORNING, detail=True)
    result = launch(draft, MORNING)
    assert told(said) == planned(draft)
    assert (said.planned, said.first_at, said.last_at) == (
        result.planned,
        result.first_at,
        result.last_at,
    )


def test_a_dry_run_counts_per_domain_and_day():
    LeadFactory.create_batch(30)
    domain = a_domain(name="punthelder-seo.nl")
    said = forecast(a_draft(domain), OPENING)
    (only,) = said.domains
    assert (only.domain, only.timezone) == ("punthelder-seo.nl", "Europe/Amsterdam")
    assert only.forecast.days == (
        DayCount(date(2026, 6, 1), 27, 27),
        DayCount(date(2026, 6, 2), 3, 27),
    )
    assert (said.planned, said.finish_date) == (30, date(2026, 6, 2))
    assert said.messages is None


def test_a_dry_run_names_who_is_held_back_and_why_and_counts_the_excluded():
    held = LeadFactory(company="")
    LeadFactory(stopped_at=MORNING)
    said = forecast(a_draft(), MORNING)
    (only,) = said.held
    assert (only.lead_id, only.email, only.missing) == (held.pk, held.email, ("lead.company",))
    assert (said.matched, said.enrolled, said.held_count) == (2, 1, 1)
    assert said.excluded == {"stopped": 1}
    assert (said.planned, said.first_at, said.finish_date) == (0, None, None)


def test_a_dry_run_writes_nothing():
    LeadFactory()
    draft = a_draft(followup_enabled=True)
    before = Campaign.objects.values().get()
    forecast(draft, MORNING, detail=True)
    assert Campaign.objects.values().get() == before
    assert not (Message.objects.exists() or Enrollment.objects.exists())
    assert not FlowVersion.objects.exists()


def test_a_payload_can_be_tried_without_being_saved():
    LeadFactory.create_batch(2)
    draft = CampaignDraft(
        name="Summer", template_id=TemplateFactory().pk, mode="all", domains=[a_domain().name]
    )
    said = forecast_rows(build_rows(draft), MORNING, detail=True)
    assert [mail.scheduled_at for mail in said.messages] == [
        MORNING.replace(minute=20),
        MORNING.replace(minute=40),
    ]
    assert not Campaign.objects.exists()


def test_a_draft_that_cannot_be_launched_has_no_forecast():
    with pytest.raises(NotReady, match="template or a flow"):
        forecast(a_draft(template=None), MORNING)


def test_of_a_running_campaign_it_tells_what_is_left():
    LeadFactory.create_batch(3)
    campaign = launch(a_draft(), OPENING).campaign
    first = Message.objects.earliest("scheduled_at")
    Message.objects.filter(pk=first.pk).update(status="sent", sent_at=OPENING)
    SendingDomain.objects.update(next_allowed_at=OPENING + timedelta(minutes=20))
    said = forecast(campaign, OPENING + timedelta(minutes=1), detail=True)
    assert told(said) == planned(campaign)[1:]
    assert (said.planned, said.enrolled) == (2, 3)


def test_of_a_paused_campaign_it_tells_what_a_resume_would_send():
    LeadFactory.create_batch(2)
    campaign = pause(launch(a_draft(), OPENING).campaign, OPENING)
    assert forecast(campaign, MORNING).first_at == MORNING.replace(minute=20)
    assert Message.objects.earliest("scheduled_at").scheduled_at == OPENING


def test_a_stopped_campaign_has_nothing_left():
    LeadFactory()
    campaign = stop(launch(a_draft(), OPENING).campaign, OPENING)
    said = forecast(campaign, OPENING, detail=True)
    assert (said.planned, said.domains, said.messages) == (0, (), ())


def test_held_leads_of_a_running_campaign_are_named():
    LeadFactory()
    held = LeadFactory(company="")
    said = forecast(launch(a_draft(), OPENING).campaign, OPENING)
    assert [(lead.lead_id, lead.missing) for lead in said.held] == [(held.pk, ("lead.company",))]


def test_a_forecast_takes_the_same_queries_for_many_leads(django_assert_max_num_queries):
    LeadFactory.create_batch(40)
    draft = a_draft(a_domain(), a_domain(), followup_enabled=True)
    with django_assert_max_num_queries(20):
        forecast(draft, MORNING, detail=True)
