"""Query parameters, checked: an unknown name or value is an error, never ignored.

A list that overlooks a misspelt filter shows everything, and somebody mails everybody.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from mailsuite.lib.api.pages import Pages

_OF_EVERY_LIST = (Pages.page_param, Pages.size_param)


class NamesParameter(serializers.CharField):
    """Several names, divided by commas; the parameter may be given several times as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=5_000, **kwargs)


class Query(serializers.Serializer):
    """The parameters of one endpoint. An empty one (`?status=`) counts as not given.

    Those of a list know its pages too; `is_of_list = False` says that there are none.
    """

    is_of_list = True

    def run_validation(self, data: Any = serializers.empty) -> Any:
        known = [*self.fields, *(_OF_EVERY_LIST if self.is_of_list else ())]
        unknown = {name: [_advice(name, known)] for name in data if name not in known}
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().run_validation({name: value for name, value in data.items() if value})


def _advice(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean {close[0]}?" if close else f"Known: {', '.join(sorted(known))}."
    return f"There is no such parameter. {hint}"


def read_query(request: Request, query_class: type[Query]) -> dict[str, Any]:
    """The checked parameters; defaults filled in. Raises ValidationError (400)."""
    fields = query_class().fields
    given: dict[str, str] = {}
    repeated: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        given[name] = ",".join(value for value in values if value)
        if len(values) > 1 and not isinstance(fields.get(name), NamesParameter):
            repeated[name] = [f"This is given {len(values)} times. Give it once."]
    if repeated:
        raise serializers.ValidationError(repeated)
    query = query_class(data=given)
    query.is_valid(raise_exception=True)
    return query.validated_data
