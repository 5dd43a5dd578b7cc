"""What came of a campaign, from its daily figures."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from campaigns.kpis import Counts, campaign_figures, totals
from campaigns.models import Campaign
from tests.factories import (
    CampaignDomainFactory,
    CampaignFactory,
    DailyFiguresFactory,
    FlowStepFactory,
    SendingDomainFactory,
    SendingPolicyFactory,
)

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = date(2026, 6, 1), date(2026, 6, 2)


@pytest.fixture
def campaign() -> Campaign:
    """Two mails on two days; 30 sent on Monday, 24 on Tuesday."""
    campaign = CampaignFactory()
    CampaignDomainFactory(campaign=campaign)
    first = FlowStepFactory(version=campaign.flow_version, mail_number=1)
    second = FlowStepFactory(version=campaign.flow_version, mail_number=2)
    row = {"campaign": campaign}
    DailyFiguresFactory(**row, step=first, day=MONDAY, planned=40, sent=30, opened=9)
    DailyFiguresFactory(**row, step=second, day=MONDAY, planned=40, canceled=3)
    DailyFiguresFactory(**row, step=first, day=TUESDAY, sent=10, opened=1, machine_opened=7)
    DailyFiguresFactory(**row, step=second, day=TUESDAY, sent=14, clicked=2, replied=1)
    return campaign


def test_the_total_adds_up_all_days_and_mails(campaign: Campaign) -> None:
    assert campaign_figures(campaign).total == Counts(
        planned=80, canceled=3, sent=54, opened=10, machine_opened=7, clicked=2, replied=1
    )


def test_the_timeline_has_a_row_a_day_in_order(campaign: Campaign) -> None:
    days = campaign_figures(campaign).timeline

    assert [(day.date, day.counts.sent, day.counts.opened) for day in days] == [
        (MONDAY, 30, 9),
        (TUESDAY, 24, 1),
    ]


def test_a_day_on_which_mails_were_only_planned_is_not_in_the_timeline() -> None:
    figures = DailyFiguresFactory(planned=5, canceled=1)

    assert campaign_figures(figures.campaign).timeline == ()


def test_the_funnel_has_a_stage_a_mail_in_the_order_of_the_flow(campaign: Campaign) -> None:
    funnel = campaign_figures(campaign).funnel

    assert [(stage.mail_number, stage.counts.sent) for stage in funnel] == [(1, 40), (2, 14)]


def test_a_mail_of_which_nothing_is_known_yet_is_in_the_funnel_with_zeros() -> None:
    step = FlowStepFactory()
    campaign = CampaignFactory(flow_version=step.version)

    assert campaign_figures(campaign).funnel[0].counts == Counts()


def test_rates_are_parts_of_what_was_sent() -> None:
    counts = Counts(planned=100, sent=54, opened=10, machine_opened=50)

    assert counts.rate("opened") == 0.1852


def test_rates_are_zero_while_nothing_was_sent() -> None:
    assert Counts(planned=100).rate("opened") == 0.0


def test_bounces_are_a_part_of_the_mails_tried() -> None:
    """Two of three addresses were refused at once, which counts as no mail sent."""
    assert Counts(planned=3, sent=1, bounced=2).rate("bounced") == 0.6667


def test_a_campaign_whose_addresses_are_all_refused_has_a_bounce_rate_of_1() -> None:
    assert Counts(planned=3, bounced=3).rate("bounced") == 1.0


def test_mails_that_came_back_after_they_were_sent_are_a_part_of_those_sent() -> None:
    assert Counts(planned=10, sent=8, failed=1, canceled=1, bounced=2).rate("bounced") == 0.25


counts = st.integers(min_value=0, max_value=20)


@given(sent=counts, late=counts, refused=counts, waiting=counts, failed=counts, canceled=counts)
def test_a_bounce_rate_lies_between_0_and_1_and_is_exact_once_no_mail_waits(
    sent: int, late: int, refused: int, waiting: int, failed: int, canceled: int
) -> None:
    late = min(late, sent)
    planned = sent + refused + waiting + failed + canceled
    figures = Counts(
        planned=planned, canceled=canceled, sent=sent, bounced=late + refused, failed=failed
    )
    exact = round((late + refused) / (sent + refused), 4) if sent + refused else 0.0

    assert 0.0 <= figures.rate("bounced") <= exact <= 1.0
    if not waiting:
        assert figures.rate("bounced") == exact


def test_no_rate_exceeds_1_whatever_the_figures_say() -> None:
    assert Counts(planned=2, sent=1, opened=2).rate("opened") == 1.0


def test_the_tempo_is_per_hour_of_window_on_days_with_mails(campaign: Campaign) -> None:
    # 54 mails on two days of nine hours
    assert campaign_figures(campaign).avg_tempo_per_hour == 3.0


def test_a_campaigns_own_hours_narrow_the_tempos_hours(campaign: Campaign) -> None:
    campaign.send_from, campaign.send_until = time(9), time(12)

    assert campaign_figures(campaign).avg_tempo_per_hour == 9.0


def test_several_domains_count_from_the_first_opening_to_the_last_closing(
    campaign: Campaign,
) -> None:
    late = SendingPolicyFactory(window_start=time(11), window_end=time(20), grace_until=time(20))
    CampaignDomainFactory(campaign=campaign, domain=SendingDomainFactory(policy=late))

    assert campaign_figures(campaign).avg_tempo_per_hour == 2.25


def test_a_campaign_without_mails_has_no_tempo() -> None:
    assert campaign_figures(CampaignFactory()).avg_tempo_per_hour == 0.0


def test_a_draft_has_figures_of_nothing() -> None:
    figures = campaign_figures(CampaignFactory(status="draft", flow_version=None))

    assert (figures.total, figures.timeline, figures.funnel) == (Counts(), (), ())


def test_the_totals_of_many_campaigns_take_one_query(
    campaign: Campaign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    empty = CampaignFactory()

    with django_assert_num_queries(1):
        found = totals([campaign.pk, empty.pk])

    assert (found[campaign.pk].sent, found[empty.pk].sent) == (54, 0)


def test_the_page_of_a_campaign_takes_three_queries(
    campaign: Campaign, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    loaded = Campaign.objects.select_related("flow_version").get(pk=campaign.pk)

    with django_assert_num_queries(3):
        campaign_figures(loaded)
