"""SQL written by hand: several statements in one trip, and rows as instances of their models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

Row = tuple[Any, ...]


class Statement(NamedTuple):
    sql: str
    parameters: Sequence[Any] = ()


def run_together(*statements: Statement) -> list[list[Row]]:
    """Run them one after the other; answer the rows of each, [] for one that has none.

    PostgreSQL takes a snapshot for each (READ COMMITTED): a statement reads what was committed
    while those before it waited for their locks, as if it had come alone. What is saved is the way
    there and back, which costs as much as a small statement does. To be called within a
    transaction. Needs Django's default of binding parameters at the client: a prepared statement
    of the protocol can only be one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "; ".join(statement.sql for statement in statements),
            [parameter for statement in statements for parameter in statement.parameters],
        )
        results = [_rows(cursor)]
        while cursor.nextset():
            results.append(_rows(cursor))
        return results


def _rows(cursor: Any) -> list[Row]:
    return cursor.fetchall() if cursor.description else []


def columns_of(model: type[models.Model], wanted: Collection[str] | None = None) -> list[str]:
    """All that Django reads of it, or the wanted ones among them, in the order of its fields."""
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if wanted is None or name in wanted]


Instance = TypeVar("Instance", bound=models.Model)


def instance_of(model: type[Instance], columns: Sequence[str], row: Sequence[object]) -> Instance:
    """What a query of Django's would make of a row of columns_of(); the others are deferred. For
    columns that need no converting from what psycopg reads (JSON, for one, does)."""
    return model.from_db(connection.alias, columns, row)
