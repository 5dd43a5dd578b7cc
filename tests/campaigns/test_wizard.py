from dataclasses import replace
from datetime import time, timedelta

import pytest

from campaigns.lifecycle import launch
from campaigns.models import Campaign, Message
from campaigns.wizard import (
    CampaignDraft,
    build_rows,
    create_and_launch,
    create_campaign,
    delete_draft,
    draft_of,
    duplicate,
    update_draft,
)
from mailsuite.lib.errors import Conflict, Refusal
from templates_app.models import Template
from tests.campaigns.drafts import MORNING, a_domain, a_draft, a_flow
from tests.factories import LeadFactory, TemplateFactory, UserFactory

pytestmark = pytest.mark.django_db


def complete(**fields):
    values = {
        "name": "Summer",
        "template_id": TemplateFactory().pk,
        "mode": "all",
        "domains": [a_domain().name],
    }
    return CampaignDraft(**(values | fields))


def test_a_draft_may_lack_everything():
    campaign = create_campaign(CampaignDraft())
    assert (campaign.status, campaign.name) == ("draft", "")
    assert campaign.audience.mode == "leads"


def test_a_draft_comes_back_as_it_was_given():
    follow_up, domain = TemplateFactory(), a_domain()
    draft = complete(
        domains=(domain.name,),
        followup_enabled=True,
        followup_template_id=follow_up.pk,
        mode="filter",
        lead_ids=[],
        filters={"status": "active"},
        daily_limit=9,
        send_days=[2, 3],
        send_from=time(9),
        start_mode="at",
        start_at=MORNING,
        track_opens=False,
    )
    campaign = Campaign.objects.get(pk=create_campaign(draft).pk)
    assert draft_of(campaign) == draft


def test_who_made_it_is_kept():
    user = UserFactory()
    assert create_campaign(complete(), by=user).created_by == user


def test_domains_are_given_by_name_or_id_and_keep_their_order():
    one, two, three = a_domain(), a_domain(), a_domain()
    campaign = create_campaign(complete(domains=[str(three.pk), one.name.upper(), two.pk, one.pk]))
    domains = campaign.campaign_domains.values_list("domain_id", flat=True)
    assert list(domains) == [three.pk, one.pk, two.pk]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"template_id": 999_999}, "template_id"),
        ({"template_id": None, "flow_id": 999_999}, "flow_id"),
        ({"followup_template_id": 999_999}, "followup.template_id"),
        ({"domains": ["nobody.nl"]}, "domains"),
        ({"domains": ["999999999999999999999999"]}, "domains"),
        ({"mode": "filter", "filters": {"colour": "red"}}, "audience.filters"),
        ({"daily_limit": 28}, "limits.daily_limit"),
        ({"send_until": time(18)}, "limits.send_until"),
        ({"send_days": [6]}, "limits.send_days"),
    ],
)
def test_what_does_not_exist_or_is_too_wide_is_refused_and_nothing_is_saved(fields, field):
    with pytest.raises(Refusal) as refusal:
        create_campaign(complete(**fields))
    assert list(refusal.value.fields) == [field]
    assert not Campaign.objects.exists()


def test_a_deleted_template_does_not_exist():
    with pytest.raises(Refusal, match="there is no template"):
        build_rows(complete(template_id=TemplateFactory(deleted_at=MORNING).pk))


def test_an_unknown_domain_is_refused_with_those_there_are():
    domain = a_domain(name="punthelder-seo.nl")
    with pytest.raises(Refusal, match=r"no sending domain x\.nl\. Choose from punthelder-seo\.nl"):
        build_rows(complete(domains=["x.nl", domain.name]))


def test_creating_and_launching_is_one_step():
    LeadFactory()
    result = create_and_launch(complete(), MORNING)
    assert (result.campaign.status, result.planned) == ("running", 1)


def test_where_the_launch_is_refused_nothing_is_created():
    with pytest.raises(Refusal):
        create_and_launch(complete(start_mode="at"), MORNING)
    assert not Campaign.objects.exists()


def test_every_part_of_a_draft_can_be_changed():
    campaign = create_campaign(complete())
    other = a_domain()
    update_draft(campaign, replace(draft_of(campaign), name="Autumn", domains=[other.name]))
    campaign.refresh_from_db()
    assert campaign.name == "Autumn"
    assert [row.domain for row in campaign.campaign_domains.all()] == [other]


@pytest.mark.parametrize("act", [delete_draft, lambda one: update_draft(one, draft_of(one))])
def test_a_launched_campaign_can_be_neither_changed_nor_deleted(act):
    LeadFactory()
    campaign = launch(a_draft(name="Spring"), MORNING).campaign
    with pytest.raises(Conflict, match='"Spring" is running'):
        act(campaign)
    assert Message.objects.count() == 1


def test_a_draft_can_be_deleted():
    delete_draft(create_campaign(complete()))
    assert not Campaign.objects.exists()


def test_a_duplicate_is_a_draft_that_asks_for_the_same():
    LeadFactory()
    user = UserFactory()
    first = create_and_launch(
        complete(start_mode="at", start_at=MORNING + timedelta(days=1)), MORNING
    ).campaign
    copy = duplicate(first, by=user)
    assert (copy.status, copy.name, copy.created_by) == ("draft", "Summer (copy)", user)
    assert draft_of(copy) == replace(
        draft_of(first), name="Summer (copy)", start_mode="now", start_at=None
    )
    assert copy.audience.taken_at is None
    assert not copy.messages.exists()


def test_the_copy_of_a_long_name_fits():
    assert len(duplicate(create_campaign(complete(name="x" * 200))).name) == 200


def a_draft_whose_templates_were_deleted():
    template, follow_up = TemplateFactory(), TemplateFactory()
    draft = complete(
        template_id=template.pk, followup_enabled=True, followup_template_id=follow_up.pk
    )
    campaign = create_campaign(draft)
    Template.objects.update(deleted_at=MORNING)
    return Campaign.objects.get(pk=campaign.pk)


def test_a_draft_of_a_deleted_template_can_be_changed_and_the_launch_asks_for_another():
    LeadFactory()
    campaign = a_draft_whose_templates_were_deleted()
    update_draft(campaign, replace(draft_of(campaign), name="Autumn"))
    campaign.refresh_from_db()
    assert campaign.name == "Autumn"
    with pytest.raises(Refusal, match="was deleted"):
        launch(campaign, MORNING)
    other = TemplateFactory()
    update_draft(
        campaign,
        replace(draft_of(campaign), template_id=other.pk, followup_template_id=None),
    )
    assert launch(campaign, MORNING).planned == 2


def test_a_draft_can_not_be_changed_to_a_deleted_template():
    campaign, dead = create_campaign(complete()), TemplateFactory(deleted_at=MORNING)
    with pytest.raises(Refusal, match="there is no template"):
        update_draft(campaign, replace(draft_of(campaign), template_id=dead.pk))


def test_a_duplicate_leaves_out_a_deleted_template_for_the_launch_to_ask_for():
    copy = duplicate(a_draft_whose_templates_were_deleted())
    assert (copy.status, copy.template) == ("draft", None)
    with pytest.raises(Refusal, match="Choose a template"):
        launch(copy, MORNING)


def test_a_duplicate_does_not_send_the_first_mail_again_for_a_deleted_follow_up():
    LeadFactory()
    campaign = a_draft_whose_templates_were_deleted()
    Template.objects.filter(pk=campaign.template_id).update(deleted_at=None)
    with pytest.raises(Refusal, match="was deleted"):
        launch(duplicate(campaign), MORNING)
    assert not Message.objects.exists()


def test_a_campaign_can_send_a_flow():
    LeadFactory()
    draft = complete(template_id=None, flow_id=a_flow(2).flow.pk)
    assert create_and_launch(draft, MORNING).planned == 2
