from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

WEEKDAYS = [
    (1, "Monday"), (2, "Tuesday"), (3, "Wednesday"), (4, "Thursday"), (5, "Friday"),
    (6, "Saturday"), (7, "Sunday"),
]  # fmt: skip


class WeekdaysField(forms.TypedMultipleChoiceField):
    """ISO weekdays to tick; none ticked is None where it need not be filled in."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminCheckboxSelectMultipleWidget
        super().__init__(choices=WEEKDAYS, coerce=int, empty_value=None, widget=widget, **kwargs)
