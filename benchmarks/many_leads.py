"""As many leads as wanted, made by the database: a million in well under a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.database import execute, filling
from leads.models import Lead, Suppression

_LEADS, _SUPPRESSIONS = Lead._meta.db_table, Suppression._meta.db_table

# Of 100 leads 3 are suppressed, 2 bounced, 1 stopped, 1 deleted, 20 mailed some days ago; five
# share a web domain.
_FILL = f"""
INSERT INTO {_LEADS} (email, first_name, last_name, title, company, city, country, url, domain,
    status, list_name, source, tier, stage, score, tags, vars, image_key, stopped_at, deleted_at,
    last_emailed_at, created_at, updated_at)
SELECT 'info.' || n || '@bedrijf-' || n %% 700001 || '.nl',
    (array['Anna', 'Bram', 'Chloë', 'Daan', 'Eva'])[1 + n %% 5],
    (array['de Vries', 'Jansen', 'Bakker', 'Visser', 'Smit', 'Meijer', 'Mulder'])[1 + n %% 7],
    'Eigenaar',
    (array['Hotel', 'Bakkerij', 'Garage', 'Camping'])[1 + n %% 4] || ' ' || md5(n::text),
    (array['Amsterdam', 'Zwolle', 'Groningen', 'Middelburg', 'Venlo'])[1 + n %% 5],
    'Nederland',
    'https://www.' || site.domain, site.domain,
    CASE WHEN n %% 100 < 3 THEN 'suppressed' WHEN n %% 100 < 5 THEN 'bounced' ELSE 'active' END,
    'lijst ' || n %% 20,
    'beurs', 'tier ' || n %% 3, 'stage ' || n %% 4, n %% 101,
    CASE WHEN n %% 50 = 0 THEN array['vip'] ELSE '{{}}' END,
    jsonb_build_object('kamers', (n %% 300)::text), '',
    CASE WHEN n %% 100 = 5 THEN now() END, CASE WHEN n %% 100 = 6 THEN now() END,
    CASE WHEN n %% 5 = 4 THEN now() - n %% 30 * interval '1 day' END,
    now() - n %% 1000 * interval '1 hour', now()
FROM generate_series(%s::int, %s, %s) AS n, LATERAL (
    SELECT 'bedrijf-' || n %% 200003 || (array['.nl', '.be', '.com'])[1 + n %% 200003 %% 3]
) AS site (domain)
"""

_SUPPRESS = f"""
INSERT INTO {_SUPPRESSIONS} (scope, value, reason, note, created_at)
SELECT 'address', 'info.' || n || '@bedrijf-' || n %% 700001 || '.nl', 'manual', '', now()
FROM generate_series(11, %s, 40) AS n
UNION ALL
SELECT 'domain', 'bedrijf-' || n || '.nl', 'manual', '', now()
FROM generate_series(13, %s, 1000) AS n
"""


def make_leads(count: int, *, mailable: bool = False) -> None:
    """Fill the empty table with `count` leads, and the suppression list in proportion.

    `mailable`: with such as get mail, each with a web domain of its own.
    """
    series = [50, 100 * count, 100] if mailable else [1, count, 1]
    with filling(_LEADS, _SUPPRESSIONS):
        execute(_FILL, series)
        execute(_SUPPRESS, [count, count])


@contextmanager
def small_tables() -> Iterator[None]:
    """For the block, the tables of leads and suppressions are others of the same make, in a
    schema of their own: a small installation beside the large one, asked by turns."""
    execute("CREATE SCHEMA IF NOT EXISTS small")
    for table in (_LEADS, _SUPPRESSIONS):
        execute(f"CREATE TABLE IF NOT EXISTS small.{table} (LIKE public.{table} INCLUDING ALL)")
    execute("SET search_path TO small, public")
    yield
    execute("RESET search_path")
