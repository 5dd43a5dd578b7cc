"""The house plan, held by the imports themselves (docs/architecture.md)."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
APPS = ("tracking", "campaigns", "templates_app", "leads")

# Each app, and what of ours it may import besides itself.
ARROWS = {
    "tracking": {"campaigns", "templates_app", "leads", "mailsuite.lib"},
    "campaigns": {"templates_app", "leads", "mailsuite.lib"},
    "templates_app": {"mailsuite.lib"},
    "leads": {"mailsuite.lib"},
    "mailsuite.lib": set(),
}
PURE = ROOT / "campaigns" / "scheduling"


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively; say where from"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def owner(module: str) -> str | None:
    """Which part of the house a module belongs to; None for anybody else's."""
    if module == "mailsuite.lib" or module.startswith("mailsuite.lib."):
        return "mailsuite.lib"
    top = module.split(".")[0]
    return top if top in (*APPS, "mailsuite", "tests") else None


def files(part: str) -> list[Path]:
    found = sorted((ROOT / part.replace(".", "/")).rglob("*.py"))
    assert found, f"no files in {part}"
    return found


@pytest.mark.parametrize("part", ARROWS)
def test_imports_follow_the_arrows(part):
    allowed = ARROWS[part] | {part}
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files(part)
        for module in sorted(imports(path))
        if (whose := owner(module)) is not None and whose not in allowed
    ]
    assert wrong == []


def test_the_planner_knows_the_standard_library_and_holidays_only():
    wrong = []
    for path in sorted(PURE.glob("*.py")):
        for module in sorted(imports(path)):
            top = module.split(".")[0]
            inside = module.startswith("campaigns.scheduling.")
            if not (inside or top in sys.stdlib_module_names or top == "holidays"):
                wrong.append(f"{path.name} imports {module}")
    assert wrong == []


def test_business_time_is_asked_of_one_clock():
    """Leases run on the database's clock, and how long something took is no business time."""
    wrong = [
        f"{path.relative_to(ROOT)}: {call}"
        for part in APPS
        for path in files(part)
        for call in ("datetime.now(", "timezone.now(", "date.today(")
        if "migrations" not in path.parts and call in path.read_text()
    ]
    assert wrong == []


def test_tasks_import_services_and_never_the_reverse():
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for part in APPS
        for path in files(part)
        for module in sorted(imports(path))
        if module.split(".")[:2] == [part, "tasks"]
        and path.name != "tasks.py"
        and not {"api", "admin"} & set(path.parts)
        and not path.name.startswith("admin")
    ]
    assert wrong == []


def test_the_map_of_requirements_names_tests_that_exist():
    text = (ROOT / "docs" / "requirements.md").read_text()
    named = set(re.findall(r"`((?:[\w/]+/)?test_\w+\.py)`", text))
    assert len(named) > 50
    assert sorted(name for name in named if not (ROOT / "tests" / name).exists()) == []


def test_the_top_level_is_what_was_agreed():
    agreed = {
        "mailsuite", "campaigns", "leads", "templates_app", "tracking", "manage.py",
        "requirements.txt", "celerybeat-schedule", "docker-compose.yml", "tests",
    }  # fmt: skip
    assert sorted(name for name in agreed if not (ROOT / name).exists()) == []
