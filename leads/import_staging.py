"""Rows of a file in a temporary table, and the statements that make leads of them.

Set-based throughout: 100,000 rows cost a few statements. Leads are written and locked in the
order of their addresses, so two imports of the same people wait for each other, never in a
circle.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.db import connection

from leads.lead_rows import LeadRow
from leads.models import Lead, Suppression

_TEXTS = (
    "first_name", "last_name", "title", "company", "city", "country", "url", "domain", "source",
    "tier", "stage", "image_key",
)  # fmt: skip
_COLUMNS = ("number", "email", "pseudonym", *_TEXTS, "score", "tags", "vars")

_LEAD = Lead._meta.db_table
_SUPPRESSION = Suppression._meta.db_table
_ADDRESS, _DOMAIN = Suppression.Scope.ADDRESS, Suppression.Scope.DOMAIN

# Ids are given out in the order of the file, which is the order that leads are mailed in.
# The memory is for joining a file's rows in one piece; by default it is done in parts on disk.
_CREATE = f"""
SET LOCAL work_mem = '64MB';
CREATE TEMPORARY TABLE import_row (
    id bigint NOT NULL DEFAULT nextval(pg_get_serial_sequence('{_LEAD}', 'id')),
    number integer NOT NULL,
    email text COLLATE "C" NOT NULL,
    pseudonym text,
    {", ".join(f"{column} text NOT NULL" for column in _TEXTS)},
    score integer,
    tags varchar[] NOT NULL,
    vars jsonb NOT NULL
) ON COMMIT DROP
"""

_INSERT = f"""
INSERT INTO {_LEAD} (id, email, list_name, status, {", ".join(_TEXTS)}, score, tags, vars)
SELECT row.id, row.email, %(list_name)s,
    CASE
        WHEN coalesce(address.reason, domain.reason) IS NULL THEN '{Lead.Status.ACTIVE}'
        WHEN coalesce(address.reason, domain.reason) = '{Suppression.Reason.BOUNCED}'
            THEN '{Lead.Status.BOUNCED}'
        ELSE '{Lead.Status.SUPPRESSED}'
    END,
    {", ".join(f"row.{column}" for column in _TEXTS)}, coalesce(row.score, 0), row.tags, row.vars
FROM import_row AS row
LEFT JOIN {_SUPPRESSION} AS address
    ON address.scope = '{_ADDRESS}' AND address.value = row.email
LEFT JOIN {_SUPPRESSION} AS domain
    ON domain.scope = '{_DOMAIN}' AND domain.value = split_part(row.email, '@', 2)
WHERE NOT EXISTS (SELECT FROM {_LEAD} AS lead WHERE lead.email = row.email)
ORDER BY row.email
ON CONFLICT (email) DO NOTHING
"""  # noqa: S608

_LOCK_EXISTING = f"""
SELECT count(*) FILTER (WHERE deleted_at IS NULL) FROM (
    SELECT lead.deleted_at FROM {_LEAD} AS lead JOIN import_row AS row ON row.email = lead.email
    WHERE lead.id <> row.id
    ORDER BY row.email
    FOR NO KEY UPDATE OF lead
) AS locked
"""  # noqa: S608

# Column of a lead → what a row makes of it. What the file leaves blank stays as it is; tags and
# vars are added to those that are there.
_NEW_VALUES = {
    **{text: f"coalesce(nullif(row.{text}, ''), lead.{text})" for text in _TEXTS},
    "domain": "CASE WHEN row.url = '' THEN lead.domain ELSE row.domain END",
    "list_name": "%(list_name)s",
    "score": "coalesce(row.score, lead.score)",
    "tags": """lead.tags || array(
        SELECT tag FROM unnest(row.tags) WITH ORDINALITY AS given (tag, place)
        WHERE NOT tag = ANY (lead.tags) ORDER BY place
    )""",
    "vars": "lead.vars || row.vars",
}
# What the search words and the top level are computed from. Where it stays as it is, it is not
# named, and PostgreSQL keeps the words, which take longer to compute than the row to write. The
# domain is named even so: where an UPDATE names nothing that a column is computed from,
# PostgreSQL 18 reads the definitions of all computed columns again for every row, and keeps the
# memory, which takes three times as long as all else.
_COMPUTED_FROM = frozenset({"first_name", "last_name", "company", "url", "domain"})
_NEVER_COMPUTED_FROM = _NEW_VALUES.keys() - _COMPUTED_FROM


def _differs(columns: Collection[str]) -> str:
    comparisons = (f"lead.{column} <> {_NEW_VALUES[column]}" for column in sorted(columns))
    return f"({' OR '.join(comparisons)})"


def _update(columns: Collection[str], condition: str) -> str:
    return f"""
UPDATE {_LEAD} AS lead SET
    {", ".join(f"{column} = {_NEW_VALUES[column]}" for column in sorted(columns))},
    updated_at = now()
FROM import_row AS row
WHERE row.email = lead.email AND lead.id <> row.id AND lead.deleted_at IS NULL AND {condition}
"""  # noqa: S608


# A row that says nothing new is not written: most rows of a file that comes every week.
_UPDATES = (
    _update(_NEW_VALUES, _differs(_COMPUTED_FROM)),
    _update(
        {*_NEVER_COMPUTED_FROM, "domain"},
        f"{_differs(_NEVER_COMPUTED_FROM)} AND NOT {_differs(_COMPUTED_FROM)}",
    ),
)

_ERASED = f"""
DELETE FROM import_row AS row USING {_SUPPRESSION} AS entry
WHERE entry.scope = '{_ADDRESS}' AND entry.value = row.pseudonym
RETURNING row.number
"""  # noqa: S608

_EXISTING = f"""
SELECT row.number, row.email FROM import_row AS row JOIN {_LEAD} AS lead ON lead.email = row.email
WHERE lead.id <> row.id
ORDER BY row.number
"""  # noqa: S608

_UNMAILABLE = f"""
SELECT row.number, row.email, lead.id = row.id, lead.status,
    lead.stopped_at IS NOT NULL, lead.deleted_at IS NOT NULL
FROM import_row AS row JOIN {_LEAD} AS lead ON lead.email = row.email
WHERE lead.status <> '{Lead.Status.ACTIVE}'
    OR lead.stopped_at IS NOT NULL OR lead.deleted_at IS NOT NULL
ORDER BY row.number
"""  # noqa: S608


class Unmailable(NamedTuple):
    """A row of the file whose lead gets no mail."""

    number: int
    email: str
    is_new: bool
    status: str
    is_stopped: bool
    is_deleted: bool


class Staging:
    """The temporary table. Needs a transaction; make it, fill it, finish it within one."""

    def __init__(self) -> None:
        # Pseudonyms take a second for a million addresses; mostly nobody was erased.
        self._pseudonyms = Suppression.objects.filter(reason=Suppression.Reason.ERASED).exists()
        self._execute(_CREATE)

    def fill(self, rows: Iterable[LeadRow]) -> None:
        """Rows, each with an address of its own."""
        statement = f"COPY import_row ({', '.join(_COLUMNS)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(self._cells(row))

    def erased(self) -> list[int]:
        """Take out the rows of people who asked to be forgotten; answer the numbers."""
        self._execute("ANALYZE import_row (email, pseudonym)")
        return [number for (number,) in self._fetch(_ERASED)] if self._pseudonyms else []

    def insert(self, list_name: str) -> int:
        """Make leads of the addresses that are new; answer how many.

        Those on the suppression list are kept with the status that says so. (Who is put on it
        at this very moment may still be active here; audiences and the sender ask the list.)
        """
        return self._execute(_INSERT, {"list_name": list_name})

    def update(self, list_name: str) -> int:
        """Fill the leads that were there before from the file, not those that are deleted, and
        never what says whether they may be mailed. Answers how many there were, with those that
        were as the file has them."""
        ((count,),) = self._fetch(_LOCK_EXISTING)
        for statement in _UPDATES:
            self._execute(statement, {"list_name": list_name})
        return int(count)

    def existing(self) -> list[tuple[int, str]]:
        """Number and address of rows whose address was a lead before."""
        return self._fetch(_EXISTING)

    def unmailable(self) -> Iterator[Unmailable]:
        return map(Unmailable._make, self._fetch(_UNMAILABLE))

    def drop(self) -> None:
        self._execute("DROP TABLE import_row")

    def _cells(self, row: LeadRow) -> tuple[object, ...]:
        pseudonym = Suppression.erased_value(row.email) if self._pseudonyms else None
        return (
            row.number, row.email, pseudonym,
            row.first_name, row.last_name, row.title, row.company, row.city, row.country,
            row.url, row.domain, row.source, row.tier, row.stage, row.image_key,
            row.score, list(row.tags) or "{}", json.dumps(row.vars),
        )  # fmt: skip

    @staticmethod
    def _execute(statement: str, parameters: Mapping[str, str] | None = None) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.rowcount

    @staticmethod
    def _fetch(statement: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
