"""What a bench prepares its tables with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

# Those that only speed reading up; the others belong to constraints.
_SECONDARY_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = %s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
"""


def execute(statement: str, parameters: Sequence[int] | Mapping[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def empty_tables(*apps_of_project: str) -> None:
    """Of all models of these apps."""
    tables = [
        model._meta.db_table
        for name in apps_of_project
        for model in apps.get_app_config(name).get_models()
    ]
    execute(f"TRUNCATE {', '.join(tables)} CASCADE")


@contextmanager
def filling(*tables: str) -> Iterator[None]:
    """For the block that fills these tables, without indexes and foreign keys: row by row they
    would take most of the time. Afterwards they are as they were, and vacuumed."""
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'; SET session_replication_role = replica")
        definitions = []
        for table in tables:
            cursor.execute(_SECONDARY_INDEXES, [table])
            for name, definition in cursor.fetchall():
                cursor.execute(f"DROP INDEX {name}")
                definitions.append(definition)
        yield
        for definition in definitions:
            cursor.execute(definition)
        cursor.execute("RESET session_replication_role")
        for table in tables:
            cursor.execute(f"VACUUM ANALYZE {table}")
