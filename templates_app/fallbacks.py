"""What a printed expression comes to where values lack: something all the same, or nothing.

Works on trees after `dialect.resolve_names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jinja2 import nodes

from templates_app.dialect import SIGNATURE, variable_name, variable_names
from templates_app.filters import NUMERIC_FILTERS

DEFAULTS = frozenset({"default", "d"})
# What they make of text that is not blank is not blank either.
_KEEP_TEXT = frozenset(
    {"upper", "lower", "capitalize", "title", "trim", "first", "urlencode", "escape", "e"}
)


def always_prints(node: nodes.Expr) -> bool:
    """Whether `node` prints something for every lead that lacks no required variable; False where
    in doubt."""
    name = variable_name(node)
    if name is not None:
        return name != SIGNATURE
    if isinstance(node, nodes.Const):
        return bool(str(node.value).strip())
    if isinstance(node, nodes.Filter):
        return _filter_always_prints(node)
    if isinstance(node, nodes.CondExpr):
        return node.expr2 is not None and always_prints(node.expr1) and always_prints(node.expr2)
    if isinstance(node, nodes.Concat):
        return any(map(always_prints, node.nodes))
    # A variable before “or” is required together with what stands behind it.
    return isinstance(node, nodes.Or) and always_prints(node.right)


def fallback(node: nodes.Filter) -> nodes.Expr:
    """What `|default(…)` puts in; a bare `|default` puts in nothing."""
    named = [keyword.value for keyword in node.kwargs if keyword.key == "default_value"]
    return next(iter([*node.args, *named]), nodes.Const(""))


def blank_by_default(trees: Iterable[nodes.Template]) -> Iterator[str]:
    """The variables that are printed with a default of nothing, "vars.hotel_name or lead.company"
    where they stand in for one another: their blank shows, and no lead is held back for it."""
    for tree in trees:
        for output in tree.find_all(nodes.Output):
            for expression in output.nodes:
                yield from _blank_in(expression)


def _filter_always_prints(node: nodes.Filter) -> bool:
    if node.name in DEFAULTS:
        return always_prints(fallback(node))
    if node.name in NUMERIC_FILTERS:
        return True
    return node.name in _KEEP_TEXT and node.node is not None and always_prints(node.node)


def _blank_in(node: nodes.Node) -> Iterator[str]:
    """Whatever stands in the place of a blank is looked at instead of what may be blank."""
    if isinstance(node, nodes.Or):
        yield from _blank_in_place_of(node.left, node.right)
    elif isinstance(node, nodes.Filter) and node.name in DEFAULTS and node.node is not None:
        yield from _blank_in_place_of(node.node, fallback(node))
    elif not isinstance(node, nodes.Compare | nodes.Not | nodes.Test):
        for child in node.iter_child_nodes(exclude=("test",)):
            yield from _blank_in(child)


def _blank_in_place_of(value: nodes.Expr, other: nodes.Expr) -> Iterator[str]:
    if not _is_blank(other):
        yield from _blank_in(other)
    elif names := list(variable_names(value)):
        yield " or ".join(names)


def _is_blank(node: nodes.Expr) -> bool:
    return isinstance(node, nodes.Const) and not str(node.value).strip()
