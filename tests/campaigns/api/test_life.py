"""What is done with a campaign, and what it is going to do."""

import pytest
from django.utils.dateparse import parse_datetime

from campaigns.models import Campaign, Message, SendingDomain
from leads.models import Lead
from tests.campaigns.api.conftest import ready_domain
from tests.clients import ApiClient
from tests.factories import TemplateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(marketer: ApiClient, payload: dict) -> str:
    answer = marketer.post("/api/v1/campaigns", payload)
    assert answer.status_code == 201
    return f"/api/v1/campaigns/{answer.json()['data']['id']}"


def test_pause_resume_and_stop(marketer: ApiClient, running: str) -> None:
    words = ("pause", "resume", "stop")

    statuses = [marketer.post(f"{running}/{word}").json()["data"]["status"] for word in words]

    assert statuses == ["paused", "running", "stopped"]
    assert not Message.objects.queued().exists()


@pytest.mark.parametrize(
    ("asked", "becomes"),
    [("paused", "paused"), ("active", "running"), ("running", "running"), ("stopped", "stopped")],
)
def test_the_status_can_be_put(marketer: ApiClient, running: str, asked: str, becomes: str) -> None:
    answer = marketer.put(f"{running}/status", {"status": asked})

    assert answer.status_code == 200
    assert answer.json()["data"]["status"] == becomes


def test_a_status_that_nobody_can_ask_for_is_400_and_names_the_others(
    marketer: ApiClient, running: str
) -> None:
    answer = marketer.put(f"{running}/status", {"status": "completed"})

    assert answer.status_code == 400
    assert "active, running, paused, stopped" in answer.json()["error"]["message"]


def test_what_was_stopped_can_not_be_resumed(marketer: ApiClient, running: str) -> None:
    marketer.post(f"{running}/stop")

    answer = marketer.post(f"{running}/resume")

    assert answer.status_code == 409
    assert Campaign.objects.get().status == "stopped"


def test_a_stopped_campaign_frees_its_domain(marketer: ApiClient, running: str) -> None:
    busy = marketer.get("/api/v1/domains?is_free=false").json()["data"]
    marketer.post(f"{running}/stop")

    assert busy["items"][0]["busy_with"]["name"] == "Summer"
    assert marketer.get("/api/v1/domains?is_free=true").json()["data"]["total"] == 1


def test_a_duplicate_is_a_draft_that_asks_for_the_same(marketer: ApiClient, running: str) -> None:
    answer = marketer.post(f"{running}/duplicate")

    assert answer.status_code == 201
    data = answer.json()["data"]
    assert (data["name"], data["status"]) == ("Summer (copy)", "draft")
    assert len(data["audience"]["lead_ids"]) == 3
    assert data["kpis"]["total_planned"] == 0


WORDS = ["launch", "pause", "resume", "stop", "review", "duplicate", "dry-run"]


@pytest.mark.parametrize("word", WORDS)
def test_a_field_of_the_policy_is_refused_beside_a_command_too(
    marketer: ApiClient, running: str, word: str
) -> None:
    answer = marketer.post(f"{running}/{word}", {"throttle_minutes": 1})

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "field_forbidden"
    assert [one["field"] for one in answer.json()["error"]["details"]] == ["throttle_minutes"]
    assert list(Campaign.objects.values_list("status", flat=True)) == ["running"]


@pytest.mark.parametrize(
    ("body", "status"),
    [("{junk", 400), ("[]", 400), ('{"now": true}', 422), ("{}", 200), ("null", 200)],
)
def test_a_command_takes_no_body_but_an_empty_one(
    marketer: ApiClient, running: str, body: str, status: int
) -> None:
    answer = marketer.post(f"{running}/pause", body, content_type="application/json")

    assert answer.status_code == status
    assert Campaign.objects.get().status == ("paused" if status == 200 else "running")


@pytest.mark.parametrize("word", ["launch", "pause", "resume", "stop", "review", "duplicate"])
def test_a_viewer_does_nothing(viewer: ApiClient, running: str, word: str) -> None:
    assert viewer.post(f"{running}/{word}").status_code == 403


@pytest.mark.parametrize(
    "word", ["launch", "pause", "resume", "stop", "review", "duplicate", "dry-run"]
)
@pytest.mark.parametrize("pk", ["0", "9223372036854775807", "99999999999999999999999"])
def test_a_campaign_that_does_not_exist_is_404(marketer: ApiClient, word: str, pk: str) -> None:
    answer = marketer.post(f"/api/v1/campaigns/{pk}/{word}")

    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == f"There is no campaign {pk}."


# The held leads


@pytest.fixture
def with_held(marketer: ApiClient, payload: dict, leads: list[Lead]) -> str:
    """Running; the first of three leads has no company, which the mails greet."""
    payload["template_id"] = str(TemplateFactory().pk)
    Lead.objects.filter(pk=leads[0].pk).update(company="")
    return f"/api/v1/campaigns/{marketer.post('/api/v1/campaigns', payload).json()['data']['id']}"


def test_a_campaign_names_its_held_leads_with_the_reasons(
    marketer: ApiClient, with_held: str, leads: list[Lead]
) -> None:
    data = marketer.get(with_held).json()["data"]

    assert (data["audience"]["held_count"], data["held_reasons"]) == (1, {"lead.company": 1})
    assert data["held"] == [
        {"lead_id": str(leads[0].pk), "email": leads[0].email, "missing": ["lead.company"]}
    ]


def test_a_review_releases_who_is_complete_and_says_who_is_not(
    marketer: ApiClient, with_held: str, leads: list[Lead]
) -> None:
    before = marketer.post(f"{with_held}/review")
    Lead.objects.filter(pk=leads[0].pk).update(company="Hotel Zon")
    after = marketer.post(f"{with_held}/review")

    assert (before.status_code, after.status_code) == (200, 200)
    assert before.json()["data"] == {
        "released": 0,
        "still_held": 1,
        "reasons": {"lead.company": 1},
        "held": [{"lead_id": str(leads[0].pk), "email": leads[0].email,
                  "missing": ["lead.company"]}],
    }  # fmt: skip
    assert after.json()["data"] == {"released": 1, "still_held": 0, "reasons": {}, "held": []}
    assert marketer.get(with_held).json()["data"]["kpis"]["total_planned"] == 6


def test_the_held_leads_of_a_draft_are_not_reviewed(marketer: ApiClient, payload: dict) -> None:
    made = marketer.post("/api/v1/campaigns", payload | {"draft": True}).json()["data"]

    assert marketer.post(f"/api/v1/campaigns/{made['id']}/review").status_code == 409


# The dry run


def test_a_dry_run_of_a_payload_says_what_goes_when(marketer: ApiClient, payload: dict) -> None:
    answer = marketer.post("/api/v1/campaigns/dry-run", payload)

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert (data["planned"], data["matched"], data["held_count"]) == (6, 3, 0)
    assert data["finish_date"] == "2026-06-04"
    (domain,) = data["domains"]
    assert (domain["domain"], domain["timezone"]) == ("punthelder-seo.nl", "Europe/Amsterdam")
    assert domain["days"] == [
        {"date": "2026-06-01", "count": 3, "cap": 27},
        {"date": "2026-06-04", "count": 3, "cap": 27},
    ]
    assert data["messages"] is None


def test_a_dry_run_of_a_payload_needs_no_name_yet(marketer: ApiClient, payload: dict) -> None:
    del payload["name"]

    data = marketer.post("/api/v1/campaigns/dry-run", payload).json()["data"]

    assert data["planned"] == 6
    assert [one["code"] for one in data["findings"]] == ["duration"]


def test_a_dry_run_of_a_nameless_draft_says_that_its_launch_needs_a_name(
    marketer: ApiClient, payload: dict
) -> None:
    del payload["name"]
    made = marketer.post("/api/v1/campaigns", payload | {"draft": True}).json()["data"]

    data = marketer.post(f"/api/v1/campaigns/{made['id']}/dry-run").json()["data"]

    assert data["planned"] == 6
    assert [(one["severity"], one["field"]) for one in data["findings"]] == [("error", "name")]


def test_a_dry_run_tells_of_a_busy_domain(marketer: ApiClient, payload: dict, running: str) -> None:
    data = marketer.post("/api/v1/campaigns/dry-run", payload).json()["data"]

    assert data["findings"][0]["code"] == "domain_busy"
    assert marketer.post(f"{running}/dry-run").json()["data"]["findings"] == []


def test_a_dry_run_writes_nothing(marketer: ApiClient, payload: dict) -> None:
    marketer.post("/api/v1/campaigns/dry-run", payload)

    assert not Campaign.objects.exists()
    assert not Message.objects.exists()


def test_a_dry_run_foretells_the_launch_to_the_message(marketer: ApiClient, payload: dict) -> None:
    payload["domains"].append(ready_domain("punthelder-marketing.nl").name)
    made = marketer.post("/api/v1/campaigns", payload | {"draft": True}).json()["data"]
    address = f"/api/v1/campaigns/{made['id']}"

    foretold = marketer.post(f"{address}/dry-run?detail=messages").json()["data"]["messages"]
    marketer.post(f"{address}/launch")

    launched = Message.objects.select_related("domain", "alias").order_by("scheduled_at")
    as_launched = {
        (str(m.lead_id), m.mail_number, m.domain.name, m.alias.address, m.scheduled_at)
        for m in launched
    }
    as_foretold = {
        (
            m["lead_id"],
            m["mail_number"],
            m["domain"],
            m["alias"],
            parse_datetime(m["scheduled_at"]),
        )
        for m in foretold
    }
    assert as_foretold == as_launched
    assert len(foretold) == 6


def test_a_dry_run_names_the_leads_that_are_held_back(
    marketer: ApiClient, payload: dict, leads: list[Lead]
) -> None:
    payload["template_id"] = str(TemplateFactory().pk)  # greets the company
    leads[0].company = ""
    leads[0].save()

    data = marketer.post("/api/v1/campaigns/dry-run", payload).json()["data"]

    assert data["held_count"] == 1
    assert data["held"] == [
        {"lead_id": str(leads[0].pk), "email": leads[0].email, "missing": ["lead.company"]}
    ]


def test_a_dry_run_of_a_running_campaign_is_what_is_left(marketer: ApiClient, running: str) -> None:
    assert marketer.post(f"{running}/dry-run").json()["data"]["planned"] == 6


def test_a_viewer_may_ask_for_a_dry_run(viewer: ApiClient, running: str, payload: dict) -> None:
    assert viewer.post(f"{running}/dry-run").status_code == 200
    assert viewer.post("/api/v1/campaigns/dry-run", {}).status_code == 422


def test_a_detail_that_does_not_exist_is_400(marketer: ApiClient, running: str) -> None:
    assert marketer.post(f"{running}/dry-run?detail=all").status_code == 400


def test_a_dry_run_has_no_pages_and_advises_none(marketer: ApiClient, running: str) -> None:
    answer = marketer.post(f"{running}/dry-run?page_size=5")

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == (
        "page_size: There is no such parameter. Known: detail."
    )


# The preflight


def test_the_preflight_says_what_is_in_the_way(
    marketer: ApiClient, running: str, payload: dict
) -> None:
    made = marketer.post("/api/v1/campaigns", payload | {"draft": True}).json()["data"]

    data = marketer.get(f"/api/v1/campaigns/{made['id']}/preflight").json()["data"]

    assert data["ready"] is False
    assert "domain_busy" in [finding["code"] for finding in data["findings"]]


def test_a_launched_campaign_has_no_preflight(marketer: ApiClient, running: str) -> None:
    answer = marketer.get(f"{running}/preflight")

    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "no_draft"


def test_a_campaign_that_could_be_launched_is_ready(
    marketer: ApiClient, payload: dict, domain: SendingDomain
) -> None:
    made = marketer.post("/api/v1/campaigns", payload | {"draft": True}).json()["data"]

    data = marketer.get(f"/api/v1/campaigns/{made['id']}/preflight").json()["data"]

    assert data["ready"] is True
    assert all(finding["severity"] != "error" for finding in data["findings"])
