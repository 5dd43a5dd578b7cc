"""A lead for whom a mail comes out empty: preview, dry run and launch agree."""

from __future__ import annotations

import pytest

from campaigns.models import Campaign, Message, SendingDomain
from tests.clients import ApiClient
from tests.factories import LeadFactory, TemplateFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("subject", "html", "reason"),
    [
        ("{{company|default('')}}", "<p>Dag</p>", "the subject comes out empty"),
        ("{{company|default}}", "<p>Dag</p>", "the subject comes out empty"),
        ("{% if company %}Vraag{% endif %}", "<p>Dag</p>", "the subject comes out empty"),
        ("Vraag", "<p>{% if company %}Dag{% endif %}</p>", "the mail comes out empty"),
    ],
)
def test_an_empty_mail_is_held_back_with_its_reason(
    marketer: ApiClient, domain: SendingDomain, subject: str, html: str, reason: str
) -> None:
    template = TemplateFactory(version__subject=subject, version__html=html)
    zon = LeadFactory(email="info@zon.nl", company="Zon")
    nobody = LeadFactory(email="info@maan.nl", company="")

    preview = f"/api/v1/templates/{template.pk}/preview?lead_id="
    assert marketer.get(f"{preview}{zon.pk}").status_code == 200
    refused = marketer.get(f"{preview}{nobody.pk}")
    assert refused.status_code == 422
    assert reason in refused.json()["error"]["message"].lower()

    body = {
        "name": "Leeg",
        "template_id": str(template.pk),
        "audience": {"mode": "all", "exclude_recent_days": 0, "one_per_domain": False},
        "schedule": {"start_mode": "now"},
        "domains": [domain.name],
    }
    dry = marketer.post("/api/v1/campaigns/dry-run", body).json()["data"]
    assert (dry["planned"], dry["enrolled"], dry["held_count"]) == (1, 2, 1)
    assert [(one["lead_id"], one["missing"]) for one in dry["held"]] == [(str(nobody.pk), [reason])]

    assert marketer.post("/api/v1/campaigns", body).status_code == 201
    campaign = Campaign.objects.get()
    assert [one.lead for one in Message.objects.filter(campaign=campaign)] == [zon]
    (held,) = campaign.enrollments.held()
    assert (held.lead, held.missing_variables) == (nobody, [reason])
