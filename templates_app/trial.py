"""Trying a template out in a process that can be killed, before anything trusts it.

A source that nobody accepted yet is read, checked and rendered here and nowhere else: the process
has no database, no settings and no environment, and ends by itself at its limits of memory and
time. What passes is then rendered by `rendering` in the workers at full speed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from time import process_time

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from templates_app.dialect import CAMPAIGN_FIELDS, LEAD_FIELDS
from templates_app.rendering import render
from templates_app.sandbox import compile_template, parse_template
from templates_app.sanitising import mail_document
from templates_app.values import (
    Problem,
    RenderContext,
    RenderFailed,
    TemplateRefused,
    TemplateSource,
)
from templates_app.variables import Variables

CPU_SECONDS = 2
MAIL_SECONDS = 0.5  # what one mail of an accepted template may take
WALL_SECONDS = 10  # also on a busy machine, where two seconds of work take longer
MEMORY_BYTES = 512 * 1024 * 1024  # of address space, interpreter and libraries included

_ROOT = Path(__file__).resolve().parent.parent


def accept(source: TemplateSource) -> Variables:
    """The variables of a source that may be saved; TemplateRefused with the reasons otherwise."""
    _try(source)
    return compile_template(source).variables


def _try(source: TemplateSource) -> None:
    """Raises TemplateRefused with what the child found, or because it hit a limit."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "templates_app.trial"],
            input=json.dumps(asdict(source)).encode(),
            capture_output=True,
            timeout=WALL_SECONDS,
            cwd=_ROOT,
            # Nothing of the parent's: its environment holds the secrets.
            env={"PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        raise TemplateRefused([_TOO_MUCH]) from expired
    if done.returncode != 0:
        raise TemplateRefused([_TOO_MUCH])
    if problems := json.loads(done.stdout):
        raise TemplateRefused([Problem(**problem) for problem in problems])


def main() -> None:
    """The child: a source from stdin, its problems to stdout, both JSON."""
    _limit()
    problems: tuple[Problem, ...] = ()
    try:
        _try_everything(TemplateSource(**json.load(sys.stdin)))
    except TemplateRefused as refused:
        problems = refused.problems
    except RenderFailed as failed:
        problems = (failed.problem,)
    json.dump([asdict(problem) for problem in problems], sys.stdout)


def _limit() -> None:
    """Bounds this process for good. Starting Python itself is not counted."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _try_everything(source: TemplateSource) -> None:
    """Make the mail for a lead that has every value, after the markup of all branches at once.

    A condition could hide from one sample lead what costs too much with another.
    """
    trees = parse_template(source)
    context = _sample_context(compile_template(source).variables)
    started = process_time()
    if "html" in trees:
        mail_document(_markup_of_all_branches(trees["html"]))
    render(source, context)
    if process_time() - started > 2 * MAIL_SECONDS:
        raise TemplateRefused([_TOO_MUCH])


def _markup_of_all_branches(tree: nodes.Template) -> str:
    opened = _AllBranches().visit(tree)
    return "".join(data.data for data in opened.find_all(nodes.TemplateData))


class _AllBranches(NodeTransformer):
    """Puts the bodies of an {% if %} one after the other."""

    def visit_If(self, node: nodes.If) -> list[nodes.Node]:  # noqa: N802 - jinja2's visitor
        bodies = [node.body, *(branch.body for branch in node.elif_), node.else_]
        return [opened for body in bodies for one in body for opened in self.visit_list(one)]


def _sample_context(variables: Variables) -> RenderContext:
    """A lead that has everything the template asks for; "1" reads as text and as number."""
    pictures = [name for name in variables.mentioned if name.startswith("image.")]
    own = [name.removeprefix("vars.") for name in variables.mentioned if name.startswith("vars.")]
    return RenderContext(
        lead=dict.fromkeys(LEAD_FIELDS, "1"),
        vars=dict.fromkeys(own, "1"),
        campaign=dict.fromkeys(CAMPAIGN_FIELDS, "1"),
        image_cids=_keyed(pictures, "image.cid.", "sample@example.com"),
        image_urls=_keyed(pictures, "image.url.", "https://example.com/sample.png"),
    )


def _keyed(names: list[str], prefix: str, value: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name in names if name.startswith(prefix)}


_TOO_MUCH = Problem(
    "template",
    1,
    f"Making one mail of it takes more than {MAIL_SECONDS} seconds or too much memory.",
    "Shorten it; take out deep nesting and generated style sheets.",
)

if __name__ == "__main__":
    main()
