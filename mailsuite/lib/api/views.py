"""What every view of the API is made of."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from mailsuite.lib.api.query import Query, read_query
from mailsuite.lib.idempotency.schema import IdempotentSchema
from mailsuite.lib.idempotency.views import IdempotentPosts


class ApiViewSet(IdempotentPosts, GenericViewSet):
    """Endpoints around one kind of thing. Subclasses set `rights`, and in `verbs` the right that
    an action needs where the method says another ({"dry_run": "view"}); see
    mailsuite.lib.api.permissions."""

    schema = IdempotentSchema()
    rights: str
    verbs: dict[str, str] = {}

    def validated(self, serializer_class: type[BaseSerializer]) -> dict[str, Any]:
        """The request's body, checked by a serializer that belongs to this one command."""
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def query(self, query_class: type[Query]) -> dict[str, Any]:
        """The request's parameters, checked. Raises ValidationError (400)."""
        return read_query(self.request, query_class)

    def page_of(self, queryset: QuerySet[Any], serializer_class: type[BaseSerializer]) -> Response:
        items = self.paginate_queryset(queryset)
        return self.get_paginated_response(serializer_class(items, many=True).data)

    @staticmethod
    def found(queryset: QuerySet[Any], pk: int) -> Any:
        """The one of `queryset` with this id. Raises NotFound (404) in words."""
        thing = queryset.filter(pk=pk).first()
        if thing is None:
            raise NotFound(f"There is no {queryset.model._meta.verbose_name} {pk}.")
        return thing
