"""Pages of a table with millions of rows."""

from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.db import connections
from django.db.models import QuerySet
from django.utils.functional import cached_property

# Counted exactly up to here; beyond, nobody pages through to the end.
COUNTED = 10_000


class EstimatingPaginator(Paginator):
    """Counts small results, and takes PostgreSQL's own estimate of large ones.

    An exact count reads every row of the result, for each page that somebody looks at.
    """

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        counted = rows.order_by()[: COUNTED + 1].count()
        return counted if counted <= COUNTED else max(counted, _estimate(rows.order_by()))


def _estimate(rows: QuerySet) -> int:
    """How many rows the query planner expects, from the statistics of the last ANALYZE."""
    sql, parameters = rows.query.sql_with_params()
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        (plan,) = cursor.fetchone()
    plans = json.loads(plan) if isinstance(plan, str) else plan
    return int(plans[0]["Plan"]["Plan Rows"])
