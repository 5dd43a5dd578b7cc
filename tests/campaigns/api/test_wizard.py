"""The wizard's payload: created and launched in one go, or saved as a draft."""

from datetime import UTC, datetime, timedelta

import pytest

from campaigns.models import Campaign, Message, SendingDomain
from leads.models import Lead
from tests.clients import ApiClient
from tests.factories import (
    CampaignDomainFactory,
    CampaignFactory,
    FlowFactory,
    FlowStepFactory,
)

pytestmark = pytest.mark.django_db


def errors_of(answer) -> dict[str, str]:
    return {item["field"]: item["message"] for item in answer.json()["error"]["details"]}


def post(client: ApiClient, payload: dict, **more):
    return client.post("/api/v1/campaigns", payload, **more)


def test_the_payload_creates_and_launches_in_one_go(
    marketer: ApiClient, payload: dict, leads: list[Lead]
) -> None:
    answer = post(marketer, payload)

    assert answer.status_code == 201
    data = answer.json()["data"]
    assert (data["name"], data["status"]) == ("Summer", "running")
    assert data["domains_used"] == ["punthelder-seo.nl"]
    assert data["audience_count"] == 3
    assert data["kpis"]["total_planned"] == 6
    assert [step["kind"] for step in data["steps"]] == ["send", "wait", "send"]
    assert Message.objects.filter(campaign=data["id"], status="queued").count() == 6


def test_the_marketer_is_remembered_as_its_maker(marketer: ApiClient, payload: dict) -> None:
    post(marketer, payload)

    assert Campaign.objects.get().created_by is not None


def test_without_a_flow_a_campaign_is_one_mail(marketer: ApiClient, payload: dict) -> None:
    payload["followup"]["enabled"] = False

    assert post(marketer, payload).json()["data"]["kpis"]["total_planned"] == 3


def test_a_start_in_the_future_is_when_the_first_mail_goes(
    marketer: ApiClient, payload: dict
) -> None:
    payload["schedule"] = {"start_mode": "at", "start_at": "2026-06-08T10:00:00+02:00"}

    assert post(marketer, payload).status_code == 201
    first = Message.objects.earliest("scheduled_at").scheduled_at
    assert first == datetime(2026, 6, 8, 8, tzinfo=UTC)


def test_a_start_that_is_given_without_its_mode_is_kept_too(
    marketer: ApiClient, payload: dict
) -> None:
    payload["schedule"] = {"start_at": "2026-06-08T10:00:00+02:00"}

    answer = post(marketer, payload)

    assert answer.json()["data"]["schedule"]["start_mode"] == "at"
    first = Message.objects.earliest("scheduled_at").scheduled_at
    assert first == datetime(2026, 6, 8, 8, tzinfo=UTC)


@pytest.mark.parametrize("draft", [True, False])
def test_a_start_that_is_both_now_and_later_is_422(
    marketer: ApiClient, payload: dict, draft: bool
) -> None:
    payload["schedule"] = {"start_mode": "now", "start_at": "2026-06-08T10:00:00+02:00"}

    answer = post(marketer, payload | {"draft": draft})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["schedule.start_at"]
    assert not Campaign.objects.exists()


def test_limits_and_tracking_are_taken(marketer: ApiClient, payload: dict) -> None:
    payload["limits"] = {
        "daily_limit": 2,
        "send_days": [2, 3],
        "send_from": "09:00",
        "send_until": "12:00",
    }
    payload["tracking"] = {"opens": True, "clicks": False}

    data = post(marketer, payload).json()["data"]

    assert data["limits"] == {
        "daily_limit": 2,
        "send_days": [2, 3],
        "send_from": "09:00:00",
        "send_until": "12:00:00",
    }
    assert data["tracking"] == {"opens": True, "clicks": False}
    assert Message.objects.earliest("scheduled_at").scheduled_at.isoweekday() == 2


@pytest.mark.parametrize(("given", "kept"), [({}, False), ({"stop_colleagues": True}, True)])
def test_whether_a_reply_stops_colleagues_is_kept_by_a_copy_too(
    marketer: ApiClient, payload: dict, given: dict, kept: bool
) -> None:
    data = post(marketer, payload | given).json()["data"]
    assert data["stop_colleagues"] is kept

    copy = marketer.post(f"/api/v1/campaigns/{data['id']}/duplicate", {}).json()["data"]

    assert copy["stop_colleagues"] is kept


def test_limits_wider_than_the_policy_are_422_and_named(marketer: ApiClient, payload: dict) -> None:
    payload["limits"] = {"send_from": "06:00"}

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["limits.send_from"]
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("where", "field"),
    [
        ((), "timezone"),
        ((), "daily_cap"),
        ((), "ramp_start"),
        (("schedule",), "timezone"),
        (("schedule",), "window_start"),
        (("limits",), "interval_minutes"),
        (("followup",), "grace_until"),
        (("settings",), "throttle"),
    ],
)
def test_a_field_of_the_policy_is_422_and_named_wherever_it_stands(
    marketer: ApiClient, payload: dict, where: tuple[str, ...], field: str
) -> None:
    target = payload
    for name in where:
        target = target.setdefault(name, {})
    target[field] = "x"

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "field_forbidden"
    assert "sending policy of the domain" in errors_of(answer)[".".join((*where, field))]
    assert not Campaign.objects.exists()


def test_an_unknown_field_is_422_and_the_closest_one_suggested(
    marketer: ApiClient, payload: dict
) -> None:
    payload["audience"]["exclude_recent_day"] = 7

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert errors_of(answer)["audience.exclude_recent_day"].endswith(
        "Did you mean audience.exclude_recent_days?"
    )


def test_a_template_that_does_not_exist_is_422_and_named(
    marketer: ApiClient, payload: dict
) -> None:
    payload["template_id"] = "999999"

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["template_id"]
    assert not Campaign.objects.exists()


def test_a_launch_with_nothing_to_send_is_422_and_names_template_id(
    marketer: ApiClient, payload: dict
) -> None:
    del payload["template_id"]
    payload["followup"]["enabled"] = False

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert "template_id" in errors_of(answer)


def test_a_launch_that_names_no_mail_does_not_send_the_domains_default_flow(
    marketer: ApiClient, payload: dict, domain: SendingDomain
) -> None:
    step = FlowStepFactory(version__flow=FlowFactory(), template_id=payload["template_id"])
    domain.default_flow = step.version.flow
    domain.save()
    del payload["template_id"]
    payload["followup"]["enabled"] = False

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert f"(flow_id {domain.default_flow.pk})" in errors_of(answer)["template_id"]
    assert not Message.objects.exists()


def test_a_launch_of_nothing_names_all_that_is_missing_at_once(marketer: ApiClient) -> None:
    answer = post(marketer, {})

    assert answer.status_code == 422
    assert set(errors_of(answer)) == {"name", "template_id", "audience.lead_ids", "domains"}


@pytest.mark.parametrize("missing", ["name", "domains", "audience"])
def test_what_a_launch_needs_is_422_and_named(
    marketer: ApiClient, payload: dict, missing: str
) -> None:
    del payload[missing]

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert any(field.startswith(missing) for field in errors_of(answer))
    assert not Campaign.objects.exists()


def test_a_domain_that_does_not_exist_is_422_and_the_existing_ones_are_named(
    marketer: ApiClient, payload: dict
) -> None:
    payload["domains"] = ["punthelder.com"]

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert "punthelder.com" in errors_of(answer)["domains"]
    assert "punthelder-seo.nl" in answer.json()["error"]["message"]


def test_a_domain_may_be_given_by_its_id(
    marketer: ApiClient, payload: dict, domain: SendingDomain
) -> None:
    for number, given in enumerate([str(domain.pk), domain.pk]):
        answer = post(marketer, payload | {"domains": [given], "draft": True, "name": str(number)})
        assert answer.json()["data"]["domains_used"] == ["punthelder-seo.nl"]


def test_a_busy_domain_is_409_with_the_campaign_that_holds_it(
    marketer: ApiClient, payload: dict, domain: SendingDomain
) -> None:
    holder = CampaignFactory(name="Winter")
    CampaignDomainFactory(campaign=holder, domain=domain)

    answer = post(marketer, payload)

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "domain_busy"
    assert (
        f'punthelder-seo.nl is busy with the campaign "Winter" (id {holder.pk})'
        in (answer.json()["error"]["message"])
    )
    assert list(Campaign.objects.all()) == [holder]


def test_no_matching_leads_completes_at_once_and_says_so(
    marketer: ApiClient, payload: dict
) -> None:
    payload["audience"] = {"mode": "list", "list_name": "nobody"}

    data = post(marketer, payload).json()["data"]

    assert data["status"] == "completed"
    assert "Nothing was sent" in data["outcome"]


@pytest.mark.parametrize(
    "audience", [{"mode": "list", "list_name": "hotels"}, {"mode": "all"},
                 {"mode": "filter", "filters": {"list_name": "hotels"}}],
)  # fmt: skip
def test_every_mode_of_audience_is_taken(
    marketer: ApiClient, payload: dict, audience: dict
) -> None:
    payload["audience"] = audience

    assert post(marketer, payload).json()["data"]["audience_count"] == 3


def test_recently_mailed_leads_are_excluded_for_14_days_unless_said(
    marketer: ApiClient, payload: dict, leads: list[Lead], monday
) -> None:
    leads[0].last_emailed_at = monday.now() - timedelta(days=13)
    leads[0].save()
    del payload["audience"]["exclude_recent_days"]

    data = post(marketer, payload).json()["data"]

    assert data["audience"]["exclude_recent_days"] == 14
    assert data["audience"]["excluded"] == {"mailed recently": 1}
    assert data["audience_count"] == 2


def test_an_unknown_filter_is_422_and_the_known_ones_are_named(
    marketer: ApiClient, payload: dict
) -> None:
    payload["audience"] = {"mode": "filter", "filters": {"colour": "red"}}

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert "list_name" in errors_of(answer)["audience.filters"]


@pytest.mark.parametrize(
    ("audience", "field"),
    [
        ({}, "audience.lead_ids"),
        ({"mode": "leads", "lead_ids": []}, "audience.lead_ids"),
        ({"mode": "list", "list_name": ""}, "audience.list_name"),
        ({"mode": "filter", "filters": {}}, "audience.filters"),
        ({"mode": "all", "lead_ids": ["1"]}, "audience.lead_ids"),
    ],
)
@pytest.mark.parametrize("address", ["campaigns", "campaigns/dry-run"])
def test_an_audience_that_does_not_say_whom_it_means_is_422(
    marketer: ApiClient, payload: dict, audience: dict, field: str, address: str
) -> None:
    answer = marketer.post(f"/api/v1/{address}", payload | {"audience": audience})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == [field]
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("template_id", "one"),
        ("template_id", 2**70),
        ("domains", "punthelder-seo.nl"),
        ("domains", [None]),
        ("audience", {"mode": "everyone"}),
        ("audience", {"mode": "leads", "lead_ids": ["x"]}),
        ("audience", {"mode": "leads", "exclude_recent_days": -1}),
        ("schedule", {"start_mode": "later"}),
        ("schedule", {"start_mode": "at", "start_at": "tomorrow"}),
        ("schedule", {"start_mode": "at", "start_at": "9999-12-31T23:59:59-12:00"}),
        ("limits", {"send_days": [8]}),
        ("limits", {"send_from": "08:00+02:00"}),
        ("followup", {"enabled": "yes"}),
    ],
)
def test_a_malformed_value_is_400_and_its_field_is_named(
    marketer: ApiClient, payload: dict, field: str, value: object
) -> None:
    answer = post(marketer, payload | {field: value})

    assert answer.status_code == 400
    assert all(name.startswith(field) for name in errors_of(answer))
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("day", ["1999-06-30", "2201-06-30", "9999-06-30", "9999-12-31"])
def test_a_year_that_nobody_means_is_400_and_the_others_are_named(
    marketer: ApiClient, payload: dict, day: str
) -> None:
    payload["schedule"] = {"start_mode": "at", "start_at": f"{day}T23:59:59Z"}

    answer = post(marketer, payload)

    assert answer.status_code == 400
    assert errors_of(answer) == {"schedule.start_at": "The year must lie from 2000 to 2200."}


def test_a_start_that_has_passed_is_422(marketer: ApiClient, payload: dict) -> None:
    payload["schedule"] = {"start_mode": "at", "start_at": "2026-05-01T08:00:00Z"}

    answer = post(marketer, payload)

    assert answer.status_code == 422
    assert "schedule.start_at" in errors_of(answer)


def test_the_same_key_creates_one_campaign(marketer: ApiClient, payload: dict) -> None:
    first = post(marketer, payload, headers={"Idempotency-Key": "wizard-1"})
    second = post(marketer, payload, headers={"Idempotency-Key": "wizard-1"})

    assert first.json() == second.json()
    assert Campaign.objects.count() == 1
    assert Message.objects.count() == 6


def test_a_viewer_creates_nothing(viewer: ApiClient, payload: dict) -> None:
    assert post(viewer, payload).status_code == 403
    assert not Campaign.objects.exists()


# Drafts


@pytest.fixture
def draft(marketer: ApiClient, payload: dict) -> str:
    answer = post(marketer, payload | {"draft": True})
    assert answer.status_code == 201
    return f"/api/v1/campaigns/{answer.json()['data']['id']}"


def test_a_draft_holds_nothing_and_sends_nothing(marketer: ApiClient, draft: str) -> None:
    data = marketer.get(draft).json()["data"]

    assert (data["status"], data["launched_at"]) == ("draft", None)
    assert not Message.objects.exists()
    assert marketer.get("/api/v1/domains").json()["data"]["items"][0]["busy_with"] is None


def test_a_draft_may_say_nothing_at_all(marketer: ApiClient) -> None:
    answer = post(marketer, {"draft": True})

    assert answer.status_code == 201
    assert answer.json()["data"]["name"] == ""


def test_a_draft_gives_back_what_it_was_told(
    marketer: ApiClient, draft: str, payload: dict
) -> None:
    data = marketer.get(draft).json()["data"]

    for part in ("audience", "schedule", "followup"):
        told = payload[part].items()
        assert told <= data[part].items()
    assert (data["name"], data["template_id"]) == ("Summer", payload["template_id"])


def test_a_change_of_a_draft_leaves_the_rest_as_it_is(marketer: ApiClient, draft: str) -> None:
    changes = {"audience": {"one_per_domain": True}, "followup": {"days": 5}}

    data = marketer.patch(draft, changes).json()["data"]

    assert data["audience"]["one_per_domain"] is True
    assert len(data["audience"]["lead_ids"]) == 3
    assert data["followup"] == {
        "enabled": True,
        "days": 5,
        "attach_report": False,
        "template_id": None,
    }
    assert data["name"] == "Summer"


def test_the_start_of_a_draft_can_be_put_off_and_called_back(
    marketer: ApiClient, draft: str
) -> None:
    later = {"schedule": {"start_at": "2026-06-08T10:00:00+02:00"}}

    put_off = marketer.patch(draft, later).json()["data"]["schedule"]
    called_back = marketer.patch(draft, {"schedule": {"start_mode": "now"}}).json()["data"]

    assert put_off == {"start_mode": "at", "start_at": "2026-06-08T10:00:00+02:00"}
    assert called_back["schedule"] == {"start_mode": "now", "start_at": None}


def test_a_draft_may_hold_an_unfinished_audience_that_the_preflight_asks_for(
    marketer: ApiClient, payload: dict
) -> None:
    made = post(marketer, payload | {"audience": {"mode": "list"}, "draft": True})
    address = f"/api/v1/campaigns/{made.json()['data']['id']}"

    findings = marketer.get(f"{address}/preflight").json()["data"]["findings"]

    assert [(one["severity"], one["field"]) for one in findings] == [
        ("error", "audience.list_name")
    ]
    assert list(errors_of(marketer.post(f"{address}/launch"))) == ["audience.list_name"]
    assert not Message.objects.exists()


def test_a_contradictory_audience_is_refused_in_a_draft_too(
    marketer: ApiClient, payload: dict
) -> None:
    payload["audience"] |= {"mode": "all"}

    answer = post(marketer, payload | {"draft": True})

    assert answer.status_code == 422
    assert list(errors_of(answer)) == ["audience.lead_ids"]
    assert not Campaign.objects.exists()


def test_another_mode_of_a_drafts_audience_forgets_whom_the_former_one_named(
    marketer: ApiClient, draft: str
) -> None:
    data = marketer.patch(draft, {"audience": {"mode": "all"}}).json()["data"]

    assert (data["audience"]["mode"], data["audience"]["lead_ids"]) == ("all", [])
    assert marketer.patch(draft, {"audience": {"list_name": "hotels"}}).status_code == 422


def test_a_policy_field_is_refused_in_a_change_too(marketer: ApiClient, draft: str) -> None:
    assert marketer.patch(draft, {"timezone": "UTC"}).status_code == 422


def test_launching_a_draft_twice_creates_its_messages_once(marketer: ApiClient, draft: str) -> None:
    first, second = marketer.post(f"{draft}/launch"), marketer.post(f"{draft}/launch")

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert Message.objects.count() == 6


def test_a_draft_that_is_not_ready_is_422_with_every_reason(marketer: ApiClient) -> None:
    made = post(marketer, {"draft": True}).json()["data"]

    answer = marketer.post(f"/api/v1/campaigns/{made['id']}/launch")

    assert answer.status_code == 422
    assert {"name", "domains", "template_id"} <= errors_of(answer).keys()


def test_a_launched_campaign_is_neither_changed_nor_deleted(
    marketer: ApiClient, draft: str
) -> None:
    marketer.post(f"{draft}/launch")

    assert marketer.patch(draft, {"name": "Autumn"}).status_code == 409
    assert marketer.delete(draft).status_code == 409
    assert Campaign.objects.get().name == "Summer"


def test_a_draft_can_be_deleted(marketer: ApiClient, draft: str) -> None:
    answer = marketer.delete(draft)

    assert (answer.status_code, answer.json()) == (200, {"data": None, "error": None})
    assert marketer.get(draft).status_code == 404


def test_a_flow_may_be_given_instead_of_a_template(marketer: ApiClient, payload: dict) -> None:
    step = FlowStepFactory(version__flow=FlowFactory(), template_id=payload["template_id"])
    del payload["template_id"]
    payload["followup"]["enabled"] = False
    payload["flow_id"] = str(step.version.flow_id)

    data = post(marketer, payload).json()["data"]

    assert data["flow_id"] == payload["flow_id"]
    assert data["flow_version_id"] == str(step.version_id)
