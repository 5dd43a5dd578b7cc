"""The filters of the lead list: the same ones choose the audience of a campaign.

Values come as text from a query string or as JSON from a saved audience, so each field takes
both: `tags=beurs,vip` or `["beurs", "vip"]`, `has_image=true` or `true`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Q

from leads.completeness import (
    WITHOUT_TEMPLATE,
    Groups,
    UnknownTemplate,
    UnknownVariable,
    has_image,
    is_complete,
    required_by_template,
)
from leads.models import Lead
from leads.querysets import LeadQuerySet
from mailsuite.lib.var_keys import is_var_key, why_no_key

LONGEST_TEXT = 200
MOST_NAMES = 50
LARGEST_SCORE = 2**31 - 1


class TextField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_TEXT, **kwargs)

    def to_python(self, value: Any) -> str:
        if value is not None and not isinstance(value, str):
            raise ValidationError("This must be text.")
        return str(super().to_python(value))


class YesNoField(forms.Field):
    """True, false or nothing. Django's own takes any other word for nothing, and a filter that is
    overlooked shows everybody."""

    widget = forms.TextInput
    _WORDS = {"true": True, "1": True, "false": False, "0": False}

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        answer = value if isinstance(value, bool) else self._WORDS.get(str(value).lower())
        if answer is None:
            raise ValidationError("This must be true or false.")
        return answer


class NamesField(forms.Field):
    """A list of names, or a text that divides them by commas."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> list[str]:
        if value in self.empty_values:
            return []
        given = value.split(",") if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
            raise ValidationError("This must be a list of names, divided by commas.")
        names = [name.strip() for name in given if name.strip()]
        if len(names) > MOST_NAMES or any(len(name) > LONGEST_TEXT for name in names):
            raise ValidationError(
                f"At most {MOST_NAMES} names of {LONGEST_TEXT} characters can be given."
            )
        for name in names:
            ProhibitNullCharactersValidator()(name)
        return names


class VarKeysField(NamesField):
    """Names that vars can have. By another nobody would be found, as if nobody had a value."""

    def to_python(self, value: Any) -> list[str]:
        names = super().to_python(value)
        if wrong := [why_no_key(name) for name in names if not is_var_key(name)]:
            raise ValidationError(wrong)
        return names


class TemplateField(forms.IntegerField):
    """The id of a template. Becomes what it needs of every lead."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=2**63 - 1, **kwargs)

    def clean(self, value: Any) -> Any:
        template_id = super().clean(value)
        if template_id is None:
            return None
        try:
            return required_by_template(template_id)
        except UnknownTemplate as error:
            raise ValidationError(str(error)) from error


class TextFilter(django_filters.Filter):
    field_class = TextField


class YesNoFilter(django_filters.Filter):
    field_class = YesNoField


class NamesFilter(django_filters.Filter):
    field_class = NamesField


class VarKeysFilter(django_filters.Filter):
    field_class = VarKeysField


class ScoreFilter(django_filters.Filter):
    field_class = forms.IntegerField

    def __init__(self, **kwargs: Any) -> None:
        bounds = {"min_value": -LARGEST_SCORE - 1, "max_value": LARGEST_SCORE}
        super().__init__(**bounds, **kwargs)


class TemplateFilter(django_filters.Filter):
    field_class = TemplateField


class LeadFilter(django_filters.FilterSet):
    """Leads that meet every filter that is given.

    `tags`, `has_var` and `domain_tld` take several names: all of the tags and vars, any of the
    top levels. `required` says which template variables `is_complete` asks for; without it a
    lead is complete with company and website.
    """

    status = django_filters.ChoiceFilter(choices=Lead.Status.choices)
    list_name = TextFilter()
    domain_tld = NamesFilter(method="with_top_level")
    has_image = YesNoFilter(method="with_image")
    has_var = VarKeysFilter(field_name="vars", lookup_expr="has_keys")
    is_complete = YesNoFilter(method="with_completeness")
    required = NamesFilter(method="unchanged")
    template_id = TemplateFilter(method="unchanged")
    search = TextFilter(method="with_words")
    tags = NamesFilter(lookup_expr="contains")
    tier = TextFilter()
    stage = TextFilter()
    source = TextFilter()
    min_score = ScoreFilter(field_name="score", lookup_expr="gte")

    class Meta:
        model = Lead
        fields: Sequence[str] = []

    @property
    def required_variables(self) -> Groups:
        """What completeness means in this request."""
        asked: dict[str, Any] = self.form.cleaned_data
        if asked["required"]:
            return _each(asked["required"])
        by_template: Groups | None = asked["template_id"]
        return WITHOUT_TEMPLATE if by_template is None else by_template

    def with_top_level(self, leads: LeadQuerySet, _: str, names: list[str]) -> LeadQuerySet:
        return leads.filter(domain_tld__in=[name.lower().lstrip(".") for name in names])

    def with_image(self, leads: LeadQuerySet, _: str, wanted: bool) -> LeadQuerySet:
        return leads.filter(Q(has_image()) if wanted else ~Q(has_image()))

    def with_words(self, leads: LeadQuerySet, _: str, words: str) -> LeadQuerySet:
        return leads.search(words)

    def with_completeness(self, leads: LeadQuerySet, _: str, wanted: bool) -> LeadQuerySet:
        complete = is_complete(self.required_variables)
        if not complete:
            return leads if wanted else leads.none()
        return leads.filter(complete if wanted else ~complete)

    def unchanged(self, leads: LeadQuerySet, _: str, names: list[str]) -> LeadQuerySet:
        """These only say what `is_complete` means."""
        return leads

    def get_form_class(self) -> type[forms.Form]:
        """The form of the filters, which also knows what a template can ask for."""
        base: type[forms.Form] = super().get_form_class()
        return type("LeadFilterForm", (_CheckedRequired, base), {})


def _each(names: Sequence[str]) -> Groups:
    return [(name,) for name in names]


class _CheckedRequired:
    cleaned_data: dict[str, Any]

    def clean_required(self) -> list[str]:
        names: list[str] = self.cleaned_data["required"]
        try:
            is_complete(_each(names))
        except UnknownVariable as error:
            raise ValidationError(str(error)) from error
        return names
