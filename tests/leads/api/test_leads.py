"""GET /leads and everything below /leads/{id}."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leads.api.lead_serializers import LeadQuery
from leads.filters import LeadFilter
from leads.models import Lead, Suppression
from leads.suppression import suppress
from mailsuite.lib import clock
from tests.clients import ApiClient
from tests.factories import LeadFactory, TemplateFactory

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
LEADS = "/api/v1/leads"


def listed(client: ApiClient, **query: object) -> list[str]:
    answer = client.get(LEADS, query)
    assert answer.status_code == 200, answer.json()
    return [item["email"] for item in answer.json()["data"]["items"]]


def test_the_list_has_what_front_ends_read(marketer: ApiClient) -> None:
    lead = LeadFactory(email="jan@zon.nl", company="Zon", vars={"kamers": "12"}, tags=["vip"],
                       list_name="hotels", last_emailed_at=AT)  # fmt: skip

    answer = marketer.get(LEADS).json()

    assert answer["error"] is None
    assert answer["data"]["total"] == 1
    (item,) = answer["data"]["items"]
    assert item["id"] == str(lead.pk)
    expected = {
        "email": "jan@zon.nl", "company": "Zon", "bedrijf": "Zon", "url": lead.url,
        "domain": lead.domain, "status": "active", "list_name": "hotels", "image_key": "",
        "last_emailed_at": "2026-06-01T10:00:00+02:00", "vars": {"kamers": "12"},
        "tags": ["vip"], "tier": "", "stage": "", "source": "", "score": 0, "stopped_at": None,
        "is_complete": True,
    }  # fmt: skip
    assert {name: item[name] for name in expected} == expected


def test_the_parameters_are_the_filters_and_the_order() -> None:
    assert set(LeadQuery().fields) == {*LeadFilter.base_filters, "sort_by", "sort_order"}


def test_deleted_leads_are_not_listed(marketer: ApiClient) -> None:
    LeadFactory(deleted_at=AT)

    assert listed(marketer) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "bounced"}, ["b@b.de"]),
        ({"domain_tld": "nl"}, ["a@a.nl"]),
        ({"has_var": "kamers"}, ["a@a.nl"]),
        ({"has_image": "false"}, ["b@b.de", "a@a.nl"]),
        ({"is_complete": "true"}, ["a@a.nl"]),
        ({"is_complete": "false", "required": "vars.kamers"}, ["b@b.de"]),
        ({"search": "a.n"}, ["a@a.nl"]),
        ({"tags": "vip,x"}, ["a@a.nl"]),
        ({"min_score": "10"}, ["a@a.nl"]),
        ({"list_name": ""}, ["b@b.de", "a@a.nl"]),
    ],
)
def test_the_list_is_filtered(marketer: ApiClient, query: dict[str, str], found: list[str]) -> None:
    LeadFactory(email="a@a.nl", domain="a.nl", vars={"kamers": "1"}, tags=["vip", "x"], score=10)
    LeadFactory(email="b@b.de", domain="b.de", company="", status="bounced")

    assert listed(marketer, **query) == found


def test_tags_may_be_given_one_by_one_or_divided_by_commas(marketer: ApiClient) -> None:
    LeadFactory(tags=["spa", "zee"])
    LeadFactory(tags=["spa"])

    for query in ("tags=spa&tags=zee", "tags=spa,zee"):
        assert marketer.get(f"/api/v1/leads?{query}").json()["data"]["total"] == 1


def test_the_answer_says_of_each_lead_whether_it_is_complete(marketer: ApiClient) -> None:
    LeadFactory(vars={"kamers": "1"}, company="")

    (plain,) = marketer.get(LEADS).json()["data"]["items"]
    (asked,) = marketer.get(LEADS, {"required": "vars.kamers"}).json()["data"]["items"]

    assert (plain["is_complete"], asked["is_complete"]) == (False, True)


def test_the_list_is_sorted_both_ways_with_the_never_mailed_last(marketer: ApiClient) -> None:
    LeadFactory(email="a@a.nl", last_emailed_at=AT, score=1)
    LeadFactory(email="b@b.nl", last_emailed_at=None, score=1)
    LeadFactory(email="c@c.nl", last_emailed_at=AT.replace(day=2), score=2)

    assert listed(marketer) == ["c@c.nl", "b@b.nl", "a@a.nl"]
    assert listed(marketer, sort_by="email", sort_order="asc") == ["a@a.nl", "b@b.nl", "c@c.nl"]
    assert listed(marketer, sort_by="last_emailed_at") == ["c@c.nl", "a@a.nl", "b@b.nl"]
    assert listed(marketer, sort_by="score", sort_order="asc") == ["a@a.nl", "b@b.nl", "c@c.nl"]


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ({"sort_by": "password"}, "sort_by", "is none of: id, email, company"),
        ({"sort_order": "up"}, "sort_order", "is none of: asc, desc"),
        ({"status": "activ"}, "status", "is none of: active, suppressed, bounced"),
        ({"stauts": "active"}, "stauts", "Did you mean status?"),
        ({"min_score": "9" * 30}, "min_score", "less than or equal to"),
        ({"has_image": "maybe"}, "has_image", "valid boolean"),
        ({"required": "company"}, "required", "is no variable of a template"),
        ({"has_var": "Aantal kamers"}, "has_var", "a var; aantal_kamers can."),
        ({"required": "vars.Aantal kamers"}, "required", "a var; aantal_kamers can."),
        ({"search": "a\0"}, "search", "Null characters"),
        ({"tags": "x" * 300}, "tags", "At most 50 names"),
        ({"page": "0"}, "page", "from 1 to"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(
    marketer: ApiClient, query: dict[str, str], field: str, words: str
) -> None:
    answer = marketer.get(LEADS, query)

    assert answer.status_code == 400
    details = {detail["field"]: detail["message"] for detail in answer.json()["error"]["details"]}
    assert words in details[field]


def test_the_queries_of_the_list_do_not_grow(
    marketer: ApiClient, django_assert_max_num_queries
) -> None:
    LeadFactory.create_batch(30)
    with django_assert_max_num_queries(7):
        assert len(listed(marketer)) == 30


def test_a_lead_is_made_shown_changed_and_deleted(marketer: ApiClient) -> None:
    made = marketer.post(LEADS, {"email": "Jan@Zon.nl", "company": "Zon", "vars": {"a": "1"}})
    assert (made.status_code, made.json()["data"]["email"]) == (201, "jan@zon.nl")
    one = f"{LEADS}/{made.json()['data']['id']}"

    changed = marketer.patch(one, {"url": "maan.nl", "vars": {"b": "2"}}).json()["data"]
    assert (changed["domain"], changed["vars"], changed["company"]) == (
        "maan.nl",
        {"b": "2"},
        "Zon",
    )
    assert marketer.get(one).json()["data"] == changed

    assert marketer.delete(one).status_code == 200
    assert marketer.get(one).status_code == 404
    assert Lead.objects.get().deleted_at is not None


def test_a_deleted_lead_can_be_restored(marketer: ApiClient) -> None:
    lead = LeadFactory(deleted_at=AT, stopped_at=AT)

    answer = marketer.post(f"{LEADS}/{lead.pk}/restore")

    assert answer.json()["data"]["stopped_at"] is not None
    assert Lead.objects.present().get() == lead


def test_an_address_that_is_taken_is_a_conflict(marketer: ApiClient) -> None:
    other = LeadFactory(email="jan@zon.nl", deleted_at=AT)

    answer = marketer.post(LEADS, {"email": "jan@zon.nl"})

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["details"][0]["field"]) == ("lead_exists", "email")
    assert f"POST /api/v1/leads/{other.pk}/restore" in error["message"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "email"),
        ({"email": "nobody"}, 422, "email"),
        ({"email": "a@b.nl", "url": "no site"}, 422, "url"),
        ({"email": "a@b.nl", "status": "active"}, 422, "status"),
        ({"email": "a@b.nl", "bedrijf": "Zon"}, 422, "bedrijf"),
        ({"email": "a@b.nl", "compny": "Zon"}, 422, "compny"),
        ({"email": "a@b.nl", "company": "a\nb"}, 400, "company"),
        ({"email": "a@b.nl", "company": 5}, 400, "company"),
        ({"email": "a@b.nl", "score": 2**31}, 400, "score"),
        ({"email": "a@b.nl", "vars": {"Aantal kamers": "1"}}, 400, "vars.Aantal kamers"),
        ({"email": "a@b.nl", "vars": {"items": "1"}}, 400, "vars.items"),
        ({"email": "a@b.nl", "vars": {"a": 1}}, 400, "vars.a"),
        ({"email": "a@b.nl", "tags": ["x" * 51]}, 400, "tags.0"),
    ],
)
def test_what_can_not_be_stored_is_named(
    marketer: ApiClient, body: dict, status: int, field: str
) -> None:
    answer = marketer.post(LEADS, body)

    assert answer.status_code == status
    assert field in [detail["field"] for detail in answer.json()["error"]["details"]]
    assert not Lead.objects.exists()


@pytest.mark.parametrize("word", ["stop", "restore"])
def test_a_command_about_a_lead_takes_no_fields(marketer: ApiClient, word: str) -> None:
    lead = LeadFactory()

    answer = marketer.post(f"/api/v1/leads/{lead.pk}/{word}", {"until": "tomorrow"})

    assert answer.status_code == 422
    assert answer.json()["error"]["details"][0]["message"] == (
        "There is no such field. Known here: none; leave the body empty."
    )
    lead.refresh_from_db()
    assert lead.stopped_at is None


def test_stopping_is_final_and_may_be_said_twice(marketer: ApiClient) -> None:
    lead = LeadFactory()

    with clock.frozen(AT):
        first = marketer.post(f"{LEADS}/{lead.pk}/stop")
    second = marketer.post(f"{LEADS}/{lead.pk}/stop")

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()["data"]["stopped_at"] == "2026-06-01T10:00:00+02:00"
    assert Lead.objects.get().stopped_at == AT


@pytest.mark.parametrize("path", ["99", "99/stop", "99/restore", f"{'9' * 40}"])
def test_a_lead_that_is_not_there_is_404(marketer: ApiClient, path: str) -> None:
    method = marketer.post if "/" in path else marketer.get

    assert method(f"{LEADS}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("command", "field", "value"),
    [
        ({"action": "tag", "tags": ["vip"]}, "tags", ["x", "vip"]),
        ({"action": "untag", "tags": ["x"]}, "tags", []),
        ({"action": "set_list", "list_name": "new"}, "list_name", "new"),
        ({"action": "stop"}, "stopped_at", AT),
        ({"action": "delete"}, "deleted_at", AT),
    ],
)
def test_many_leads_are_changed_at_once(
    marketer: ApiClient, command: dict, field: str, value: object
) -> None:
    leads = LeadFactory.create_batch(2, tags=["x"])
    bystander = LeadFactory(tags=["x"])

    with clock.frozen(AT):
        answer = marketer.post(
            f"{LEADS}/bulk", {**command, "lead_ids": [str(leads[0].pk), leads[1].pk, "99999999"]}
        )

    assert answer.json()["data"] == {"changed": 2, "not_found": ["99999999"]}
    for lead in (*leads, bystander):
        lead.refresh_from_db()
    assert [getattr(lead, field) for lead in leads] == [value] * 2
    assert getattr(bystander, field) != value


@pytest.mark.parametrize(
    "command",
    [
        {"action": "tag", "lead_ids": ["1"]},
        {"action": "set_list", "lead_ids": ["1"]},
        {"action": "explode", "lead_ids": ["1"]},
        {"action": "tag", "lead_ids": ["1"], "tags": ["a"], "list_name": "hotels"},
        {"action": "set_list", "lead_ids": ["1"], "tags": ["a"], "list_name": "hotels"},
        {"action": "stop", "lead_ids": ["1"], "tags": ["a"]},
        {"action": "stop", "lead_ids": []},
        {"action": "stop", "lead_ids": ["one"]},
        {"action": "stop"},
    ],
)
def test_a_bulk_command_that_says_too_little_or_too_much_is_400(
    marketer: ApiClient, command: dict
) -> None:
    assert marketer.post(f"{LEADS}/bulk", command).status_code == 400


def test_a_viewer_looks_and_changes_nothing(viewer: ApiClient) -> None:
    lead = LeadFactory()
    one = f"{LEADS}/{lead.pk}"

    assert viewer.get(one).status_code == 200
    refused = [
        viewer.post(LEADS, {"email": "a@b.nl"}),
        viewer.patch(one, {"company": "X"}),
        viewer.delete(one),
        viewer.post(f"{one}/stop"),
        viewer.post(f"{LEADS}/bulk", {"action": "delete", "lead_ids": [str(lead.pk)]}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 5
    assert Lead.objects.present().count() == 1


def test_without_a_token_there_is_nothing(db: None) -> None:
    assert ApiClient().get(LEADS).status_code == 401


def test_a_new_lead_on_the_suppression_list_is_stored_as_such(marketer: ApiClient) -> None:
    suppress(["jan@zon.nl"], reason=Suppression.Reason.UNSUBSCRIBED)

    answer = marketer.post(LEADS, {"email": "jan@zon.nl"})

    assert answer.json()["data"]["status"] == "suppressed"


def test_the_same_post_with_the_same_key_makes_one_lead(marketer: ApiClient) -> None:
    key = {"Idempotency-Key": "abc"}
    first = marketer.post(LEADS, {"email": "jan@zon.nl"}, headers=key)
    second = marketer.post(LEADS, {"email": "jan@zon.nl"}, headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert Lead.objects.count() == 1


def test_complete_is_what_the_template_needs(marketer: ApiClient) -> None:
    template = TemplateFactory(version__html="{{ lead.company }} {{ vars.kamers }}")
    LeadFactory(email="heeft@hotel.nl", vars={"kamers": "12"})
    LeadFactory(email="mist@hotel.nl")
    query = {"template_id": str(template.pk), "is_complete": "true"}
    items = marketer.get(LEADS, query).json()["data"]["items"]
    assert [(item["email"], item["is_complete"]) for item in items] == [("heeft@hotel.nl", True)]


def test_a_template_that_asks_nothing_finds_every_lead_complete(marketer: ApiClient) -> None:
    template = TemplateFactory(version__subject="x", version__html="{{ campaign.name }}")
    LeadFactory(company="", url="")
    (item,) = marketer.get(LEADS, {"template_id": template.pk}).json()["data"]["items"]
    assert item["is_complete"]


def test_a_template_with_alternatives_asks_for_one_of_them(marketer: ApiClient) -> None:
    html = "{{ hotel_name }}{% if vars.kamers %}{{ lead.city }}{% endif %}"
    template = TemplateFactory(version__subject="x", version__html=html)
    LeadFactory(email="a@a.nl", company="Zon")
    LeadFactory(email="b@b.nl", company="", vars={"hotel_name": "Zon"})
    LeadFactory(email="c@c.nl", company="")
    query = {"template_id": template.pk, "sort_order": "asc"}
    items = marketer.get(LEADS, query).json()["data"]["items"]
    assert [item["is_complete"] for item in items] == [True, True, False]
    items = marketer.get(LEADS, {**query, "is_complete": "false"}).json()["data"]["items"]
    assert [item["email"] for item in items] == ["c@c.nl"]


def test_an_alternative_that_is_always_there_asks_nothing_of_a_lead(marketer: ApiClient) -> None:
    html = "{{ lead.company or campaign.name }}"
    template = TemplateFactory(version__subject="x", version__html=html)
    LeadFactory(company="")
    (item,) = marketer.get(LEADS, {"template_id": template.pk}).json()["data"]["items"]
    assert item["is_complete"]


def test_a_template_that_is_not_accepted_any_more_is_named(marketer: ApiClient) -> None:
    template = TemplateFactory(name="Oud", version__html="{{ lead.fax }}")
    response = marketer.get(LEADS, {"template_id": template.pk})
    assert response.status_code == 400
    message = response.json()["error"]["message"]
    assert message.startswith('template_id: No mail can be made of "Oud": html')


def test_a_template_that_does_not_exist_is_named(marketer: ApiClient) -> None:
    response = marketer.get(LEADS, {"template_id": 4711, "is_complete": "true"})
    assert response.status_code == 400
    assert "no template 4711" in response.content.decode()


def test_who_writes_a_var_by_its_heading_is_told_its_name(marketer: ApiClient) -> None:
    lead = LeadFactory(vars={"kamers": "1"})

    answer = marketer.patch(f"{LEADS}/{lead.pk}", {"vars": {"Aantal kamers": "12"}})

    (detail,) = answer.json()["error"]["details"]
    assert detail["message"].startswith(
        "'Aantal kamers' can't be the name of a var; aantal_kamers can."
    )
    lead.refresh_from_db()
    assert lead.vars == {"kamers": "1"}
