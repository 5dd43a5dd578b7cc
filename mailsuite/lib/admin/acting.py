"""Buttons that call a service, and what the person is told afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action
from unfold.enums import ActionVariant

from mailsuite.lib.errors import Refusal

Service = Callable[[HttpRequest, Any], object]


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that a person may do to a row, or to all rows that they ticked.

    `right` is the word in the admin's `has_<right>_permission`; `done` completes "3 campaigns …".
    """

    name: str
    title: str
    asks: str
    done: str
    service: Service
    right: str = "change"
    icon: str = "play_arrow"
    variant: ActionVariant = ActionVariant.DEFAULT

    @property
    def button(self) -> Callable[..., HttpResponse]:
        """For `actions_detail`: opens a dialog and acts when that is confirmed.

        Never a mere link: those answer to GET, so that a page elsewhere could launch a campaign
        by showing a picture.
        """

        def act(page: Any, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
            row = page.get_object(request, object_id)
            if row is not None:
                run_for_each(page, request, [row], self.service, done=self.done)
            return _back(page, request, object_id)

        act.__name__ = self.name
        dialog = {
            "title": f"{self.title}?",
            "description": self.asks,
            "form_class": None,
            "form_submit_text": self.title,
        }
        button: Callable[..., HttpResponse] = action(
            description=self.title,
            permissions=[self.right],
            icon=self.icon,
            variant=self.variant,
            dialog=dialog,
        )(act)
        return button

    @property
    def for_selected(self) -> Callable[..., None]:
        """For `actions`: what Django offers for the ticked rows of a list, by POST."""

        @admin.action(description=f"{self.title}", permissions=[self.right])
        def act(page: Any, request: HttpRequest, rows: QuerySet) -> None:
            run_for_each(page, request, rows, self.service, done=self.done)

        act.__name__ = f"{self.name}_selected"
        return act


def run_for_each(
    page: Any, request: HttpRequest, rows: Iterable[Model], service: Service, *, done: str
) -> None:
    """Call `service` with each row. What it refuses becomes a message and stops no other row."""
    count = 0
    for row in rows:
        try:
            service(request, row)
        except Refusal as refusal:
            messages.error(request, f"{row}: {refusal.message}")
        else:
            count += 1
            page.log_change(request, row, f"{done.capitalize()}.")
    if count:
        names = page.opts.verbose_name if count == 1 else page.opts.verbose_name_plural
        messages.success(request, f"{count} {names} {done}.")


def _back(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    names = f"admin:{page.opts.app_label}_{page.opts.model_name}"
    is_there = page.get_object(request, object_id) is not None
    url = (
        reverse(f"{names}_change", args=[object_id]) if is_there else reverse(f"{names}_changelist")
    )
    if request.headers.get("HX-Request"):  # htmx would put the page into the dialog
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)
