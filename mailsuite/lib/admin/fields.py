from __future__ import annotations

from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from mailsuite.lib.storable import unstorable

WEEKDAYS = [
    (1, "Monday"), (2, "Tuesday"), (3, "Wednesday"), (4, "Thursday"), (5, "Friday"),
    (6, "Saturday"), (7, "Sunday"),
]  # fmt: skip


class StorableJSONField(forms.JSONField):
    """JSON whose texts PostgreSQL can store: an escape can spell what no text holds."""

    def clean(self, value: Any) -> Any:
        given = super().clean(value)
        if wrong := [f"{place}: {problem}" for place, problem in unstorable(given)]:
            raise forms.ValidationError(wrong)
        return given

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, to be shown again: read and written anew it may be no page's text."""
        read = super().bound_data(data, initial)
        return InvalidJSONInput(data) if any(unstorable(read)) else read


class WeekdaysField(forms.TypedMultipleChoiceField):
    """ISO weekdays to tick; none ticked is None where it need not be filled in."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminCheckboxSelectMultipleWidget
        super().__init__(choices=WEEKDAYS, coerce=int, empty_value=None, widget=widget, **kwargs)
