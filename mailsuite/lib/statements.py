"""SQL written by hand: several statements in one trip, and rows as instances of their models."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from django.db import connection, models

Row = tuple[Any, ...]


class Statement(NamedTuple):
    """One that is said often, with `%s` for its parameters. PostgreSQL keeps it by its name, which
    therefore belongs to these words alone."""

    name: str
    sql: str
    parameters: Sequence[Any] = ()


def run_together(*statements: Statement) -> list[list[Row]]:
    """Run them one after the other; answer the rows of each, [] for one that has none.

    PostgreSQL takes a snapshot for each (READ COMMITTED): a statement reads what was committed
    while those before it waited for their locks, as if it had come alone. What is saved is the way
    there and back, which costs as much as a small statement does. To be called within a
    transaction. Needs Django's default of binding parameters at the client: a prepared statement
    of the protocol can only be one.

    Each is prepared when a connection first says it, because to parse and plan a statement takes
    PostgreSQL about as long as to run it; and anew after a while (see _Prepared). So there must be
    no pool between that gives a connection to one transaction and then to another's.
    """
    with connection.cursor() as cursor:
        _prepare(cursor.connection, statements)
        cursor.execute(
            "; ".join(map(_execution, statements)),
            [_argument(one) for statement in statements for one in statement.parameters],
        )
        results = [_rows(cursor)]
        while cursor.nextset():
            results.append(_rows(cursor))
        return results


@dataclass(slots=True)
class _Prepared:
    """A plan is made for tables as they are. One for an empty table reads the whole of it, and is
    kept until ANALYZE comes by, however large it has grown. So the first plans are soon made anew,
    and each lasts for twice as many runs as the one before."""

    sql: str
    lasts: int = 16
    runs: int = 0

    def is_old(self) -> bool:
        self.runs += 1
        return self.runs > self.lasts

    def renewed(self) -> _Prepared:
        return _Prepared(self.sql, 2 * self.lasts, runs=1)


# Connection → name → what it has prepared.
_prepared: WeakKeyDictionary[Any, dict[str, _Prepared]] = WeakKeyDictionary()


def _prepare(to_database: Any, statements: Sequence[Statement]) -> None:
    """Those that are not there or old. Past Django, so that who counts or watches statements sees
    each time the same."""
    known = _prepared.setdefault(to_database, {})
    orders: list[str] = []
    made: dict[str, _Prepared] = {}
    for statement in statements:
        found = known.get(statement.name)
        if found is None:
            found = made.setdefault(statement.name, _Prepared(statement.sql))
            orders += [_preparation(statement)] if found.runs == 0 else []
        if found.sql != statement.sql:
            raise ValueError(f"{statement.name} is the name of another statement: {found.sql}")
        if found.is_old():
            # Whether or not what follows works, it is not there any more.
            del known[statement.name]
            made[statement.name] = found.renewed()
            orders += [f"DEALLOCATE {statement.name}", _preparation(statement)]
    if orders:
        with connection.wrap_database_errors:
            to_database.execute("; ".join(orders))
        known.update(made)


def _preparation(statement: Statement) -> str:
    numbered = tuple(f"${number + 1}" for number in range(len(statement.parameters)))
    return f"PREPARE {statement.name} AS {statement.sql % numbered}"


def _execution(statement: Statement) -> str:
    places = ", ".join(["%s"] * len(statement.parameters))
    return f"EXECUTE {statement.name}({places})" if places else f"EXECUTE {statement.name}"


# As text they need no quotes within an array.
_PLAIN = {int, UUID, datetime}


def _argument(value: Any) -> Any:
    """A list as one literal: psycopg looks at each of its values three times."""
    if isinstance(value, list) and set(map(type, value)) <= _PLAIN:
        return f"{{{','.join(map(str, value))}}}"
    return value


def _rows(cursor: Any) -> list[Row]:
    # Not `cursor.description`, which describes each column anew.
    return cursor.fetchall() if cursor.pgresult.nfields else []


def columns_of(model: type[models.Model], wanted: Collection[str] | None = None) -> list[str]:
    """All that Django reads of it, or the wanted ones among them, in the order of its fields."""
    names = [field.attname for field in model._meta.concrete_fields]
    return [name for name in names if wanted is None or name in wanted]


Instance = TypeVar("Instance", bound=models.Model)


def instance_of(model: type[Instance], columns: Sequence[str], row: Sequence[object]) -> Instance:
    """What a query of Django's would make of a row of columns_of(); the others are deferred. For
    columns that need no converting from what psycopg reads (JSON, for one, does)."""
    return model.from_db(connection.alias, columns, row)
