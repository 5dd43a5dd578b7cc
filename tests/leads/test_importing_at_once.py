"""Imports that meet: real threads on a real database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction

from leads.importer import DuplicatesFound, ImportResult
from leads.models import Lead, Suppression
from leads.suppression import suppress
from tests.factories import LeadFactory
from tests.leads.importing import Rows, counts, imported
from tests.threads import Meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 300


def people(names: str = "lead", **fields: object) -> list[dict[str, object]]:
    return [{"E-mail": f"{names}{number}@zon.nl", **fields} for number in range(SIZE)]


def at_once(*works: Callable[[Callable[[int], None]], Any]) -> list[Any]:
    """Run the works in threads; each gets a callback that waits for the others to call it."""
    together = threading.Barrier(len(works), timeout=20)
    met = threading.local()

    def meet(_: int) -> None:
        if not getattr(met, "already", False):
            met.already = True
            together.wait()

    def run(work: Callable[[Callable[[int], None]], Any]) -> Any:
        try:
            return work(meet)
        except DuplicatesFound as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result(timeout=60) for done in [pool.submit(run, work) for work in works]]


def an_import(rows: Rows, **options: Any) -> Callable[[Callable[[int], None]], ImportResult]:
    return lambda meet: imported(rows, progress=meet, **options)


def test_the_same_new_people_in_two_files_become_leads_once() -> None:
    one, other = at_once(an_import(people()), an_import(people()[::-1]))

    assert Lead.objects.count() == SIZE
    figures = sorted([counts(one), counts(other)], key=str)
    assert figures == [{"created": SIZE}, {"skipped": SIZE}]


def test_two_updates_of_the_same_people_in_opposite_order_both_finish() -> None:
    for row in people():
        LeadFactory(email=row["E-mail"], company="Before")
    new = people("new")

    one, other = at_once(
        an_import([*people(), *new], mode="update"),
        an_import([*new[::-1], *people()[::-1]], mode="update"),
    )

    assert Lead.objects.count() == 2 * SIZE
    assert one.created + other.created == SIZE
    assert one.updated + other.updated == 3 * SIZE


@pytest.mark.parametrize("names", ["az", "za"])
def test_an_update_locks_leads_in_the_order_of_their_addresses(names: str) -> None:
    """And not as they lie in the table or in the file, or two updates wait in a circle."""
    for name in names:
        LeadFactory(email=f"{name}@zon.nl")
    rows = [{"E-mail": f"{name}@zon.nl"} for name in names]
    with transaction.atomic():
        Lead.objects.select_for_update().get(email="a@zon.nl")
        other = Meanwhile(lambda: imported(rows, mode="update"))
        assert other.waits()
        Lead.objects.select_for_update(nowait=True).get(email="z@zon.nl")
    assert other.result().updated == 2


def test_mode_error_notices_what_another_import_wrote_at_that_moment() -> None:
    done = at_once(an_import(people(), mode="error"), an_import(people(), mode="error"))

    assert Lead.objects.count() == SIZE
    assert sum(isinstance(one, DuplicatesFound) for one in done) == 1


def test_an_import_and_a_long_list_of_opt_outs_do_not_lock_each_other_out() -> None:
    addresses = [str(row["E-mail"]) for row in people()]
    for address in addresses:
        LeadFactory(email=address)

    def opt_out(meet: Callable[[int], None]) -> None:
        meet(0)
        suppress(addresses[::-1], reason=Suppression.Reason.UNSUBSCRIBED)

    at_once(an_import(people()[::-1], mode="update"), opt_out)

    assert set(Lead.objects.values_list("status", flat=True)) == {"suppressed"}
