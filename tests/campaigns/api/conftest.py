"""A sending domain ready to send, a template, leads, and a marketer with a frozen clock."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from campaigns.models import SendingDomain
from leads.models import Lead
from mailsuite.lib import clock
from templates_app.models import Template
from tests.factories import (
    LeadFactory,
    SenderAliasFactory,
    SendingDomainFactory,
    TemplateVersionFactory,
)

# A Monday, 08:00 in Amsterdam.
MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday() -> Iterator[clock.FrozenClock]:
    with clock.frozen(MONDAY) as frozen:
        yield frozen


def ready_domain(name: str) -> SendingDomain:
    domain = SendingDomainFactory(name=name)
    SenderAliasFactory(domain=domain, name="christian")
    return domain


@pytest.fixture
def domain(db: None) -> SendingDomain:
    return ready_domain("punthelder-seo.nl")


@pytest.fixture
def template(db: None) -> Template:
    return TemplateVersionFactory(subject="Hallo", html="<p>Dag</p>").template


@pytest.fixture
def leads(db: None) -> list[Lead]:
    return [LeadFactory(email=f"info@hotel{n}.nl", list_name="hotels") for n in range(3)]


@pytest.fixture
def payload(domain: SendingDomain, template: Template, leads: list[Lead]) -> dict:
    """The wizard's four steps, to the letter."""
    return {
        "name": "Summer",
        "template_id": str(template.pk),
        "audience": {
            "mode": "leads",
            "lead_ids": [str(lead.pk) for lead in leads],
            "exclude_suppressed": True,
            "exclude_recent_days": 14,
            "one_per_domain": False,
        },
        "schedule": {"start_mode": "now", "start_at": None},
        "domains": [domain.name],
        "followup": {"enabled": True, "days": 3, "attach_report": False},
    }
