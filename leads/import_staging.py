"""Rows of a file in a temporary table, and the statements that make leads of them.

Set-based throughout: 100,000 rows cost a few statements. Leads are written and locked in the
order of their addresses, so two imports of the same people wait for each other, never in a
circle.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
_CREATE = f"""
CREATE TEMPORARY TABLE import_row (
    id bigint NOT NULL DEFAULT nextval(pg_get_serial_sequence('{_LEAD}', 'id')),
    number integer NOT NULL,
    email text COLLATE "C" NOT NULL,
    pseudonym text,
    {", ".join(f"{column} text NOT NULL" for column in _TEXTS)},
    score integer,
    tags text[] NOT NULL,
    vars jsonb NOT NULL
) ON COMMIT DROP
"""

_INSERT = f"""
INSERT INTO {_LEAD} (id, email, list_name, status, {", ".join(_TEXTS)}, score, tags, vars)
SELECT row.id, row.email, %s,
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
SELECT count(*) FROM (
    SELECT lead.id FROM {_LEAD} AS lead JOIN import_row AS row ON row.email = lead.email
    WHERE lead.id <> row.id
    ORDER BY row.email
    FOR NO KEY UPDATE OF lead
) AS locked
"""  # noqa: S608

# What the search index and the top level are computed from. A row in which they stay as they are
# is written without naming them: then PostgreSQL keeps what it has computed, which would take
# longer than all else about the row.
_COMPUTED_FROM = ("first_name", "last_name", "company", "url")
_OTHER_TEXTS = tuple(text for text in _TEXTS if text not in {*_COMPUTED_FROM, "domain"})


def _filled(column: str) -> str:
    """What the file leaves blank stays as it is."""
    return f"coalesce(nullif(row.{column}, ''), lead.{column})"


_CHANGED = " OR ".join(
    (
        *(f"lead.{column} <> {_filled(column)}" for column in _COMPUTED_FROM),
        "row.url <> '' AND lead.domain <> row.domain",
    )
)
_COMPUTED_FROM_SET = ", ".join(
    (
        *(f"{column} = {_filled(column)}" for column in _COMPUTED_FROM),
        "domain = CASE WHEN row.url = '' THEN lead.domain ELSE row.domain END,",
    )
)


def _update(condition: str, computed_from: str) -> str:
    # Tags and vars are added to those that are there.
    return f"""
UPDATE {_LEAD} AS lead SET
    list_name = %s,
    {computed_from}
    {", ".join(f"{column} = {_filled(column)}" for column in _OTHER_TEXTS)},
    score = coalesce(row.score, lead.score),
    tags = lead.tags || array(
        SELECT tag FROM unnest(row.tags) WITH ORDINALITY AS given (tag, place)
        WHERE NOT tag = ANY (lead.tags) ORDER BY place
    ),
    vars = lead.vars || row.vars,
    updated_at = now()
FROM import_row AS row
WHERE row.email = lead.email AND lead.id <> row.id AND lead.deleted_at IS NULL AND {condition}
"""  # noqa: S608


# In this order: after the second, the first would meet those that the second has made the same.
_UPDATES = (_update(f"NOT ({_CHANGED})", ""), _update(f"({_CHANGED})", _COMPUTED_FROM_SET))

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

    def add(self, rows: Sequence[LeadRow]) -> None:
        """Rows with addresses that were not added before."""
        statement = f"COPY import_row ({', '.join(_COLUMNS)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(self._cells(row))

    def erased(self) -> list[int]:
        """Take out the rows of people who asked to be forgotten; answer the numbers."""
        self._execute("ANALYZE import_row")
        return [number for (number,) in self._fetch(_ERASED)] if self._pseudonyms else []

    def insert(self, list_name: str) -> int:
        """Make leads of the addresses that are new; answer how many.

        Those on the suppression list are kept with the status that says so. (Who is put on it
        at this very moment may still be active here; audiences and the sender ask the list.)
        """
        return self._execute(_INSERT, [list_name])

    def update(self, list_name: str) -> int:
        """Fill the leads that were there before from the file, not those that are deleted, and
        never what says whether they may be mailed. Answers how many."""
        self._execute(_LOCK_EXISTING)
        return sum(self._execute(statement, [list_name]) for statement in _UPDATES)

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
    def _execute(statement: str, parameters: Sequence[str] = ()) -> int:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.rowcount

    @staticmethod
    def _fetch(statement: str) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
