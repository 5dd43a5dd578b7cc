from datetime import timedelta

import pytest

from campaigns.audience import resolve
from campaigns.models import Audience
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib.errors import Refusal
from tests.campaigns.drafts import MORNING
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db


def everybody(**rules):
    return resolve(Audience(mode="all", **rules), MORNING)


def test_leads_come_in_the_order_of_their_creation():
    first, second = LeadFactory(), LeadFactory()
    Lead.objects.filter(pk=second.pk).update(created_at=first.created_at - timedelta(hours=1))
    assert everybody().lead_ids == [second.pk, first.pk]


def test_named_leads_keep_the_order_they_are_named_in_and_count_once():
    one, two, three = LeadFactory(), LeadFactory(), LeadFactory()
    named = [three.pk, one.pk, three.pk, two.pk]
    selection = resolve(Audience(mode="leads", lead_ids=named), MORNING)
    assert selection.lead_ids == [three.pk, one.pk, two.pk]
    assert selection.excluded == {}


def test_a_named_lead_that_does_not_exist_is_counted():
    lead = LeadFactory()
    selection = resolve(Audience(mode="leads", lead_ids=[lead.pk, lead.pk + 1]), MORNING)
    assert selection.lead_ids == [lead.pk]
    assert selection.excluded == {"not found": 1}
    assert selection.matched == 2


def test_a_list_is_taken_by_its_name():
    LeadFactory(list_name="hotels")
    lead = LeadFactory(list_name="bakers")
    assert resolve(Audience(mode="list", list_name="bakers"), MORNING).lead_ids == [lead.pk]


def test_filters_are_those_of_the_lead_list():
    LeadFactory(domain="hotel.de")
    lead = LeadFactory(domain="hotel.nl", tags=["vip"])
    rules = {"domain_tld": "nl", "tags": ["vip"]}
    assert resolve(Audience(mode="filter", filters=rules), MORNING).lead_ids == [lead.pk]


def test_an_unknown_filter_is_refused_with_the_known_ones():
    with pytest.raises(Refusal, match="no such filter: colour; these exist: domain_tld") as refusal:
        resolve(Audience(mode="filter", filters={"colour": "red"}), MORNING)
    assert list(refusal.value.fields) == ["audience.filters"]


def test_a_bad_value_of_a_filter_is_refused_by_name():
    with pytest.raises(Refusal, match="min_score"):
        resolve(Audience(mode="filter", filters={"min_score": "many"}), MORNING)


def test_a_var_named_by_its_heading_is_refused_with_its_name():
    with pytest.raises(Refusal, match="; aantal_kamers can") as refusal:
        resolve(Audience(mode="filter", filters={"has_var": ["Aantal kamers"]}), MORNING)
    assert list(refusal.value.fields) == ["audience.filters"]


def test_each_lead_left_out_is_counted_under_one_reason():
    mailable = LeadFactory()
    LeadFactory(status=Lead.Status.BOUNCED, stopped_at=MORNING)
    LeadFactory(status=Lead.Status.SUPPRESSED)
    LeadFactory(stopped_at=MORNING)
    LeadFactory(last_emailed_at=MORNING - timedelta(days=13))
    selection = everybody()
    assert selection.lead_ids == [mailable.pk]
    assert selection.excluded == {
        "bounced": 1,
        "suppressed": 1,
        "stopped": 1,
        "mailed recently": 1,
    }


def test_deleted_leads_count_only_where_they_were_named():
    lead = LeadFactory(deleted_at=MORNING)
    assert everybody().matched == 0
    named = resolve(Audience(mode="leads", lead_ids=[lead.pk]), MORNING)
    assert named.excluded == {"deleted": 1}


def test_the_suppression_list_holds_for_addresses_and_whole_domains():
    LeadFactory(email="weg@hotel.nl")
    LeadFactory(email="info@nooit.nl")
    Suppression.objects.create(value="weg@hotel.nl", reason="manual")
    Suppression.objects.create(value="nooit.nl", scope="domain", reason="manual")
    assert everybody().excluded == {"suppressed": 2}


@pytest.mark.parametrize("flag", [True, False])
def test_no_flag_brings_a_suppressed_lead_back(flag):
    suppress([LeadFactory().email], reason=Suppression.Reason.UNSUBSCRIBED)
    selection = everybody(exclude_suppressed=flag)
    assert (selection.lead_ids, selection.excluded) == ([], {"suppressed": 1})


@pytest.mark.parametrize(("days", "taken"), [(14, 1), (15, 0), (0, 1)])
def test_recently_mailed_leads_wait_for_as_many_days(days, taken):
    LeadFactory(last_emailed_at=MORNING - timedelta(days=14, seconds=1))
    assert len(everybody(exclude_recent_days=days).lead_ids) == taken


def test_zero_days_exclude_nobody_who_was_mailed():
    lead = LeadFactory(last_emailed_at=MORNING)
    assert everybody(exclude_recent_days=0).lead_ids == [lead.pk]


def test_the_first_mailable_lead_of_a_web_domain_stands_for_it():
    LeadFactory(domain="hotel.nl", stopped_at=MORNING)
    first = LeadFactory(domain="hotel.nl")
    LeadFactory(domain="hotel.nl")
    other = LeadFactory(domain="inn.nl")
    selection = everybody(one_per_domain=True)
    assert selection.lead_ids == [first.pk, other.pk]
    assert selection.excluded == {"stopped": 1, "same web domain": 1}


def test_leads_without_a_web_domain_are_all_kept():
    leads = [LeadFactory(domain=""), LeadFactory(domain="")]
    assert everybody(one_per_domain=True).lead_ids == [lead.pk for lead in leads]


def test_choosing_is_one_query(django_assert_num_queries):
    LeadFactory.create_batch(5)
    with django_assert_num_queries(1):
        everybody(one_per_domain=True)


UNFILLED = [
    ({"mode": "list"}, "audience.list_name"),
    ({"mode": "list", "list_name": " "}, "audience.list_name"),
    ({"mode": "filter"}, "audience.filters"),
    ({"mode": "filter", "filters": {"status": "", "tags": [], "search": "  "}}, "audience.filters"),
    ({"mode": "filter", "filters": {"required": "company"}}, "audience.filters"),
]
CONTRADICTORY = [
    ({"mode": "all", "lead_ids": [1]}, "audience.lead_ids"),
    ({"mode": "all", "list_name": "hotels"}, "audience.list_name"),
    ({"mode": "leads", "filters": {"tier": "A"}}, "audience.filters"),
    ({"mode": "list", "list_name": "hotels", "filters": {"tier": "A"}}, "audience.filters"),
]


@pytest.mark.parametrize(("rules", "field"), UNFILLED + CONTRADICTORY)
def test_an_audience_that_does_not_say_whom_it_means_is_nobody(rules, field):
    LeadFactory(list_name="")
    with pytest.raises(Refusal) as refusal:
        resolve(Audience(**rules), MORNING)
    assert list(refusal.value.fields) == [field]


def test_who_leaves_the_rules_empty_is_told_how_to_mean_everybody():
    with pytest.raises(Refusal, match="use mode all for everybody"):
        resolve(Audience(mode="filter"), MORNING)


def test_a_filter_for_no_is_a_filter():
    LeadFactory(company="Hotel Zon", url="https://zon.example")
    lead = LeadFactory(company="")
    rules = {"is_complete": False, "tier": ""}
    assert resolve(Audience(mode="filter", filters=rules), MORNING).lead_ids == [lead.pk]
