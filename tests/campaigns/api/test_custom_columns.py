"""A column of a sheet, from the import by way of template and preview to the mail."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign, Message, SendingDomain
from leads.models import Lead
from tests.clients import ApiClient

pytestmark = pytest.mark.django_db

SHEET = "E-mail;Aantal Kamers\njan@zon.nl;12\nann@maan.nl;\n"
CAMPAIGN = {
    "name": "Kamers",
    "audience": {"mode": "all", "exclude_recent_days": 0, "one_per_domain": False},
    "schedule": {"start_mode": "now"},
    "domains": ["punthelder-seo.nl"],
}


@pytest.mark.parametrize(
    "written", ["{{ vars['Aantal kamers'] }}", "{{vars.Aantal Kamers}}", "{{ vars.aantal_kamers }}"]
)
def test_a_heading_means_the_same_in_import_template_preview_and_launch(
    marketer: ApiClient, domain: SendingDomain, written: str
) -> None:
    file = {"file": SimpleUploadedFile("leads.csv", SHEET.encode()), "list_name": "hotels"}
    assert marketer.post("/api/v1/import/leads", file, format="multipart").status_code == 201
    jan, ann = Lead.objects.get(email="jan@zon.nl"), Lead.objects.get(email="ann@maan.nl")

    body = {"name": "Kamers", "subject": "Vraag", "html": f"<p>Met {written} kamers</p>"}
    template = marketer.post("/api/v1/templates", body).json()["data"]
    assert template["required_variables"] == ["vars.aantal_kamers"]
    assert template["warnings"] == [
        "A lead without vars.aantal_kamers is held back at launch. "
        "A fallback avoids that: {{ vars.aantal_kamers|default('…') }}."
    ]

    preview = f"/api/v1/templates/{template['id']}/preview?lead_id="
    shown = marketer.get(f"{preview}{jan.pk}").json()["data"]
    assert ("Met 12 kamers" in shown["html"], shown["missing"]) == (True, [])
    assert marketer.get(f"{preview}{ann.pk}").json()["data"]["missing"] == ["vars.aantal_kamers"]

    launched = marketer.post("/api/v1/campaigns", CAMPAIGN | {"template_id": template["id"]})
    assert launched.status_code == 201
    campaign = Campaign.objects.get()
    assert [one.lead for one in Message.objects.filter(campaign=campaign)] == [jan]
    (held,) = campaign.enrollments.held()
    assert (held.lead, held.missing_variables) == (ann, ["vars.aantal_kamers"])
