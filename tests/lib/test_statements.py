"""Several statements in one trip, and rows as instances."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
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
    with CaptureQueriesContext(
        connection,
    ) as trips:
        results = run_together(
            Statement("SELECT count(*) FROM leads_suppression"),
            Statement(ENTER, ["jan@zon.nl"]),
            Statement(
                "SELECT value FROM leads_suppression WHERE value = ANY(%s)", [["jan@zon.nl"]]
            ),
        )
    assert results == [[(0,)], [], [("jan@zon.nl",)]]
    assert len(trips) == 1


def test_a_statement_that_fails_undoes_those_before_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        run_together(Statement(ENTER, ["jan@zon.nl"]), Statement(ENTER, ["jan@zon.nl"]))
    assert not Suppression.objects.exists()


def test_a_percent_sign_in_a_value_is_no_parameter():
    assert run_together(Statement("SELECT %s", ["100%s"])) == [[("100%s",)]]


def test_an_instance_has_the_columns_that_were_read_and_fetches_the_others(
    django_assert_num_queries,
):
    lead = LeadFactory(email="jan@zon.nl", company="Zon")
    columns = columns_of(type(lead), ("company", "id", "email"))
    assert columns == ["id", "email", "company"]
    ((row,),) = run_together(
        Statement("SELECT id, email, company FROM leads_lead WHERE id = %s", [lead.pk])
    )
    read = instance_of(type(lead), columns, row)
    with django_assert_num_queries(0):
        assert (read.pk, read.email, read.company) == (lead.pk, "jan@zon.nl", "Zon")
    with django_assert_num_queries(1):
        assert read.first_name == lead.first_name
