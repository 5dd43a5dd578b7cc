"""What the documents say of the tree is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

# How the settings read a name, by a function of mailsuite/environment.py.
READ_SETTING = (
    r"\b(?:text|several|switch|number|one_of|servers|zone|url|database)\(\s*\"([A-Z_]+)\""
)

# Set by the image or the compose file, or meant for development, the demo and tests.
NOT_FOR_OPERATORS = {
    "CELERY_BEAT_SPEED", "DATABASE_URL", "DEBUG", "DEVELOPMENT", "MAIL_TEST_FOLDER", "MEDIA_ROOT",
    "REDIS_URL", "STATIC_ROOT",
}  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_relative_links_lead_somewhere(document: Path):
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text())
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_files_that_are_named_exist(document: str):
    parts = "mailsuite|campaigns|leads|templates_app|tracking|tests"
    named = set(re.findall(rf"`((?:{parts})/[\w/.]+)`", (ROOT / document).read_text()))
    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def each_path(cell: str) -> list[str]:
    """The paths in a cell of a table, with {a,b} written out."""
    found = []
    for path in re.findall(r"`([^`]+)`", cell):
        before, choice, after = re.fullmatch(r"([^{]*)(?:\{(.*)\})?(.*)", path).groups()
        found += [before + one + after for one in (choice or "").split(",")]
    return [path for path in found if "/" in path or path.endswith(".py")]


def test_the_files_and_tests_of_every_requirement_exist():
    text = (ROOT / "docs" / "requirements.md").read_text()
    rows = re.findall(r"^\| ([A-Z]\d+) \|[^|]*\|([^|]*)\|([^|]*)\|$", text, re.M)
    assert len(rows) > 50
    lost = [
        (row, path)
        for row, files, tests in rows
        for below, cell in ((ROOT, files), (ROOT / "tests", tests))
        for path in each_path(cell)
        if "*" not in path and not path.startswith("/api/") and not (below / path).exists()
    ]
    assert lost == []


def test_every_setting_of_an_operator_is_in_the_example():
    source = (ROOT / "mailsuite" / "settings.py").read_text()
    read = set(re.findall(READ_SETTING, source))
    shown = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert len(read) > 20
    assert read - NOT_FOR_OPERATORS == shown - {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def test_the_mail_servers_user_may_run_in_a_container_what_its_script_runs_and_no_more():
    text = (ROOT / "docs" / "returning-mail.md").read_text()
    (run,) = re.findall(r"^sudo -n (.+)$", text, re.M)
    (allowed,) = re.findall(r"^mailsuite ALL=\(root\) NOPASSWD: (.+)$", text, re.M)
    assert run == allowed
    assert run.endswith("exec -T web python manage.py receive_mail")
