"""Flows and sending domains in the API."""

import pytest
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Flow, SenderAlias, SendingDomain
from templates_app.models import Template
from tests.clients import ApiClient, client_in_group
from tests.factories import (
    CampaignDomainFactory,
    CampaignFactory,
    FlowStepFactory,
    SenderAliasFactory,
    SendingDomainFactory,
    WaitFactory,
)

pytestmark = pytest.mark.django_db


def errors_of(answer) -> dict[str, str]:
    return {item["field"]: item["message"] for item in answer.json()["error"]["details"]}


def steps(template: Template) -> list[dict]:
    return [
        {"kind": "send", "template_id": str(template.pk), "alias_name": "christian"},
        {"kind": "wait", "delay": 3, "delay_unit": "workdays"},
        {"kind": "send", "template_id": str(template.pk), "attach_report": True},
    ]


@pytest.fixture
def flow(marketer: ApiClient, template: Template) -> dict:
    answer = marketer.post("/api/v1/flows", {"name": "Two mails", "steps": steps(template)})
    assert answer.status_code == 201
    return answer.json()["data"]


def test_a_flow_is_made_with_its_first_version(flow: dict, template: Template) -> None:
    assert (flow["name"], flow["version"]) == ("Two mails", 1)
    assert [(s["kind"], s["mail_number"], s["delay"]) for s in flow["steps"]] == [
        ("send", 1, None),
        ("wait", None, 3),
        ("send", 2, None),
    ]
    assert flow["steps"][0]["template_name"] == template.name


def test_new_steps_are_a_new_version_and_the_old_one_stays(
    marketer: ApiClient, flow: dict, template: Template
) -> None:
    data = marketer.patch(f"/api/v1/flows/{flow['id']}", {"steps": steps(template)[:1]}).json()

    assert data["data"]["version"] == 2
    assert len(data["data"]["steps"]) == 1
    assert [len(version["steps"]) for version in data["data"]["versions"]] == [1, 3]


def test_another_name_makes_no_new_version(marketer: ApiClient, flow: dict) -> None:
    data = marketer.patch(f"/api/v1/flows/{flow['id']}", {"name": "Another"}).json()["data"]

    assert (data["name"], data["version"]) == ("Another", 1)


def test_a_name_that_is_taken_is_409(marketer: ApiClient, flow: dict, template: Template) -> None:
    answer = marketer.post("/api/v1/flows", {"name": "Two mails", "steps": steps(template)})

    assert answer.status_code == 409
    assert list(errors_of(answer)) == ["name"]


@pytest.mark.parametrize(
    ("index", "change", "field"),
    [
        (0, {"template_id": "999999"}, "steps.0.template_id"),
        (0, {"template_id": None}, "steps.0.template_id"),
        (0, {"delay": 3}, "steps.0.delay"),
        (1, {"delay": None}, "steps.1.delay"),
        (1, {"template_id": "1"}, "steps.1.template_id"),
        (1, {"alias_name": "victor"}, "steps.1.alias_name"),
        (2, {"kind": "wait", "delay": 1, "delay_unit": "days"}, "steps.2.template_id"),
    ],
)
def test_a_step_that_makes_no_sense_is_422_and_named(
    marketer: ApiClient, template: Template, index: int, change: dict, field: str
) -> None:
    wanted = steps(template)
    wanted[index] |= change

    answer = marketer.post("/api/v1/flows", {"name": "Wrong", "steps": wanted})

    assert answer.status_code == 422
    assert field in errors_of(answer)
    assert not Flow.objects.exists()


@pytest.mark.parametrize("count", [0, 2])
def test_a_flow_without_a_mail_or_with_a_wait_at_its_end_is_422_and_not_half_made(
    marketer: ApiClient, template: Template, count: int
) -> None:
    answer = marketer.post("/api/v1/flows", {"name": "Wrong", "steps": steps(template)[:count]})

    assert answer.status_code == 422
    assert not Flow.objects.exists()


@pytest.mark.parametrize("wrong", [[{}], [{"kind": "call"}], "send", [5], [None]])
def test_malformed_steps_are_400(marketer: ApiClient, flow: dict, wrong: object) -> None:
    made = marketer.post("/api/v1/flows", {"name": "Wrong", "steps": wrong})
    changed = marketer.patch(f"/api/v1/flows/{flow['id']}", {"steps": wrong})

    assert (made.status_code, changed.status_code) == (400, 400)


def test_the_list_has_the_size_of_the_newest_version(marketer: ApiClient, flow: dict) -> None:
    (item,) = marketer.get("/api/v1/flows?search=two").json()["data"]["items"]

    assert (item["name"], item["version"], item["mail_count"]) == ("Two mails", 1, 2)


def test_the_list_of_flows_costs_the_same_for_one_and_for_twenty(
    marketer: ApiClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        version = FlowStepFactory(version__flow=Flow.objects.create(name=f"flow-{number}")).version
        WaitFactory(version=version)

    with django_assert_max_num_queries(5):
        assert marketer.get("/api/v1/flows").json()["data"]["total"] == 20


def test_a_viewer_changes_no_flow(viewer: ApiClient, flow: dict) -> None:
    assert viewer.get(f"/api/v1/flows/{flow['id']}").status_code == 200
    assert viewer.patch(f"/api/v1/flows/{flow['id']}", {"name": "x"}).status_code == 403


# Sending domains


def test_a_domain_shows_its_rules_its_senders_and_whom_it_serves(
    marketer: ApiClient, domain: SendingDomain
) -> None:
    holder = CampaignFactory(name="Summer")
    CampaignDomainFactory(campaign=holder, domain=domain)

    data = marketer.get(f"/api/v1/domains/{domain.pk}").json()["data"]

    assert (data["name"], data["state"]) == ("punthelder-seo.nl", "active")
    assert data["policy"]["timezone"] == "Europe/Amsterdam"
    assert data["policy"]["daily_cap"] == 27
    alias = SenderAlias.objects.get()
    assert [(one["id"], one["address"]) for one in data["aliases"]] == [
        (str(alias.pk), "christian@punthelder-seo.nl")
    ]
    assert data["busy_with"] == {"id": str(holder.pk), "name": "Summer", "status": "running"}


@pytest.mark.parametrize(
    ("fields", "state"),
    [({"is_active": False}, "off"), ({"paused_at": "2026-06-01T06:00:00Z"}, "paused")],
)
def test_a_domain_that_does_not_send_says_so(
    marketer: ApiClient, domain: SendingDomain, fields: dict, state: str
) -> None:
    SendingDomain.objects.update(**fields)

    assert marketer.get(f"/api/v1/domains/{domain.pk}").json()["data"]["state"] == state


def test_what_was_sent_yesterday_is_not_sent_today(
    marketer: ApiClient, domain: SendingDomain
) -> None:
    SendingDomain.objects.update(sent_on="2026-05-31", sent_today=27)

    assert marketer.get(f"/api/v1/domains/{domain.pk}").json()["data"]["sent_today"] == 0


def test_domains_are_set_up_elsewhere(marketer: ApiClient, domain: SendingDomain) -> None:
    assert marketer.post("/api/v1/domains", {"name": "new.nl"}).status_code == 405
    assert marketer.patch(f"/api/v1/domains/{domain.pk}", {}).status_code == 405


def test_no_secret_of_an_account_is_shown(marketer: ApiClient) -> None:
    domain = SendingDomainFactory(account__secret="hunter2", account__host="smtp.example")

    for client in (marketer, client_in_group("ops")):
        text = client.get(f"/api/v1/domains/{domain.pk}").content.decode()
        assert "hunter2" not in text
        assert "smtp.example" not in text


def test_the_list_of_domains_costs_the_same_for_one_and_for_ten(
    marketer: ApiClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        held = CampaignDomainFactory(domain=SendingDomainFactory(name=f"d{number}.nl"))
        SenderAliasFactory(domain=held.domain)

    # user, groups' rights ×2, count, page, aliases, checks, holders
    with django_assert_max_num_queries(8):
        assert marketer.get("/api/v1/domains").json()["data"]["total"] == 10
