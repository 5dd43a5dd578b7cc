"""The forms of the import page."""

from __future__ import annotations

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from leads.columns import FULL_NAME, IGNORE, TARGETS, VARS_PREFIX
from leads.csv_files import DELIMITERS, ENCODINGS
from leads.inspecting import Inspection
from leads.models import LeadImport
from leads.tables import ReadOptions
from mailsuite.lib.var_keys import var_key

_MODES = [
    (LeadImport.Mode.SKIP.value, "Leave them as they are"),
    (LeadImport.Mode.UPDATE.value, "Fill their fields from the file"),
    (LeadImport.Mode.ERROR.value, "Import nothing, and tell me which"),
]
_DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_GUESS = ("", "Guess")


def _mode() -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=_MODES,
        label="Addresses that are leads already",
        help_text="Whoever opted out, bounced, was stopped or deleted stays so in any case.",
        widget=UnfoldAdminSelectWidget,
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget,
        help_text="An Excel workbook (.xlsx) or a CSV file, with headings above the leads.",
    )
    list_name = forms.CharField(
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        label="List",
        help_text="The list that these leads belong to; a new name makes a new list.",
    )
    mode = _mode()
    sheet = forms.CharField(
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget,
        help_text="Of a workbook; blank: the first one that has cells.",
    )
    encoding = forms.ChoiceField(
        required=False,
        choices=[_GUESS, *[(one, one) for one in ENCODINGS]],
        widget=UnfoldAdminSelectWidget,
        help_text="Of a CSV file.",
    )
    delimiter = forms.ChoiceField(
        required=False,
        choices=[_GUESS, *[(one, _DELIMITER_NAMES[one]) for one in DELIMITERS]],
        widget=UnfoldAdminSelectWidget,
        help_text="Of a CSV file.",
    )

    def clean_list_name(self) -> str:
        name: str = self.cleaned_data["list_name"]
        if not name.isprintable():
            raise forms.ValidationError("This must be one line without control characters.")
        return name

    @property
    def read_options(self) -> ReadOptions:
        given = self.cleaned_data
        return ReadOptions(
            given["encoding"] or None, given["delimiter"] or None, given["sheet"] or None
        )


class MappingForm(forms.Form):
    """One choice a column, named column_0, column_1 … as headings can be anything."""

    mode = _mode()

    def __init__(self, inspection: Inspection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._inspection = inspection
        for index, heading in enumerate(inspection.headings):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                required=False,
                choices=_targets(heading, inspection.targets[heading]),
                initial=inspection.targets[heading],
                widget=UnfoldAdminSelectWidget(attrs={"aria-label": f"{heading} goes to"}),
            )

    def columns(self) -> list[dict[str, Any]]:
        """What the page shows of each column: heading, choice, and texts of the first rows."""
        return [
            {
                "heading": heading,
                "field": self[f"column_{index}"],
                "samples": [row[index] for row in self._inspection.samples if row[index]][:3],
            }
            for index, heading in enumerate(self._inspection.headings)
        ]

    @property
    def mapping(self) -> dict[str, str]:
        return {
            heading: self.cleaned_data[f"column_{index}"]
            for index, heading in enumerate(self._inspection.headings)
        }


def _targets(heading: str, chosen: str) -> list[tuple[str, str]]:
    keys = {f"{VARS_PREFIX}{var_key(heading)}"}
    if chosen.startswith(VARS_PREFIX):
        keys.add(chosen)
    return [
        (IGNORE, "— leave out —"),
        *[(one, _name(one)) for one in TARGETS],
        *[(key, f"own column: {key}") for key in sorted(keys)],
    ]


def _name(target: str) -> str:
    names = {"url": "website", "email": "e-mail", FULL_NAME: "full name (is divided)"}
    return names.get(target, target.replace("_", " "))
