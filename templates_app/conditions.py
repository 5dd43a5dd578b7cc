"""What an `{% if %}` makes certain about the variables inside its branches.

Only certainties count: where a test leaves a doubt, it says nothing, and the variables in the
branch stay required. Works on trees after `dialect.resolve_names`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jinja2 import nodes

from templates_app.dialect import variable_name
from templates_app.values import RenderContext


@dataclass(frozen=True, slots=True)
class Facts:
    """What is certain inside a branch: of each group in `present` at least one variable has a
    value, and all of `blank` are blank."""

    present: frozenset[frozenset[str]] = frozenset()
    blank: frozenset[str] = frozenset()

    def also(self, other: Facts) -> Facts:
        return Facts(self.present | other.present, self.blank | other.blank)

    def promise_one_of(self, names: Iterable[str]) -> bool:
        wanted = frozenset(names)
        return any(group <= wanted for group in self.present)

    def hold_for(self, context: RenderContext) -> bool:
        return all(any(map(context.text_of, group)) for group in self.present) and not any(
            map(context.text_of, self.blank)
        )


NOTHING_CERTAIN = Facts()


def facts_of(test: nodes.Node, outcome: bool) -> Facts:
    """What follows for certain when `test` comes out as `outcome`; nothing where in doubt."""
    name = variable_name(test)
    if name is not None:
        return _value(name, outcome)
    if isinstance(test, nodes.Test):
        name = variable_name(test.node)
        return _value(name, outcome == (test.name == "defined")) if name else NOTHING_CERTAIN
    if isinstance(test, nodes.Not):
        return facts_of(test.node, not outcome)
    if isinstance(test, nodes.And | nodes.Or):
        return _facts_of_both(test, outcome)
    if isinstance(test, nodes.Compare):
        return _facts_of_equality(test, outcome)
    return NOTHING_CERTAIN


def _value(name: str, present: bool) -> Facts:
    if present:
        return Facts(present=frozenset({frozenset({name})}))
    return Facts(blank=frozenset({name}))


def _facts_of_both(test: nodes.And | nodes.Or, outcome: bool) -> Facts:
    left, right = facts_of(test.left, outcome), facts_of(test.right, outcome)
    if isinstance(test, nodes.And) == outcome:
        return left.also(right)
    # One of two sides holds, nobody knows which: certain is only “a or b has a value”.
    if left.blank or right.blank:
        return NOTHING_CERTAIN
    return Facts(frozenset(one | other for one in left.present for other in right.present))


def _facts_of_equality(test: nodes.Compare, outcome: bool) -> Facts:
    """`vars.x == 'a'` means that x has a value, `vars.x == ''` that it has none."""
    name, operand = variable_name(test.expr), test.ops[0]
    if name is None or len(test.ops) > 1 or operand.op not in {"eq", "ne"}:
        return NOTHING_CERTAIN
    if not isinstance(operand.expr, nodes.Const) or not isinstance(operand.expr.value, str):
        return NOTHING_CERTAIN
    equal = outcome == (operand.op == "eq")
    if operand.expr.value:
        return _value(name, True) if equal else NOTHING_CERTAIN
    return _value(name, not equal)
