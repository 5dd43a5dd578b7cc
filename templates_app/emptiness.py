"""Mails that come out empty for a lead who lacks nothing: all of their text hangs on conditions,
or on values with a default of nothing.

Most templates have text for everybody, which shows in their syntax trees: then no lead is asked.
Otherwise each is asked by filling the part in question, and rendered only where no text shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jinja2 import nodes

from templates_app.dialect import variable_names
from templates_app.fallbacks import always_prints

# What a reader of HTML sees nothing of. Each ends somewhere, so that no letter is read twice.
_UNSEEN = re.compile(
    r"\s+"
    r"|<!--.*?(?:-->|\Z)"
    r"|<(style|script|title)\b.*?(?:</\1[^<>]*>|\Z)"
    r"|<(?!img\b)[^<>]*>"
    r"|&(?:nbsp|\#160|\#xa0);",
    re.IGNORECASE | re.DOTALL,
)
_STANDS_FOR_A_VALUE = "x"


def shows(part: str, filled: str) -> bool:
    """Whether a filled part seems to have text, or a picture: read from its start to the first."""
    if part != "html":
        return bool(filled.strip())
    end = 0
    while unseen := _UNSEEN.match(filled, end):
        end = unseen.end()
    return end < len(filled)


def parts_to_ask_for(trees: Mapping[str, nodes.Template]) -> tuple[str, ...]:
    """The parts of an accepted template whose text some lead may not get: "subject", and "text"
    or, where it is made from the HTML, "html".

    A part with a condition on the campaign is none of them: it is decided later than leads are
    held back.
    """
    body = "text" if "text" in trees else "html"
    return tuple(
        part for part in ("subject", body)
        if not shows(part, _certain(trees[part].body, part)) and not _asks_campaign(trees[part])
    )  # fmt: skip


def _certain(body: Iterable[nodes.Node], part: str) -> str:
    """What every lead gets of `body` who lacks nothing."""
    pieces: list[str] = []
    for node in body:
        if isinstance(node, nodes.If):
            pieces.append(_certain_of_branches(node, part))
        elif isinstance(node, nodes.Output):
            pieces += [_certain_of_expression(one) for one in node.nodes]
    return "".join(pieces)


def _certain_of_branches(node: nodes.If, part: str) -> str:
    """One branch for all, if all have something to show."""
    bodies = [node.body, *(branch.body for branch in node.elif_), node.else_]
    branches = [_certain(body, part) for body in bodies]
    return branches[0] if all(shows(part, branch) for branch in branches) else ""


def _certain_of_expression(node: nodes.Expr) -> str:
    if isinstance(node, nodes.TemplateData):
        return node.data
    return _STANDS_FOR_A_VALUE if always_prints(node) else ""


def _asks_campaign(tree: nodes.Template) -> bool:
    tests = [
        *(node.test for node in tree.find_all(nodes.If)),
        *(node.test for node in tree.find_all(nodes.CondExpr)),
    ]
    return any(name.startswith("campaign.") for test in tests for name in variable_names(test))
