"""Who may call what: the rights of Django's own permission system, as groups hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:  # REST framework imports this module while it makes APIView
    from rest_framework.request import Request
    from rest_framework.views import APIView

_VERBS = {"GET": "view", "HEAD": "view", "OPTIONS": "view", "DELETE": "delete"}


class ModelRights(BasePermission):
    """Asks for the right that fits the method on the view's `rights` ("leads.lead").

    GET asks for view, DELETE for delete, POST on a collection for add, everything else for
    change; a view's `verbs` names the exceptions by action (a dry run is a POST that views).
    A view without `rights` is closed.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not request.user.is_authenticated:
            return False
        if not hasattr(view, (request.method or "").lower()):
            return True  # whoever it is, the answer is that this address has no such method
        rights = getattr(view, "rights", None)
        if rights is None:
            return False
        app, model = rights.split(".")
        return request.user.has_perm(f"{app}.{self._verb(request, view)}_{model}")

    @staticmethod
    def _verb(request: Request, view: APIView) -> str:
        action = getattr(view, "action", "create")
        if special := getattr(view, "verbs", {}).get(action):
            return str(special)
        if request.method == "POST" and action == "create":
            return "add"
        return _VERBS.get(request.method or "", "change")
