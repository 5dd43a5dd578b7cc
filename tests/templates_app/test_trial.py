import time

import pytest

from templates_app import trial
from templates_app.values import TemplateRefused
from tests.templates_app.mails import MARKETING, html

MANY_ATTRIBUTES = " ".join(f"a{n}" for n in range(33_000))
HEAVY_HTML = [
    "<div>" * 30_000,
    "{% if vars.x == 'never' %}" + "<div>" * 30_000 + "{% endif %}",
    "{{ 'x' if vars.x else 'y' }}" + "<b><p>" * 2_000,
    f"<div {MANY_ATTRIBUTES}>x</div>",
    "{% if vars.x == 'never' %}<div " + MANY_ATTRIBUTES + ">x</div>{% endif %}",
    "<!--" * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("payload", HEAVY_HTML)
def test_what_costs_too_much_is_refused_within_its_limits(payload: str) -> None:
    started = time.monotonic()
    with pytest.raises(TemplateRefused):
        trial.accept(html(payload))
    assert time.monotonic() - started < trial.WALL_SECONDS


def test_a_child_that_dies_is_a_refusal_and_this_process_lives(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial.sys, "executable", "/bin/false")
    with pytest.raises(TemplateRefused, match="takes more than"):
        trial.accept(MARKETING)


def test_the_child_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, str] = {}
    monkeypatch.setattr(
        trial.subprocess, "run", lambda *args, **options: seen.update(options["env"]) or _Ended()
    )
    with pytest.raises(TemplateRefused):
        trial.accept(MARKETING)
    assert seen.keys() == {"PYTHONPATH", "PYTHONUTF8"}


class _Ended:
    returncode = 1


def test_an_acceptable_template_answers_its_variables() -> None:
    assert trial.accept(MARKETING).required == (
        "lead.company", "campaign.name", "image.url.logo", "lead.city", "vars.rooms",
        "image.cid.hero", "lead.url", "campaign.unsubscribe_url",
    )  # fmt: skip


def test_problems_keep_their_part_line_and_advice() -> None:
    with pytest.raises(TemplateRefused) as refused:
        trial.accept(html("a\n{{ frist_name }}"))
    (problem,) = refused.value.problems
    assert str(problem) == (
        "html, line 2: “frist_name” is no variable. Did you mean {{ first_name }}?"
    )


def test_a_template_that_makes_no_mail_says_why() -> None:
    with pytest.raises(TemplateRefused, match="The mail comes out empty"):
        trial.accept(html("{% if not vars.x %}a{% endif %}"))
