"""Leads as the API takes and shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from leads.filters import LARGEST_SCORE, LONGEST_TEXT
from leads.lead_rows import FIELD_LENGTHS
from leads.models import Lead
from mailsuite.lib.api.fields import Choice, IdField
from mailsuite.lib.api.query import NamesParameter, Query
from mailsuite.lib.api.strict import StrictSerializer
from mailsuite.lib.var_keys import is_var_key, why_no_key

MOST_LEADS = 10_000
MOST_VARS = 200
SORTABLE = (
    "id", "email", "company", "first_name", "last_name", "city", "country", "domain", "status",
    "list_name", "tier", "stage", "source", "score", "created_at", "updated_at", "last_emailed_at",
)  # fmt: skip


def _text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(required=False, max_length=LONGEST_TEXT, **kwargs)


class LeadQuery(Query):
    """The filters of `leads.filters.LeadFilter`, and the order."""

    status = Choice(Lead.Status.values, required=False)
    list_name = _text()
    domain_tld = NamesParameter(help_text="Top level of the website: nl, or nl,be.")
    has_image = serializers.BooleanField(required=False)
    has_var = NamesParameter(
        help_text="Names of vars, such as aantal_kamers, all of which must have a value."
    )
    is_complete = serializers.BooleanField(required=False)
    required = NamesParameter(  # type: ignore[assignment]  # no clash: declared fields are moved
        help_text="What is_complete asks for: a template's required_variables, such as "
        "lead.company,vars.rooms. Without it: company and url."
    )
    template_id = IdField(
        required=False,
        help_text="is_complete asks for what this template prints for every lead; where it has "
        "alternatives (hotel_name: vars.hotel_name or company), for one of them.",
    )
    search = _text(
        help_text="Words, or their beginnings, of address, company, website or name. Accents make "
        "no difference."
    )
    tags = NamesParameter(help_text="All of these tags.")
    tier = _text()
    stage = _text()
    source = _text()  # type: ignore[assignment]
    min_score = serializers.IntegerField(
        required=False, min_value=-LARGEST_SCORE - 1, max_value=LARGEST_SCORE
    )
    sort_by = Choice(SORTABLE, default="created_at")
    sort_order = Choice(["asc", "desc"], default="desc")


class LeadItem(serializers.Serializer):
    id = serializers.CharField()
    email = serializers.CharField()
    company = serializers.CharField(allow_blank=True)
    bedrijf = serializers.CharField(source="company", allow_blank=True, help_text="As company.")
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    country = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    domain = serializers.CharField(allow_blank=True, help_text="Of the website, without www.")
    status = serializers.ChoiceField(Lead.Status.choices)
    list_name = serializers.CharField(allow_blank=True)
    image_key = serializers.CharField(allow_blank=True)
    vars = serializers.DictField(child=serializers.CharField())
    tags = serializers.ListField(child=serializers.CharField())
    tier = serializers.CharField(allow_blank=True)
    stage = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    score = serializers.IntegerField()
    is_complete = serializers.BooleanField(
        help_text="Has what `required` names; without it, company and url."
    )
    last_emailed_at = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class VarsField(serializers.DictField):
    """Custom columns: name → text."""

    child = serializers.CharField(allow_blank=True, max_length=32_767)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, Mapping):
            _check_vars(data)
        return dict(super().to_internal_value(data))


def _check_vars(data: Mapping[Any, Any]) -> None:
    if len(data) > MOST_VARS:
        raise serializers.ValidationError(f"At most {MOST_VARS} vars are kept of a lead.")
    for key, value in data.items():
        name = str(key)[:100]
        if not isinstance(value, str):
            raise serializers.ValidationError({name: ["This must be text."]})
        if not is_var_key(key):
            raise serializers.ValidationError({name: [why_no_key(key)]})


def _line(field: str) -> serializers.Field:
    return serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=FIELD_LENGTHS[field],
        validators=[check_one_line],
    )


def check_one_line(text: str) -> None:
    if not text.isprintable():
        raise serializers.ValidationError(
            "This must be one line of text without control characters."
        )


class Tag(serializers.CharField):
    def __init__(self) -> None:
        super().__init__(max_length=50, validators=[check_one_line])


class LeadChange(StrictSerializer):
    forbidden = {
        "bedrijf": "Write company; bedrijf is its name for reading.",
        "domain": "It follows from url.",
        "status": "It follows from POST /suppressions, opt-outs and bounces.",
        "stopped_at": "POST /leads/{id}/stop sets it.",
        "deleted_at": "DELETE /leads/{id} sets it.",
        "last_emailed_at": "Sending sets it.",
    }

    email = serializers.CharField(required=False, max_length=1_000)
    first_name = _line("first_name")
    last_name = _line("last_name")
    title = _line("title")
    company = _line("company")
    city = _line("city")
    country = _line("country")
    url = _line("url")
    list_name = serializers.CharField(
        required=False, allow_blank=True, max_length=100, validators=[check_one_line]
    )
    image_key = _line("image_key")
    vars = VarsField(required=False, help_text="All of them; those not named are taken away.")
    tags = serializers.ListField(child=Tag(), required=False, max_length=100)
    tier = _line("tier")
    stage = _line("stage")
    source = _line("source")  # type: ignore[assignment]
    score = serializers.IntegerField(
        required=False, min_value=-LARGEST_SCORE - 1, max_value=LARGEST_SCORE
    )


class LeadCommand(LeadChange):
    email = serializers.CharField(max_length=1_000)


class BulkCommand(StrictSerializer):
    action = Choice(["stop", "delete", "tag", "untag", "set_list"])
    lead_ids = serializers.ListField(
        child=IdField(), allow_empty=False, min_length=1, max_length=MOST_LEADS
    )
    tags = serializers.ListField(
        child=Tag(), required=False, min_length=1, max_length=100, help_text="For tag and untag."
    )
    list_name = serializers.CharField(
        required=False, max_length=100, validators=[check_one_line], help_text="For set_list."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        action = attrs["action"]
        needed = {"tag": "tags", "untag": "tags", "set_list": "list_name"}.get(action)
        wrong: dict[str, Any] = {
            name: [f"{action} takes no {name}. Leave it out."]
            for name in ("tags", "list_name")
            if name in attrs and name != needed
        }
        if needed and needed not in attrs:
            wrong[needed] = [f"{action} needs this."]
        if wrong:
            raise serializers.ValidationError(wrong)
        return attrs


class BulkResult(serializers.Serializer):
    changed = serializers.IntegerField(help_text="Those that were so already are not counted.")
    not_found = serializers.ListField(child=serializers.CharField(), help_text="Unknown ids.")
