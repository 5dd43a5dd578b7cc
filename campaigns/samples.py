"""A made-up sender and lead, for looking at a template before there are real ones. Never saved."""

from __future__ import annotations

from campaigns.models import SenderAlias, SendingDomain
from leads.models import Lead

# RFC 2606 §3: example.com belongs to nobody.
SAMPLE_ALIAS = SenderAlias(
    name="afzender",
    sender_name="Voorbeeldafzender",
    domain=SendingDomain(name="example.com"),
)
SAMPLE_LEAD = Lead(
    email="anna.devries@example.com",
    first_name="Anna",
    last_name="de Vries",
    title="mevrouw",
    company="Voorbeeldhotel",
    city="Utrecht",
    country="Nederland",
    url="https://www.example.com/",
    domain="example.com",
    list_name="voorbeeld",
    source="voorbeeld",
    tier="A",
    stage="nieuw",
)
