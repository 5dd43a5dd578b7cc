from __future__ import annotations

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignDomain, Message
from leads.models import Lead
from tests.admin.conftest import fields, page, pick, press, told
from tests.factories import (
    AudienceFactory,
    CampaignDomainFactory,
    CampaignFactory,
    DailyFiguresFactory,
    LeadFactory,
    MessageFactory,
    SenderAliasFactory,
    SendingDomainFactory,
    TemplateFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Campaign:
    """Ready to launch: a template, a lead and a domain with a sender."""
    lead = LeadFactory()
    campaign = CampaignFactory(
        name="Hotels", status="draft", flow_version=None, launched_at=None,
        template=TemplateFactory(),
    )  # fmt: skip
    AudienceFactory(campaign=campaign, lead_ids=[lead.pk])
    domain = CampaignDomainFactory(campaign=campaign).domain
    SenderAliasFactory(domain=domain)
    return campaign


def test_a_marketer_launches_pauses_resumes_and_stops(login, draft: Campaign) -> None:
    marketer = login("marketer")
    for button, status in (
        ("launch_this", "running"),
        ("pause_this", "paused"),
        ("resume_this", "running"),
        ("stop_this", "stopped"),
    ):
        answer = press(marketer, draft, button)
        assert answer.url == page(Campaign, "change", draft.pk)
        draft.refresh_from_db()
        assert draft.status == status
    assert Message.objects.get().status == "canceled"


def test_following_the_link_of_a_button_changes_nothing(login, draft: Campaign) -> None:
    answer = login("marketer").get(page(Campaign, "launch_this", draft.pk))
    assert "Launch?" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    assert not Message.objects.exists()


def test_a_button_needs_the_token_of_the_form(draft: Campaign, django_user_model) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(django_user_model.objects.create_superuser("boss"))
    assert press(client, draft, "launch_this").status_code == 403
    assert not Message.objects.exists()


def test_what_is_refused_is_told_and_nothing_done(login, draft: Campaign) -> None:
    domain = draft.campaign_domains.get().domain
    holder = CampaignDomainFactory(domain=domain, campaign__name="Musea").campaign
    answer = press(login("marketer"), draft, "launch_this")
    (message,) = told(answer)
    assert domain.name in message
    assert holder.name in message
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_ticked_campaigns_are_paused_together(login) -> None:
    running, done = CampaignFactory(), CampaignFactory(status="completed")
    answer = pick(login("marketer"), "pause_selected", running, done)
    refused, paused = told(answer)
    assert paused == "1 campaign paused."
    assert "completed" in refused
    assert set(Campaign.objects.values_list("status", flat=True)) == {"paused", "completed"}


def test_a_campaign_that_runs_is_not_told_to_be_launched(login) -> None:
    running = CampaignFactory(name="Hotels")
    answer = pick(login("marketer"), "launch_selected", running)
    assert told(answer) == [
        "Hotels: It is running, so it was launched before. Nothing was changed."
    ]


def test_a_draft_without_a_name_is_called_by_its_id(login) -> None:
    draft = CampaignFactory(name="", status="draft", flow_version=None)
    (message,) = told(pick(login("marketer"), "pause_selected", draft))
    assert f'"unnamed campaign {draft.pk}" is draft' in message


def test_each_status_offers_what_can_be_done(boss: Client) -> None:
    offered = {}
    for status in Campaign.Status:
        campaign = CampaignFactory(status=status)
        buttons = boss.get(page(Campaign, "change", campaign.pk)).context["actions_detail"]
        offered[status.value] = [button["title"] for button in buttons]
    assert offered == {
        "draft": ["Launch", "Duplicate", "Delete"],
        "running": ["Pause", "Check held leads again", "Stop", "Duplicate"],
        "paused": ["Resume", "Check held leads again", "Stop", "Duplicate"],
        "completed": ["Check held leads again", "Duplicate"],
        "stopped": ["Duplicate"],
    }


def test_held_leads_are_checked_again_and_the_marketer_reads_what_came_of_it(
    login, draft: Campaign
) -> None:
    held, late = LeadFactory(company=""), LeadFactory(company="")
    draft.audience.lead_ids += [held.pk, late.pk]
    draft.audience.save()
    marketer = login("marketer")
    press(marketer, draft, "launch_this")
    assert "lead.company (2)" in marketer.get(page(Campaign, "change", draft.pk)).content.decode()
    Lead.objects.filter(pk=late.pk).update(company="Hotel Zon")
    answer = press(marketer, draft, "review_this")
    assert "Hotels: 1 released, 1 still held for lack of lead.company (1)." in told(answer)
    assert Message.objects.filter(lead=late).count() == 1


def test_a_copy_is_a_draft_of_whoever_made_it(login, draft: Campaign) -> None:
    press(login("marketer"), draft, "duplicate_this")
    copy = Campaign.objects.exclude(pk=draft.pk).get()
    assert (copy.name, copy.status) == ("Hotels (copy)", "draft")
    assert copy.created_by is not None


def test_a_draft_is_deleted_and_a_launched_campaign_is_not(login, draft: Campaign) -> None:
    marketer = login("marketer")
    answer = press(marketer, draft, "delete_this")
    assert answer.url == page(Campaign, "changelist")
    assert not Campaign.objects.exists()
    running = CampaignFactory()
    press(marketer, running, "delete_this")
    assert Campaign.objects.get() == running


def test_a_draft_is_made_and_changed_by_its_form(login) -> None:
    marketer, template = login("marketer"), TemplateFactory()
    domain = SendingDomainFactory()
    form = fields(marketer, page(Campaign, "add")) | {
        "name": "Hotels",
        "template": template.pk,
        "send_days": [1, 3],
        "audience-0-mode": "list",
        "audience-0-list_name": "hotels",
        "campaign_domains-TOTAL_FORMS": 1,
        "campaign_domains-0-domain": domain.pk,
        "campaign_domains-0-position": 0,
    }
    answer = marketer.post(page(Campaign, "add"), form)
    assert answer.status_code == 302, answer.context["errors"]
    campaign = Campaign.objects.get()
    assert (campaign.status, campaign.send_days) == ("draft", [1, 3])
    assert campaign.created_by is not None
    assert campaign.audience.list_name == "hotels"
    assert campaign.campaign_domains.get().domain == domain


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("followup_days", {"followup_days": 366}),
        ("daily_limit", {"daily_limit": 0}),
        ("daily_limit", {"daily_limit": 1_000_001}),
        ("start_at", {"start_mode": "at", "start_at_0": "1999-12-31", "start_at_1": "09:00"}),
        ("start_at", {"start_mode": "at", "start_at_0": "9999-12-31", "start_at_1": "09:00"}),
    ],
)
def test_a_form_has_the_bounds_of_the_api(
    login, draft: Campaign, field: str, given: dict[str, object]
) -> None:
    marketer, url = login("marketer"), page(Campaign, "change", draft.pk)
    answer = marketer.post(url, fields(marketer, url) | given)
    assert list(answer.context["adminform"].form.errors) == [field]


def test_the_days_since_the_last_mail_are_bounded(login, draft: Campaign) -> None:
    marketer, url = login("marketer"), page(Campaign, "change", draft.pk)
    answer = marketer.post(url, fields(marketer, url) | {"audience-0-exclude_recent_days": 3651})
    (audience, _) = answer.context["inline_admin_formsets"]
    assert list(audience.formset.errors[0]) == ["exclude_recent_days"]


def test_a_start_that_is_both_now_and_later_is_told_beside_its_field(
    login, draft: Campaign
) -> None:
    marketer, url = login("marketer"), page(Campaign, "change", draft.pk)
    later = {"start_mode": "now", "start_at_0": "2026-12-01", "start_at_1": "09:00"}
    answer = marketer.post(url, fields(marketer, url) | later)
    assert "contradicts start_mode now" in str(answer.context["adminform"].form.errors["start_at"])
    draft.refresh_from_db()
    assert draft.start_at is None


@pytest.mark.parametrize(
    "filters", ["[1]", '"x"', '{"colour": "red"}', '{"status": "asleep"}', r'{"search": "\ud800"}']
)
def test_an_audience_cannot_be_filtered_by_nonsense(login, draft: Campaign, filters: str) -> None:
    marketer, url = login("marketer"), page(Campaign, "change", draft.pk)
    form = fields(marketer, url) | {"audience-0-mode": "filter", "audience-0-filters": filters}
    answer = marketer.post(url, form)
    (audience, _) = answer.context["inline_admin_formsets"]
    assert "filters" in audience.formset.errors[0]
    draft.audience.refresh_from_db()
    assert draft.audience.mode == "leads"


def test_a_launched_campaign_cannot_be_changed_by_its_form(login, draft: Campaign) -> None:
    marketer = login("marketer")
    form = fields(marketer, page(Campaign, "change", draft.pk)) | {"name": "Another"}
    press(marketer, draft, "launch_this")
    assert marketer.post(page(Campaign, "change", draft.pk), form).status_code == 403
    draft.refresh_from_db()
    assert (draft.name, draft.status) == ("Hotels", "running")


def test_a_form_that_was_open_during_the_launch_does_not_undo_it(login, draft: Campaign) -> None:
    """The row is written field by field: what the form does not show it does not set back."""
    Campaign.objects.update(outcome="before")
    marketer = login("marketer")
    form = fields(marketer, page(Campaign, "change", draft.pk)) | {"name": "Another"}
    Campaign.objects.update(outcome="set by a worker meanwhile")
    marketer.post(page(Campaign, "change", draft.pk), form)
    draft.refresh_from_db()
    assert (draft.name, draft.outcome) == ("Another", "set by a worker meanwhile")


def test_the_page_shows_what_came_of_it(boss: Client) -> None:
    figures = DailyFiguresFactory(planned=10, sent=8, opened=4)
    text = boss.get(page(Campaign, "change", figures.campaign.pk)).content.decode()
    assert "sent of 10" in text


def test_the_list_shows_progress(boss: Client) -> None:
    DailyFiguresFactory(planned=10, canceled=2, sent=4, opened=1)
    text = boss.get(page(Campaign, "changelist")).content.decode()
    assert "4 / 8" in text
    assert "1 (25%)" in text


def test_a_long_list_of_ids_is_told_by_its_length(boss: Client) -> None:
    audience = AudienceFactory(lead_ids=[987654321, 987654322])
    text = boss.get(page(Campaign, "change", audience.campaign.pk)).content.decode()
    assert "987654321" not in text


def test_the_domain_of_a_running_campaign_is_not_taken_away(login) -> None:
    held = CampaignDomainFactory()
    marketer = login("marketer")
    answer = marketer.post(page(Campaign, "change", held.campaign.pk), {})
    assert answer.status_code == 403
    assert CampaignDomain.objects.get().is_held


def test_held_leads_are_found_by_their_address(boss: Client) -> None:
    message = MessageFactory(enrollment__lead__email="jan@hotel-zon.nl")
    other = MessageFactory()
    text = boss.get(page(Message, "changelist"), {"q": "hotel-zon"}).content.decode()
    assert page(Message, "change", message.pk) in text
    assert page(Message, "change", other.pk) not in text
