from __future__ import annotations

import factory
from factory.django import DjangoModelFactory

from leads.models import ImageAsset, ImportRefusal, Lead, LeadImport, Report, Suppression


class LeadFactory(DjangoModelFactory):
    class Meta:
        model = Lead

    email = factory.Sequence(lambda n: f"info@hotel{n}.nl")
    company = factory.Sequence(lambda n: f"Hotel {n}")
    domain = factory.Sequence(lambda n: f"hotel{n}.nl")
    url = factory.LazyAttribute(lambda lead: f"https://{lead.domain}/")


class SuppressionFactory(DjangoModelFactory):
    """The row alone. What really suppresses an address is leads.suppression.suppress()."""

    class Meta:
        model = Suppression

    value = factory.Sequence(lambda n: f"weg@voorbeeld{n}.nl")
    reason = Suppression.Reason.MANUAL


class LeadImportFactory(DjangoModelFactory):
    class Meta:
        model = LeadImport

    file = factory.django.FileField(filename="leads.csv", data=b"email\njan@voorbeeld.nl\n")
    filename = "leads.csv"
    list_name = "hotels"


class ImportRefusalFactory(DjangoModelFactory):
    class Meta:
        model = ImportRefusal

    lead_import = factory.SubFactory(LeadImportFactory)
    row_number = 2
    reason = "not an e-mail address"


class ImageAssetFactory(DjangoModelFactory):
    class Meta:
        model = ImageAsset

    key = factory.Sequence(lambda n: f"image{n}")
    file = factory.django.ImageField(width=8, height=4, format="PNG")


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = Report

    lead = factory.SubFactory(LeadFactory)
    file = factory.django.FileField(filename="report.pdf", data=b"%PDF-1.4\n")
    filename = "report.pdf"
