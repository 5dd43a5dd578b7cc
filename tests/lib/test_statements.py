"""Several statements in one trip, and rows as instances."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leads.models import Suppression
from mailsuite.lib.statements import Statement, columns_of, instance_of, run_together
from tests.factories import LeadFactory

pytestmark = pytest.mark.django_db
ENTER = (
    "INSERT INTO leads_suppression (scope, value, reason, note, created_at) "
    "VALUES ('address', %s, 'manual', '', now())"
)


def test_each_statement_sees_what_those_before_it_did():
    with CaptureQueriesContext(connection) as trips:
        results = run_together(
            Statement("count_suppressions", "SELECT count(*) FROM leads_suppression"),
            Statement("enter", ENTER, ["jan@zon.nl"]),
            Statement(
                "find",
                "SELECT value FROM leads_suppression WHERE value = ANY(%s)",
                [["jan@zon.nl"]],
            ),
        )
    assert results == [[(0,)], [], [("jan@zon.nl",)]]
    assert len(trips) == 1


def test_a_statement_that_fails_undoes_those_before_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        run_together(
            Statement("enter", ENTER, ["jan@zon.nl"]), Statement("enter", ENTER, ["jan@zon.nl"])
        )
    assert not Suppression.objects.exists()


def test_a_percent_sign_in_a_value_is_no_parameter():
    assert run_together(Statement("echo", "SELECT %s", ["100%s"])) == [[("100%s",)]]


def test_a_statement_is_planned_once_a_connection():
    def prepared() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, statement FROM pg_prepared_statements WHERE name = 'double'"
            )
            return cursor.fetchall()

    assert prepared() == []
    for number in (2, 3):
        assert run_together(Statement("double", "SELECT %s * 2", [number])) == [[(2 * number,)]]
    assert prepared() == [("double", "PREPARE double AS SELECT $1 * 2")]


@pytest.mark.django_db(transaction=True)
def test_plans_are_made_anew_after_twice_as_many_runs_each_time():
    def prepared_at() -> datetime:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT prepare_time FROM pg_prepared_statements WHERE name = 'count_up'"
            )
            return cursor.fetchone()[0]

    lasted, since = [], None
    for run in range(1 + 16 + 32 + 64):
        assert run_together(Statement("count_up", "SELECT %s + 1", [run])) == [[(run + 1,)]]
        if since != (since := prepared_at()):
            lasted.append(run)
    assert lasted == [0, 16, 16 + 32, 16 + 32 + 64]


def test_a_rolled_back_transaction_leaves_what_was_prepared():
    for number in (2, 3):
        with pytest.raises(RuntimeError), transaction.atomic():
            assert run_together(Statement("treble", "SELECT %s * 3", [number])) == [[(number * 3,)]]
            raise RuntimeError


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_is_told_anew():
    for _ in range(2):
        assert run_together(Statement("halve", "SELECT %s / 2", [4])) == [[(2,)]]
        connection.close()


def test_a_name_belongs_to_one_statement():
    run_together(Statement("once", "SELECT 1"))
    with pytest.raises(ValueError, match="once is the name of another statement: SELECT 1"):
        run_together(Statement("once", "SELECT 2"))


def test_a_statement_that_cannot_be_prepared_raises_what_django_raises():
    with pytest.raises(ProgrammingError), transaction.atomic():
        run_together(Statement("broken", "SELECT nothing FROM nowhere"))


def test_lists_of_any_kind_arrive_as_they_are():
    at = datetime(2026, 6, 1, 8, 0, 0, 250, tzinfo=UTC)
    key = UUID(int=7)
    given = [[1, 2], [], [key], [at], ["a,b", 'c"}', None], [None, 250]]
    kinds = ("bigint", "bigint", "uuid", "timestamptz", "text", "int")
    row = ", ".join(f"%s::{kind}[]" for kind in kinds)
    assert run_together(Statement("lists", f"SELECT {row}", given)) == [[tuple(given)]]


def test_an_instance_has_the_columns_that_were_read_and_fetches_the_others(
    django_assert_num_queries,
):
    lead = LeadFactory(email="jan@zon.nl", company="Zon")
    columns = columns_of(type(lead), ("company", "id", "email"))
    assert columns == ["id", "email", "company"]
    ((row,),) = run_together(
        Statement("read", "SELECT id, email, company FROM leads_lead WHERE id = %s", [lead.pk])
    )
    read = instance_of(type(lead), columns, row)
    with django_assert_num_queries(0):
        assert (read.pk, read.email, read.company) == (lead.pk, "jan@zon.nl", "Zon")
    with django_assert_num_queries(1):
        assert read.first_name == lead.first_name
