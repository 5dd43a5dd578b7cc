"""What every view of the API is made of."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from mailsuite.lib.idempotency.views import IdempotentPosts


class ApiView(IdempotentPosts, APIView):
    """A single endpoint. Subclasses set `rights` (see mailsuite.lib.api.permissions)."""

    rights: str


class ApiViewSet(IdempotentPosts, GenericViewSet):
    """Endpoints around one kind of thing. Subclasses set `rights`."""

    rights: str

    def validated(self, serializer_class: type[BaseSerializer]) -> dict[str, Any]:
        """The request's body, checked by a serializer that belongs to this one command."""
        serializer = serializer_class(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
