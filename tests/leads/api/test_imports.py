"""POST /import/leads and what follows."""

from __future__ import annotations

import io
import json
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from leads import tasks
from leads.models import Lead, LeadImport
from tests.clients import ApiClient
from tests.factories import ImportRefusalFactory, LeadFactory, LeadImportFactory
from tests.leads.files import workbook

IMPORTS = "/api/v1/import/leads"
GOOD = "E-mail;Firma;Kamers\njan@zon.nl;Zon;12\nnobody;X;1\n"


def upload(
    client: ApiClient, content: str | bytes = GOOD, to: str = IMPORTS, **fields: object
) -> HttpResponse:
    raw = content.encode() if isinstance(content, str) else content
    if to == IMPORTS:
        fields = {"list_name": "hotels", **fields}
    body = {"file": SimpleUploadedFile("leads.csv", raw), **fields}
    return client.post(to, body, format="multipart")


def test_a_short_file_is_imported_at_once(marketer: ApiClient) -> None:
    answer = upload(marketer, mapping=json.dumps({"Firma": "company"}))

    assert answer.status_code == 201
    data = answer.json()["data"]
    figures = {name: data[name] for name in ("created", "updated", "skipped", "refused")}
    assert figures == {"created": 1, "updated": 0, "skipped": 0, "refused": 1}
    assert (data["status"], data["filename"], data["rows_total"]) == ("completed", "leads.csv", 2)
    (refusal,) = data["refusals"]
    assert (refusal["row"], refusal["outcome"], refusal["column"]) == (3, "refused", "E-mail")
    lead = Lead.objects.get()
    assert (lead.company, lead.list_name, lead.vars) == ("Zon", "hotels", {"kamers": "12"})


def test_the_answer_says_where_every_column_went(marketer: ApiClient) -> None:
    rows = "E-mail;Firma;;Aantal kamers\njan@zon.nl;Zon;x;12\n"

    guessed = upload(marketer, rows).json()["data"]
    corrected = upload(marketer, rows, mapping='{"Firma": ""}').json()["data"]

    everywhere = {
        "E-mail": "email", "Firma": "company", "Column C": "",
        "Aantal kamers": "vars.aantal_kamers",
    }  # fmt: skip
    assert guessed["mapping"] == everywhere
    assert corrected["mapping"] == everywhere | {"Firma": ""}
    stored = marketer.get(f"{IMPORTS}/{guessed['id']}").json()["data"]
    assert stored["mapping"] == everywhere


def test_a_dry_run_says_where_columns_would_go_and_its_notes_stay_true(
    marketer: ApiClient,
) -> None:
    rows = "E-mail;Kamers;Kamers!\njan@zon.nl;12;13\n"
    dry = upload(marketer, rows, dry_run="true").json()["data"]
    assert dry["mapping"]["Kamers!"] == "vars.kamers_2"
    assert dry["notes"] == ["'Kamers!' is kept as vars.kamers_2, as the name vars.kamers is taken."]

    real = marketer.post(f"{IMPORTS}/{dry['id']}/run").json()["data"]

    assert (real["mapping"], real["notes"]) == (dry["mapping"], dry["notes"])
    assert Lead.objects.get().vars == {"kamers": "12", "kamers_2": "13"}


def test_a_blank_field_of_the_form_counts_as_not_given(marketer: ApiClient) -> None:
    blank = {"mapping": "", "encoding": "", "delimiter": "", "sheet": ""}

    assert upload(marketer, **blank).json()["data"]["created"] == 1


def test_a_workbook_is_imported(marketer: ApiClient, tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", [["E-mail"], ["jan@zon.nl"]])

    assert upload(marketer, path.read_bytes()).json()["data"]["created"] == 1


def test_a_long_file_is_left_to_a_worker_and_followed(
    marketer: ApiClient, django_capture_on_commit_callbacks
) -> None:
    rows = "E-mail\n" + "".join(f"lead{number}@zon.nl\n" for number in range(2_001))
    sending = patch.object(tasks.run_import, "apply_async")

    with sending as sent, django_capture_on_commit_callbacks(execute=True):
        answer = upload(marketer, rows)

    data = answer.json()["data"]
    assert (answer.status_code, data["status"], data["rows_total"]) == (201, "pending", 2_001)
    sent.assert_called_once_with(args=(int(data["id"]),), retry=False)
    LeadImport.objects.update(status="running", rows_done=1_000)
    now = marketer.get(f"{IMPORTS}/{data['id']}").json()["data"]
    assert (now["status"], now["rows_done"], now["rows_total"]) == ("running", 1_000, 2_001)


def test_a_dry_run_is_run_for_real_afterwards(marketer: ApiClient) -> None:
    dry = upload(marketer, dry_run="true").json()["data"]
    assert (dry["created"], dry["dry_run"], Lead.objects.count()) == (1, True, 0)

    real = marketer.post(f"{IMPORTS}/{dry['id']}/run")

    assert real.status_code == 200
    assert (real.json()["data"]["created"], real.json()["data"]["dry_run"]) == (1, False)
    assert Lead.objects.count() == 1
    again = marketer.post(f"{IMPORTS}/{dry['id']}/run")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("content", "fields", "status", "field", "words"),
    [
        ("", {}, 400, "file", "The submitted file is empty."),
        ("Firma\nZon\n", {}, 422, "mapping", "No column is known to hold the e-mail addresses."),
        (b"%PDF-1.4", {}, 422, "file", "This is a PDF document."),
        ('E-mail\njan@zon.nl\n"open\n', {}, 422, "file", "A quotation mark that opens in row 3"),
        (GOOD, {"mapping": '{"X": "company"}'}, 422, "mapping", "The file has no column 'X'."),
        (GOOD, {"mapping": '{"Firma": "x"}'}, 422, "mapping", "Column 'Firma' can't go to 'x'."),
        (GOOD, {"mapping": "["}, 400, "mapping", "This must be a JSON object of texts"),
        (GOOD, {"mapping": '{"a": 1}'}, 400, "mapping", "This must be a JSON object of texts"),
        (GOOD, {"mode": "replace"}, 400, "mode", "'replace' is none of: skip, update, error."),
        (GOOD, {"delimiter": "x"}, 400, "delimiter", r"""'x' is none of: ",", ";", "\t", "|"."""),
        (GOOD, {"encoding": "ebcdic"}, 400, "encoding", "'ebcdic' is none of: utf-8"),
        (GOOD, {"list_name": ""}, 400, "list_name", "This field may not be blank."),
        (GOOD, {"list_name": "a\nb"}, 400, "list_name", "This must be one line"),
        (GOOD, {"listname": "x"}, 422, "listname", "There is no such field. Did you mean list_"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_kept(
    marketer: ApiClient, settings, content: str, fields: dict, status: int, field: str, words: str
) -> None:
    answer = upload(marketer, content, **fields)

    assert answer.status_code == status
    details = {one["field"]: one["message"] for one in answer.json()["error"]["details"]}
    assert details[field].startswith(words)
    assert not Lead.objects.exists()
    assert not LeadImport.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_file_that_is_too_large_is_refused(marketer: ApiClient, settings) -> None:
    settings.IMPORT_MAX_BYTES = 20

    answer = upload(marketer)

    assert answer.status_code == 422
    assert "at most 0.0 MB is read" in answer.json()["error"]["message"]


def test_mode_error_answers_409_and_names_the_rows(marketer: ApiClient) -> None:
    LeadFactory(email="jan@zon.nl")

    answer = upload(marketer, mode="error")

    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "duplicates"
    assert error["details"] == [
        {
            "field": "row 2",
            "code": "duplicates",
            "message": "jan@zon.nl: This address is a lead already.",
        }
    ]
    assert Lead.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k1"}])
def test_what_mode_error_refuses_is_kept_and_named_row_by_row(
    marketer: ApiClient, headers: dict[str, str]
) -> None:
    rows = "E-mail\nnobody\n" + "".join(f"jan{number % 5}@zon.nl\n" for number in range(40))
    body = {"file": SimpleUploadedFile("x.csv", rows.encode()), "list_name": "x", "mode": "error"}

    answer = marketer.post(IMPORTS, body, format="multipart", headers=headers)

    failed = LeadImport.objects.get()
    address = f"{IMPORTS}/{failed.pk}/errors.csv"
    error = answer.json()["error"]
    assert (answer.status_code, len(error["details"])) == (409, 20)
    assert error["message"].endswith(f"is named by import {failed.pk}: GET {address}.")
    assert (failed.status, failed.refused_count) == ("failed", 36)
    assert failed.error.startswith("Nothing was imported: 35 rows hold an address")
    lines = b"".join(marketer.get(address).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 37
    assert lines[1].startswith("2;refused;E-mail;nobody;")
    assert not Lead.objects.exists()


def test_inspecting_shows_the_guess_and_keeps_nothing(marketer: ApiClient) -> None:
    answer = upload(marketer, to=f"{IMPORTS}/inspect")

    assert answer.status_code == 200
    data = answer.json()["data"]
    assert data["mapping"] == {"E-mail": "email", "Firma": "company", "Kamers": "vars.kamers"}
    assert data["samples"] == [["jan@zon.nl", "Zon", "12"], ["nobody", "X", "1"]]
    assert (data["encoding"], data["delimiter"], data["mapping_error"]) == ("utf-8", ";", "")
    assert "email" in data["fields_known"]
    assert not LeadImport.objects.exists()


def test_inspecting_shows_a_file_whose_columns_nobody_knows(marketer: ApiClient) -> None:
    data = upload(marketer, "Adres;Naam\nx;y\n", f"{IMPORTS}/inspect").json()["data"]

    assert data["mapping"] == {"Adres": "", "Naam": ""}
    assert data["mapping_error"].startswith("No column is known to hold the e-mail addresses.")


def test_a_file_of_headings_alone_says_so(marketer: ApiClient) -> None:
    note = "The file has headings and no rows."

    assert note in upload(marketer, "E-mail;Firma\n\n;\n").json()["data"]["notes"]
    looked_at = upload(marketer, "E-mail;Firma\n", f"{IMPORTS}/inspect")
    assert note in looked_at.json()["data"]["notes"]
    assert note not in upload(marketer).json()["data"]["notes"]


def test_the_error_file_has_reasons_and_cells_and_no_formulas(marketer: ApiClient) -> None:
    data = upload(marketer, "E-mail;Firma\n=cmd()@x;=1+1\njan@zon.nl;Zon\n").json()["data"]

    answer = marketer.get(f"{IMPORTS}/{data['id']}/errors.csv", headers={"Accept": "text/csv"})

    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f"import-{data['id']}-errors.csv" in answer["Content-Disposition"]
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].endswith(";E-mail;Firma")
    assert lines[1].startswith("2;refused;E-mail;'=cmd()@x;")
    assert lines[1].endswith(";'=cmd()@x;'=1+1")
    assert len(lines) == 2


def test_the_error_file_does_without_the_cells_of_a_file_that_is_gone(
    marketer: ApiClient,
) -> None:
    refusal = ImportRefusalFactory()
    refusal.lead_import.file.delete()

    answer = marketer.get(f"{IMPORTS}/{refusal.lead_import.pk}/errors.csv")

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1] == "2;refused;;;not an e-mail address"


def test_an_import_whose_file_is_gone_is_not_run_again(marketer: ApiClient) -> None:
    dry = LeadImportFactory(status="completed", dry_run=True)
    dry.file.delete()

    answer = marketer.post(f"{IMPORTS}/{dry.pk}/run")

    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "file_gone")
    assert marketer.get(f"{IMPORTS}/{dry.pk}").json()["data"]["status"] == "completed"


def test_imports_are_listed_newest_first(
    marketer: ApiClient, django_assert_max_num_queries
) -> None:
    LeadImportFactory.create_batch(20)
    newest = LeadImportFactory(status="failed", error="broken")

    with django_assert_max_num_queries(5):
        data = marketer.get(IMPORTS).json()["data"]
    assert (data["total"], data["items"][0]["id"]) == (21, str(newest.pk))
    failed = marketer.get(IMPORTS, {"status": "failed"}).json()["data"]["items"]
    assert [one["error"] for one in failed] == ["broken"]


def test_a_missing_import_is_404_in_the_envelope(marketer: ApiClient) -> None:
    for path in ("99", "99/errors.csv"):
        answer = marketer.get(f"{IMPORTS}/{path}", headers={"Accept": "*/*"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_viewer_sees_imports_and_makes_none(viewer: ApiClient) -> None:
    done = LeadImportFactory()

    assert viewer.get(f"{IMPORTS}/{done.pk}").status_code == 200
    assert upload(viewer).status_code == 403
    assert upload(viewer, to=f"{IMPORTS}/inspect").status_code == 403
    assert viewer.post(f"{IMPORTS}/{done.pk}/run").status_code == 403


def test_the_same_upload_with_the_same_key_is_imported_once(marketer: ApiClient) -> None:
    def send() -> HttpResponse:
        body = {"file": io.BytesIO(GOOD.encode()), "list_name": "hotels"}
        return marketer.post(IMPORTS, body, format="multipart", headers={"Idempotency-Key": "k1"})

    first, second = send(), send()

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert LeadImport.objects.count() == 1
