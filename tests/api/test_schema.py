"""Every endpoint against its own OpenAPI schema, with generated requests, good and bad.

Each operation is a test of its own, so that they run side by side. The requests go through the
real WSGI application with the token of a marketer; what they write is rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, assume, settings
from rest_framework_simplejwt.tokens import RefreshToken
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from mailsuite.wsgi import application
from tests.factories import (
    AudienceFactory,
    CampaignDomainFactory,
    CampaignFactory,
    FlowFactory,
    FlowStepFactory,
    InboundMailFactory,
    LeadFactory,
    LeadImportFactory,
    MessageContentFactory,
    OutboundReplyFactory,
    SenderAliasFactory,
    SuppressionFactory,
    UserFactory,
)
from tests.factories.campaigns import MONDAY

EXAMPLES = 10


def read_to_the_end(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The application as a server runs it. The client of schemathesis closes no files."""
    with closing(application(environ, start_response)) as answer:
        return [b"".join(answer)]


schema = schemathesis.openapi.from_dict(
    SchemaGenerator().get_schema(public=True),
    config=SchemathesisConfig.from_dict(
        # A request may fit the schema and be refused: a name of blanks, a date in the year 162.
        {"checks": {"positive_data_acceptance": {"enabled": False}}}
    ),
)
schema.app = read_to_the_end


@pytest.fixture
def existing(db: None) -> dict[str, int]:
    """One of each thing that an address can name: parameter → id."""
    message = MessageContentFactory().message
    SenderAliasFactory(domain=message.domain, name="christian")
    CampaignDomainFactory(campaign=message.campaign, domain=message.domain)
    AudienceFactory(campaign=message.campaign)
    draft = CampaignFactory(status="draft", flow_version=None, name="Draft")
    AudienceFactory(campaign=draft, lead_ids=[LeadFactory().pk])
    return {
        "campaign_id": draft.pk,
        "domain_id": message.domain_id,
        "inbox_id": InboundMailFactory(message=message).pk,
        "reply_id": OutboundReplyFactory(status="unknown", sent_at=MONDAY).pk,
        "flow_id": FlowStepFactory(version__flow=FlowFactory()).version.flow_id,
        "import_id": LeadImportFactory().pk,
        "lead_id": message.lead_id,
        "message_id": message.pk,
        "suppression_id": SuppressionFactory().pk,
        "template_id": message.template_version.template_id,
    }


@pytest.fixture
def headers(db: None) -> dict[str, str]:
    token = RefreshToken.for_user(UserFactory(groups=["marketer"])).access_token
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(autouse=True)
def one_transaction() -> Iterator[None]:
    """A request of a real server ends by closing connections that it finds in a transaction;
    here all of them are in that of the test."""
    ends = (signals.request_started, signals.request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.api_schema
@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_an_operation_keeps_to_its_schema(
    case: schemathesis.Case, existing: dict[str, int], headers: dict[str, str]
) -> None:
    # Its bad headers are replaced by our good one, so nothing bad would be sent.
    assume(case.meta is None or not case.meta.is_negative_at(ParameterLocation.HEADER))
    for name, value in (case.path_parameters or {}).items():
        # Half of the well-formed ids are made to lead somewhere.
        if isinstance(value, int) and value % 2 == 0 and name in existing:
            case.path_parameters[name] = existing[name]
    case.call_and_validate(headers=headers)


def test_the_schema_is_made_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", "/dev/null")


def test_every_answer_is_in_the_envelope() -> None:
    for path, method, status, answer in _answers():
        content = answer.get("content", {}).get("application/json")
        if content is None:
            continue
        properties = content["schema"]["properties"]
        assert set(properties) == {"data", "error"}, f"{method} {path} {status}"


def operation(method: str, path: str) -> dict[str, Any]:
    return schema.raw_schema["paths"][f"/api/v1/{path}"][method]


def errors(method: str, path: str) -> str:
    return " ".join(status for status in operation(method, path)["responses"] if status >= "400")


def test_every_post_but_those_for_tokens_takes_an_idempotency_key() -> None:
    for path, operations in schema.raw_schema["paths"].items():
        for method, described in operations.items():
            takes = any(
                one["name"] == "Idempotency-Key" and one["in"] == "header" and "required" not in one
                for one in described.get("parameters", [])
            )
            assert takes == (method == "post" and "/auth/" not in path), f"{method} {path}"


def test_a_replayed_answer_and_both_conflicts_over_a_key_are_described() -> None:
    answers = operation("post", "campaigns")["responses"]
    assert list(answers["201"]["headers"]) == ["Idempotency-Replayed"]
    name = answers["409"]["$ref"].rpartition("/")[2]
    words = schema.raw_schema["components"]["responses"][name]["description"]
    assert "idempotency_key_in_flight" in words
    assert "idempotency_key_reused" in words


def test_an_operation_lists_the_errors_that_it_can_answer() -> None:
    assert errors("get", "campaigns/{campaign_id}") == "401 403 404 406 500"
    assert errors("get", "leads") == "400 401 403 406 500"
    assert errors("delete", "leads/{lead_id}") == "401 403 404 406 409 500"
    assert errors("patch", "leads/{lead_id}") == "400 401 403 404 406 409 415 422 500"
    assert errors("post", "leads") == "400 401 403 406 409 415 422 500"
    assert errors("post", "auth/token") == "400 401 406 415 422 429 500"
    assert errors("get", "templates/{template_id}/preview") == "400 401 403 404 406 422 500"


def _answers() -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    raw = schema.raw_schema
    for path, operations in raw["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    yield path, method, status, answer
