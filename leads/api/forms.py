"""Uploads: bodies of form fields, whose values are text whatever they mean."""

from __future__ import annotations

import json
from typing import Any

from rest_framework import serializers

from leads.csv_files import DELIMITERS, ENCODINGS
from leads.tables import ReadOptions
from mailsuite.lib.api.fields import Choice
from mailsuite.lib.api.strict import StrictSerializer


class UploadForm(StrictSerializer):
    """A file, and how to read it where the guess is wrong. A blank field counts as not given."""

    file = serializers.FileField(help_text="An Excel workbook (.xlsx) or a CSV file.")
    encoding = Choice(ENCODINGS, required=False, allow_blank=True, help_text="Of a CSV file.")
    delimiter = Choice(DELIMITERS, required=False, allow_blank=True, help_text="Of a CSV file.")
    sheet = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="Of a workbook."
    )

    def to_internal_value(self, data: Any) -> Any:
        # Past StrictSerializer's, which wants true and not "true".
        return serializers.Serializer.to_internal_value(self, data)


class MappedUploadForm(UploadForm):
    mapping = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100_000,
        help_text="JSON, heading → target, for columns that the guess gets wrong: a field, "
        'vars.<name>, or "" to leave the column out. {"Firma": "company", "Notitie": ""}',
    )

    def validate_mapping(self, text: str) -> dict[str, str]:
        try:
            mapping = json.loads(text or "{}")
        except (ValueError, RecursionError):
            mapping = None
        if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
            raise serializers.ValidationError(
                'This must be a JSON object of texts, such as {"Firma": "company"}.'
            )
        return mapping


def read_options(form: dict[str, Any]) -> ReadOptions:
    encoding, delimiter, sheet = (form.get(one) for one in ("encoding", "delimiter", "sheet"))
    return ReadOptions(encoding or None, delimiter or None, sheet or None)
