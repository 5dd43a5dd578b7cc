"""The packages that mailsuite is made of are there, in the versions that were tried."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
LINE = re.compile(r"^([\w-]+)(?:\[[\w,-]+\])?==([\w.]+)", re.MULTILINE)


@pytest.mark.parametrize(
    "package",
    [
        "celery", "django", "django-anymail", "django-celery-beat", "djangorestframework",
        "factory-boy", "jinja2", "openpyxl", "pandas", "pytest-django", "redis",
    ],
)  # fmt: skip
def test_a_package_of_the_frame_is_pinned_and_installed_as_pinned(package: str):
    lines = LINE.findall("\n".join(file.read_text() for file in FILES))
    pinned = {name.lower(): number for name, number in lines}
    assert version(package) == pinned[package]
