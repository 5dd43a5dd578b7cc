"""Many rows at once: PostgreSQL's COPY, which costs a fraction of what INSERT does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from django.db import connection, models, transaction
from psycopg import sql


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write `rows`, plain values in the order of `columns` (database names), into the table.

    Nothing of Django's runs: no defaults but the database's own, no validation, no auto_now.
    Part of the transaction around it; any constraint that a row breaks undoes all of them.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    # Django translates what a statement raises, and not what comes up while rows are written.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)


def analyse_soon(*written: type[models.Model]) -> None:
    """Have PostgreSQL look at these tables as soon as the transaction is committed.

    Autovacuum does so within a minute or two; until then the planner takes a table for what it was
    before the COPY, and reads all of a queue, or of a table, for a handful of rows.
    """
    for model in written:
        transaction.on_commit(partial(_analyse, model), robust=True)


def _analyse(model: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(model._meta.db_table)))


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` fresh primary keys from the table's sequence, for rows that name one another."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [model._meta.db_table, model._meta.pk.column, count],
        )
        return [pk for (pk,) in cursor.fetchall()]
