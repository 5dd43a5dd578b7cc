"""What an import has to say about single rows, kept on disk: there may be 200,000 of them."""

from __future__ import annotations

import json
import tempfile
import weakref
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from leads.lead_rows import Remark
from leads.models import ImportRefusal

Outcome = ImportRefusal.Outcome

_IN_MEMORY = 1_000_000  # characters, then it goes to a temporary file
# Of the columns of ImportRefusal.
_LONGEST_COLUMN = 200
_LONGEST_TEXT = 500


class RowRemark(NamedTuple):
    """A remark and what it means for its row."""

    outcome: Outcome
    number: int
    column: str
    value: str
    reason: str


class RemarkLog:
    """Append with `add`; iterate, as often as wanted, in the order they were added."""

    def __init__(self) -> None:
        file = tempfile.SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8")  # noqa: SIM115
        weakref.finalize(self, file.close)
        self._file = file
        self.counts: Counter[Outcome] = Counter()

    def __len__(self) -> int:
        return self.counts.total()

    def add(self, outcome: Outcome, remark: Remark) -> None:
        number, column, value, reason = remark
        texts = (column[:_LONGEST_COLUMN], value[:_LONGEST_TEXT], reason[:_LONGEST_TEXT])
        cells = [outcome.value, number, *texts]
        self._file.write(json.dumps(cells) + "\n")
        self.counts[outcome] += 1

    def __iter__(self) -> Iterator[RowRemark]:
        self._file.seek(0)
        for line in self._file:
            outcome, *rest = json.loads(line)
            yield RowRemark(Outcome(outcome), *rest)
        self._file.seek(0, 2)
