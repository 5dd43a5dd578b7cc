"""What the documents say of the tree is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

# How the settings read a name, by a function of mailsuite/environment.py.
READ_SETTING = r"\b(?:text|several|switch|number|one_of|zone|url|database)\(\s*\"([A-Z_]+)\""

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


def test_every_setting_of_an_operator_is_in_the_example():
    source = (ROOT / "mailsuite" / "settings.py").read_text()
    read = set(re.findall(READ_SETTING, source))
    shown = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    assert len(read) > 20
    assert read - NOT_FOR_OPERATORS == shown - {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
