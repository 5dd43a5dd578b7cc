"""Imports of leads as the API takes and shows them."""

from __future__ import annotations

from rest_framework import serializers

from leads.api.forms import MappedUploadForm
from leads.api.lead_serializers import check_one_line
from leads.models import ImportRefusal, LeadImport
from mailsuite.lib.api.fields import Choice
from mailsuite.lib.api.query import Query


class ImportForm(MappedUploadForm):
    list_name = serializers.CharField(max_length=100, validators=[check_one_line])
    mode = Choice(
        LeadImport.Mode.values,
        default=LeadImport.Mode.SKIP.value,
        help_text="What becomes of an address that is a lead already: it is skipped, its fields "
        "are updated, or (error) the whole file is refused.",
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="Count, and write nothing. /run then imports for real."
    )


class ImportQuery(Query):
    status = Choice(LeadImport.Status.values, required=False)
    list_name = serializers.CharField(required=False, max_length=100)


class ImportItem(serializers.Serializer):
    id = serializers.CharField()
    filename = serializers.CharField()
    list_name = serializers.CharField()
    mode = serializers.ChoiceField(LeadImport.Mode.choices)
    dry_run = serializers.BooleanField()
    status = serializers.ChoiceField(LeadImport.Status.choices)
    rows_done = serializers.IntegerField()
    rows_total = serializers.IntegerField(
        allow_null=True, help_text="An upper bound until it is completed."
    )
    created = serializers.IntegerField(source="created_count")
    updated = serializers.IntegerField(source="updated_count")
    skipped = serializers.IntegerField(source="skipped_count")
    refused = serializers.IntegerField(source="refused_count")
    error = serializers.CharField(allow_blank=True, help_text="Why it failed, and the way out.")
    notes = serializers.ListField(child=serializers.CharField())
    created_by = serializers.CharField(
        source="created_by.username", default=None, allow_null=True, help_text="User name."
    )
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class RefusalItem(serializers.Serializer):
    row = serializers.IntegerField(source="row_number", help_text="The headings are row 1.")
    outcome = serializers.ChoiceField(ImportRefusal.Outcome.choices)
    column = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class ImportDetail(ImportItem):
    mapping = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        help_text="Heading → where its column went; blank: left out. Until it is completed, only "
        "what was corrected of the guess.",
    )
    refusals = RefusalItem(
        source="first_refusals", many=True, help_text="The first 100; errors.csv has all."
    )
    refusals_total = serializers.IntegerField()


class InspectionItem(serializers.Serializer):
    headings = serializers.ListField(child=serializers.CharField())
    mapping = serializers.DictField(
        source="targets", child=serializers.CharField(allow_blank=True),
        help_text="Heading → where the column would go; blank: left out.",
    )  # fmt: skip
    mapping_error = serializers.CharField(
        allow_blank=True, help_text="Why it can't be imported like that."
    )
    fields_known = serializers.ListField(
        source="known_targets", child=serializers.CharField(), help_text="Or vars.<name>."
    )
    notes = serializers.ListField(child=serializers.CharField())
    samples = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True)),
        help_text="The first rows.",
    )
    rows_expected = serializers.IntegerField(help_text="An upper bound.")
    encoding = serializers.CharField(allow_null=True)
    delimiter = serializers.CharField(allow_null=True)
    sheet = serializers.CharField(allow_null=True)
    sheets = serializers.ListField(child=serializers.CharField())
