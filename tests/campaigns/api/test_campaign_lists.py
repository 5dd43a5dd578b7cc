"""The list of campaigns and the page of one, at a cost that does not grow."""

from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Campaign
from tests.clients import ApiClient
from tests.factories import (
    AudienceFactory,
    CampaignDomainFactory,
    CampaignFactory,
    DailyFiguresFactory,
    FlowStepFactory,
    SendingDomainFactory,
)

pytestmark = pytest.mark.django_db


def campaign(name: str, **fields: object) -> Campaign:
    made = CampaignFactory(name=name, **fields)
    AudienceFactory(campaign=made, enrolled_count=7)
    CampaignDomainFactory(campaign=made, domain=SendingDomainFactory(name=f"{name}.nl".lower()))
    step = FlowStepFactory(version=made.flow_version)
    DailyFiguresFactory(campaign=made, step=step, planned=7, sent=4, opened=1)
    return made


def names(answer) -> list[str]:
    return [item["name"] for item in answer.json()["data"]["items"]]


def test_an_item_has_what_a_list_shows(marketer: ApiClient) -> None:
    made = campaign("Summer")

    (item,) = marketer.get("/api/v1/campaigns").json()["data"]["items"]

    assert (item["id"], item["name"], item["status"]) == (str(made.pk), "Summer", "running")
    assert (item["domains_used"], item["audience_count"]) == (["summer.nl"], 7)
    kpis = item["kpis"]
    assert (kpis["total_planned"], kpis["total_sent"], kpis["open_rate"]) == (7, 4, 0.25)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Winter", "Summer"]),
        ("status=paused", ["Winter"]),
        ("status=active", ["Summer"]),
        ("search=umm", ["Summer"]),
        ("domain=winter.nl", ["Winter"]),
        ("sort_by=name&sort_order=asc", ["Summer", "Winter"]),
        ("sort_by=status", ["Summer", "Winter"]),
        ("page=2&page_size=1", ["Summer"]),
        ("created_from=2199-01-01T00:00:00Z", []),
        ("created_to=2199-01-01T00:00:00Z", ["Winter", "Summer"]),
        ("search=%25", []),
    ],
)
def test_the_list_is_filtered_and_sorted(
    marketer: ApiClient, query: str, expected: list[str]
) -> None:
    campaign("Summer"), campaign("Winter", status="paused")

    assert names(marketer.get(f"/api/v1/campaigns?{query}")) == expected


@pytest.mark.parametrize(
    "query",
    ["status=sleeping", "sort_by=colour", "sort_order=up", "colour=red", "created_from=soon",
     "search=%00", "page=0"],
)  # fmt: skip
def test_what_the_list_does_not_know_is_400(marketer: ApiClient, query: str) -> None:
    assert marketer.get(f"/api/v1/campaigns?{query}").status_code == 400


def test_the_page_has_kpis_timeline_and_funnel(marketer: ApiClient) -> None:
    made = campaign("Summer")
    step = FlowStepFactory(version=made.flow_version, mail_number=2)
    DailyFiguresFactory(campaign=made, step=step, day=date(2026, 6, 4), sent=2, replied=1)

    data = marketer.get(f"/api/v1/campaigns/{made.pk}").json()["data"]

    assert data["kpis"]["total_sent"] == 6
    assert data["kpis"]["reply_rate"] == 0.1667
    assert data["kpis"]["avg_tempo_per_hour"] == 0.33
    assert [(day["date"], day["sent"], day["opened"]) for day in data["timeline"]] == [
        ("2026-06-01", 4, 1),
        ("2026-06-04", 2, 0),
    ]
    assert [(s["mail_number"], s["total_sent"], s["open_rate"]) for s in data["funnel"]] == [
        (1, 4, 0.25),
        (2, 2, 0.0),
    ]


def test_the_ids_of_a_launched_audience_are_not_sent_each_time(marketer: ApiClient) -> None:
    made = campaign("Summer")
    made.audience.taken_at = made.launched_at
    made.audience.lead_ids = [1, 2]
    made.audience.save()

    data = marketer.get(f"/api/v1/campaigns/{made.pk}").json()["data"]

    assert data["audience"]["lead_ids"] is None


def test_a_campaign_that_was_made_without_an_audience_is_shown(marketer: ApiClient) -> None:
    made = CampaignFactory(status="draft", flow_version=None)

    data = marketer.get(f"/api/v1/campaigns/{made.pk}").json()["data"]

    assert (data["audience_count"], data["audience"]["lead_ids"]) == (0, [])
    assert names(marketer.get("/api/v1/campaigns")) == [made.name]


def test_the_list_costs_the_same_for_one_and_for_twenty(
    marketer: ApiClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        campaign(f"Campaign{number}")

    # user, groups' rights ×2, count, page, domains ×2, totals
    with django_assert_max_num_queries(8):
        assert len(names(marketer.get("/api/v1/campaigns"))) == 20


def test_the_page_costs_the_same_for_a_day_and_for_a_year(
    marketer: ApiClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    made = campaign("Summer")
    for number in range(2, 5):
        step = FlowStepFactory(version=made.flow_version, mail_number=number)
        for day in range(20):
            DailyFiguresFactory(
                campaign=made, step=step, day=date(2026, 6, 1) + timedelta(days=day), sent=5
            )

    with django_assert_max_num_queries(12):
        assert marketer.get(f"/api/v1/campaigns/{made.pk}").status_code == 200
