"""Request bodies taken literally: no field that isn't known, no value of another JSON type.

REST framework drops unknown fields and turns 5 into "5". Here a misspelt field is an error that
says what was meant, and the published schema is the whole truth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from mailsuite.lib.api.errors import NON_FIELD
from mailsuite.lib.errors import Refusal

Fields = Mapping[str, serializers.Field]


class StrictSerializer(serializers.Serializer):
    """A body whose fields are all known, with values of the JSON type that the schema names.

    Unknown fields raise Refusal (422) naming each and the closest known one. `forbidden` maps
    names that people will try, and that are refused at any depth, to the reason why.
    """

    forbidden: Mapping[str, str] = {}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if self.parent is None and isinstance(data, Mapping):
            refuse_unknown_fields(self, data)
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(
                {NON_FIELD: [f"This must be an object, not {_json_name(data)}."]}
            )
        wrong = {
            name: problem
            for name, field in self.fields.items()
            if name in data and (problem := _type_problem(field, data[name]))
        }
        if wrong:
            raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)


class NoFields(StrictSerializer):
    """The body of a command that its address says whole: none, null, or an empty object."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation({} if data is None else data)


def refuse_unknown_fields(serializer: StrictSerializer, data: Mapping[str, Any]) -> None:
    """Raise Refusal naming every field of `data` that `serializer` doesn't take."""
    forbidden = dict(_forbidden(serializer, data, serializer.forbidden))
    unknown = dict(_unknown(serializer, data, list(_paths(serializer))))
    if not forbidden and not unknown:
        return
    raise Refusal(
        f"These fields are not accepted: {', '.join({**forbidden, **unknown})}.",
        fields={**unknown, **forbidden},
        code="field_forbidden" if forbidden else "field_unknown",
    )


def _writable(serializer: serializers.Serializer) -> Fields:
    return {name: field for name, field in serializer.fields.items() if not field.read_only}


def _paths(serializer: serializers.Serializer, above: str = "") -> Iterator[str]:
    """Every writable field, as "schedule.start_at"."""
    for name, field in _writable(serializer).items():
        yield above + name
        inner = field.child if isinstance(field, serializers.ListSerializer) else field
        if isinstance(inner, serializers.Serializer):
            yield from _paths(inner, f"{above}{name}.")


def _forbidden(
    field: serializers.Field | None, data: Any, reasons: Mapping[str, str], above: str = ""
) -> Iterator[tuple[str, str]]:
    if isinstance(field, serializers.ListSerializer):
        for index, item in _items(data):
            yield from _forbidden(field.child, item, reasons, f"{above}{index}.")
        return
    has_fields = isinstance(field, serializers.Serializer)
    if not isinstance(data, Mapping) or not (has_fields or field is None):
        return  # a value, or an object whose keys are free
    known = _writable(field) if isinstance(field, serializers.Serializer) else {}
    for name, value in data.items():
        if name not in known and name in reasons:
            yield above + name, reasons[name]
        else:
            yield from _forbidden(known.get(name), value, reasons, f"{above}{name}.")


def _unknown(
    field: serializers.Field | None, data: Any, paths: list[str], above: str = ""
) -> Iterator[tuple[str, str]]:
    if isinstance(field, serializers.ListSerializer):
        for index, item in _items(data):
            yield from _unknown(field.child, item, paths, f"{above}{index}.")
    if not isinstance(field, serializers.Serializer) or not isinstance(data, Mapping):
        return
    known = _writable(field)
    for name, value in data.items():
        if name in known:
            yield from _unknown(known[name], value, paths, f"{above}{name}.")
        else:
            yield above + name, f"There is no such field. {_advice(name, above, known, paths)}"


def _items(data: Any) -> Iterator[tuple[int, Any]]:
    yield from enumerate(data) if isinstance(data, list) else ()


def _advice(name: str, above: str, known: Fields, paths: list[str]) -> str:
    elsewhere = [path for path in paths if path.rpartition(".")[2] == name]
    if elsewhere:
        return f"Did you mean {elsewhere[0]}?"
    if close := get_close_matches(name, known, n=1):
        return f"Did you mean {above}{close[0]}?"
    return f"Known here: {', '.join(sorted(known)) or 'none; leave the body empty'}."


def _type_problem(field: serializers.Field, value: Any) -> Any:
    """What is wrong with the JSON type of `value` as one error or, for a list, one per item."""
    if value is None:
        return None  # allow_null decides
    if isinstance(field, serializers.ListField):
        if not isinstance(value, list) or field.child is None:
            return None  # says so itself
        items = ((index, _type_problem(field.child, item)) for index, item in enumerate(value))
        return {index: problem for index, problem in items if problem} or None
    for kind, (types, name) in _JSON_TYPES.items():
        if isinstance(field, kind):
            fits = isinstance(value, types) and (kind is _BOOLEAN or not isinstance(value, bool))
            return None if fits else [f"This must be {name}, not {_json_name(value)}."]
    return None


_BOOLEAN = serializers.BooleanField
_JSON_TYPES: dict[type[serializers.Field], tuple[tuple[type, ...], str]] = {
    _BOOLEAN: ((bool,), "true or false"),
    serializers.IntegerField: ((int, float), "a whole number"),
    serializers.FloatField: ((int, float), "a number"),
    serializers.CharField: ((str,), "text"),
    serializers.ChoiceField: ((str, int), "one of the choices"),
    serializers.DateTimeField: ((str,), "a date and time as text"),
    serializers.DateField: ((str,), "a date as text"),
    serializers.TimeField: ((str,), "a time as text"),
}


def _json_name(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "an object")


class StrictSchema(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Says in the OpenAPI schema that unknown fields are refused, and that a command without
    fields takes null for none."""

    target_class = "mailsuite.lib.api.strict.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_basic_serializer(self.target, direction)
        if direction != "request":
            return schema
        takes_null = {"nullable": True} if isinstance(self.target, NoFields) else {}
        return {**schema, "additionalProperties": False, **takes_null}
