"""The import page of the admin."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from leads.models import Lead, LeadImport
from tests.factories import LeadFactory, LeadImportFactory, UserFactory

pytestmark = pytest.mark.django_db

GOOD = "E-mail;Firma;Kamers\njan@zon.nl;Zon;12\nnobody;X;1\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def marketer(client: Client) -> Client:
    client.force_login(UserFactory(groups=["marketer"]))
    return client


def upload(client: Client, content: str = GOOD, **fields: str) -> HttpResponse:
    file = SimpleUploadedFile("leads.csv", content.encode())
    body = {"file": file, "list_name": "hotels", "mode": "skip", **fields}
    return client.post(reverse("admin:leads_leadimport_upload"), body, follow=True)


def review(client: Client, **fields: str) -> HttpResponse:
    one = LeadImport.objects.get()
    page = reverse("admin:leads_leadimport_review", args=[one.pk])
    return client.post(page, {"mode": one.mode, **fields}, follow=True)


def shown(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


COLUMNS = {"column_0": "email", "column_1": "company", "column_2": "vars.kamers"}


def test_the_lists_have_a_button_to_the_upload(marketer: Client) -> None:
    for model in ("lead", "leadimport"):
        page = shown(marketer.get(reverse(f"admin:leads_{model}_changelist")))
        assert "Import leads" in page
    assert "Upload and check" in shown(marketer.get(reverse("admin:leads_leadimport_upload")))


def test_an_upload_shows_columns_and_counts_and_imports_nothing(marketer: Client) -> None:
    page = shown(upload(marketer))

    assert "<b>1</b><span>new leads</span>" in page
    assert "<b>1</b><span>refused</span>" in page
    assert "is not an e-mail address" in page
    assert '<option value="vars.kamers" selected>own column: vars.kamers</option>' in page
    assert "Import 1 lead<" in page.replace(" <", "<")
    assert not Lead.objects.exists()
    assert LeadImport.objects.get().created_by is not None


def test_the_import_is_run_for_real_when_it_is_confirmed(marketer: Client) -> None:
    upload(marketer)

    page = shown(review(marketer, **COLUMNS, **{"import": "1"}))

    assert Lead.objects.get().company == "Zon"
    assert "See all leads" in page
    assert "Check again" not in page


def test_the_result_says_where_the_columns_went(marketer: Client) -> None:
    upload(marketer)

    page = shown(review(marketer, **{**COLUMNS, "column_1": ""}, **{"import": "1"}))
    assert "Went to" not in page
    page = shown(review(marketer, **{**COLUMNS, "column_1": ""}, **{"import": "1"}))

    assert "<td><b>Kamers</b></td><td>vars.kamers</td>" in page
    assert "<td><b>Firma</b></td><td>— left out —</td>" in page


def test_notes_of_a_mapping_go_with_it(marketer: Client) -> None:
    upload(marketer, "E-mail;Kamers;Kamers!\njan@zon.nl;12;13\n")
    columns = {"column_0": "email", "column_1": "vars.kamers", "column_2": "vars.kamers_2"}
    note = "&#x27;Kamers!&#x27; is kept as vars.kamers_2"

    assert note in shown(review(marketer, **columns, check="1"))
    assert note not in shown(review(marketer, **{**columns, "column_2": ""}, check="1"))


def test_another_mapping_is_checked_before_it_is_imported(marketer: Client) -> None:
    upload(marketer)
    other = {**COLUMNS, "column_1": "", "column_2": ""}

    page = shown(review(marketer, **other, **{"import": "1"}))

    assert "look at its counts first" in page
    assert not Lead.objects.exists()
    shown(review(marketer, **other, **{"import": "1"}))
    lead = Lead.objects.get()
    assert (lead.company, lead.vars) == ("", {})


def test_a_file_whose_columns_nobody_knows_is_mapped_by_hand(marketer: Client) -> None:
    page = shown(upload(marketer, "Adres;Wie\njan@zon.nl;Jan\n"))
    assert "No column is known to hold the e-mail addresses." in page

    review(marketer, column_0="email", column_1="full_name", check="1")
    shown(review(marketer, column_0="email", column_1="full_name", **{"import": "1"}))

    assert Lead.objects.get().first_name == "Jan"


def test_a_mapping_that_can_not_be_says_why(marketer: Client) -> None:
    upload(marketer)

    page = shown(review(marketer, **{**COLUMNS, "column_1": "email"}, check="1"))

    assert "both go to email" in page


def test_duplicates_under_mode_error_are_shown_and_the_mode_can_be_changed(
    marketer: Client,
) -> None:
    LeadFactory(email="jan@zon.nl")
    page = shown(upload(marketer, mode="error"))
    assert "Nothing was imported" in page
    assert "This address is a lead already." in page

    page = shown(review(marketer, **COLUMNS, mode="update", check="1"))

    assert "<b>1</b><span>updated</span>" in page


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "The submitted file is empty."), ("%PDF-1.4", "This is a PDF document.")],
)
def test_a_file_that_can_not_be_read_is_refused_on_the_form(
    marketer: Client, content: str, words: str
) -> None:
    assert words in shown(upload(marketer, content))
    assert not LeadImport.objects.exists()


def test_what_was_imported_can_not_be_imported_again(marketer: Client) -> None:
    LeadImportFactory(status="completed", dry_run=False)

    page = shown(review(marketer, column_0="email", check="1"))

    assert "This import is completed." in page


def test_an_import_whose_file_is_gone_still_shows_its_result(marketer: Client) -> None:
    one = LeadImportFactory(status="completed", created_count=7)
    one.file.delete()

    page = shown(marketer.get(reverse("admin:leads_leadimport_review", args=[one.pk])))

    assert "<b>7</b><span>new leads</span>" in page


def test_the_page_follows_an_import_in_the_background(marketer: Client) -> None:
    one = LeadImportFactory(status="running", rows_done=5_000, rows_total=10_000)

    page = shown(marketer.get(reverse("admin:leads_leadimport_review", args=[one.pk])))

    assert "5,000 of 10,000 rows" in page
    assert '<meta http-equiv="refresh" content="2">' in page


def test_the_rows_can_be_downloaded(marketer: Client) -> None:
    upload(marketer)
    one = LeadImport.objects.get()

    answer = marketer.get(reverse("admin:leads_leadimport_errors", args=[one.pk]))

    assert b"nobody" in b"".join(answer.streaming_content)


def test_a_viewer_sees_results_and_imports_nothing(client: Client) -> None:
    client.force_login(UserFactory(groups=["viewer"]))
    one = LeadImportFactory(status="completed", dry_run=True)

    page = shown(client.get(reverse("admin:leads_leadimport_review", args=[one.pk])))
    assert "Check again" not in page
    assert review(client, column_0="email", **{"import": "1"}).status_code == 403
    assert upload(client).status_code == 403
    assert "Import leads" not in shown(client.get(reverse("admin:leads_lead_changelist")))
