"""Which variables a template needs, read from its syntax tree, and which of them a lead lacks.

A variable is *required* where its blank would show: printed without a fallback. It is optional
inside `|default(…)`, before `or`, and where an `{% if %}` already asked for it. Requirements are
never looser than what rendering would print: where a condition says nothing certain about a
variable, the variable stays required.

Works on trees after `dialect.resolve_names`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from jinja2 import nodes

from templates_app.dialect import SIGNATURE, variable_name
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


@dataclass(frozen=True, slots=True)
class Requirement:
    """At least one of `any_of` must have a value, in the mails where `facts` hold."""

    any_of: tuple[str, ...]
    facts: Facts = Facts()

    def __str__(self) -> str:
        return " or ".join(self.any_of)

    @property
    def always(self) -> bool:
        return not (self.facts.present or self.facts.blank)

    def is_met_by(self, context: RenderContext) -> bool:
        """Stops at the first value found: an audience of 100,000 is asked one by one."""
        if any(map(context.text_of, self.any_of)):
            return True
        return not (self.always or self.facts.hold_for(context))


@dataclass(frozen=True, slots=True)
class Variables:
    """Everything a template mentions, in the order of the text."""

    mentioned: tuple[str, ...]
    requirements: tuple[Requirement, ...]

    @property
    def required(self) -> tuple[str, ...]:
        """The names that every lead must have, whatever the conditions say."""
        sure = (need.any_of[0] for need in self.requirements if _plain(need))
        return tuple(dict.fromkeys(sure))

    @property
    def optional(self) -> tuple[str, ...]:
        """The names that have a fallback, an alternative or a condition around them."""
        return tuple(name for name in self.mentioned if name not in self.required)


def unmet(required: Iterable[Requirement], context: RenderContext) -> tuple[Requirement, ...]:
    """The requirements that this lead, in this campaign, does not meet."""
    return tuple(need for need in required if not need.is_met_by(context))


def missing(required: Iterable[Requirement], context: RenderContext) -> tuple[str, ...]:
    """What has to be filled in before the mail can be made: "lead.company", or
    "vars.hotel_name or lead.company" where either will do. Empty when nothing lacks."""
    return tuple(dict.fromkeys(str(need) for need in unmet(required, context)))


def find_variables(trees: Sequence[nodes.Template]) -> Variables:
    """The variables of all parts of a template together."""
    mentioned = (
        name for tree in trees for node in tree.find_all(nodes.Getitem)
        if (name := variable_name(node)) is not None
    )  # fmt: skip
    requirements = (need for tree in trees for need in _of_statements(tree.body, Facts()))
    # A plain requirement makes the conditional ones on the same name superfluous.
    found = tuple(dict.fromkeys(requirements))
    plain = {need.any_of[0] for need in found if _plain(need)}
    kept = tuple(need for need in found if _plain(need) or plain.isdisjoint(need.any_of))
    return Variables(tuple(dict.fromkeys(mentioned)), kept)


def _plain(need: Requirement) -> bool:
    return need.always and len(need.any_of) == 1


def _of_statements(body: Iterable[nodes.Node], facts: Facts) -> Iterator[Requirement]:
    for node in body:
        if isinstance(node, nodes.Output):
            for expression in node.nodes:
                yield from _of_expression(expression, facts)
        elif isinstance(node, nodes.If):
            yield from _of_branches(node, facts)


def _of_branches(node: nodes.If, facts: Facts) -> Iterator[Requirement]:
    refused = facts
    for branch in (node, *node.elif_):
        yield from _of_statements(branch.body, refused.also(_facts(branch.test, True)))
        refused = refused.also(_facts(branch.test, False))
    yield from _of_statements(node.else_, refused)


def _of_expression(node: nodes.Expr, facts: Facts) -> Iterator[Requirement]:
    """The requirements of printing `node`, in conjunctive form: all of them must be met."""
    name = variable_name(node)
    if name is not None:
        if name != SIGNATURE and not facts.promise_one_of((name,)):
            yield Requirement((name,), facts)
    elif isinstance(node, nodes.Or):
        yield from _either(node.left, node.right, facts)
    elif isinstance(node, nodes.Filter) and node.name in {"default", "d"}:
        if node.node is not None:
            yield from _either(node.node, _fallback(node), facts)
    elif isinstance(node, nodes.And | nodes.CondExpr):
        yield from _of_choice(node, facts)
    elif not isinstance(node, nodes.Compare | nodes.Not | nodes.Test):
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                yield from _of_expression(child, facts)


def _of_choice(node: nodes.And | nodes.CondExpr, facts: Facts) -> Iterator[Requirement]:
    """`a and b` prints b where a has a value; `b if a else c` one of the two."""
    if isinstance(node, nodes.And):
        yield from _of_expression(node.right, facts.also(_facts(node.left, True)))
        return
    yield from _of_expression(node.expr1, facts.also(_facts(node.test, True)))
    if node.expr2 is not None:
        yield from _of_expression(node.expr2, facts.also(_facts(node.test, False)))


def _fallback(node: nodes.Filter) -> nodes.Expr:
    """What `|default(…)` puts in; a bare `|default` puts in nothing, on purpose."""
    named = [keyword.value for keyword in node.kwargs if keyword.key == "fallback"]
    return next(iter([*node.args, *named]), nodes.Const(""))


def _either(left: nodes.Expr, right: nodes.Expr, facts: Facts) -> Iterator[Requirement]:
    """`left`, and `right` in its place when it is blank: (a and b) or c = (a or c) and (b or c)."""
    if _blank_by_design(left):
        yield from _of_expression(right, facts)
        return
    for one in _of_expression(left, facts):
        for other in _of_expression(right, facts):
            any_of = tuple(dict.fromkeys((*one.any_of, *other.any_of)))
            if not other.facts.promise_one_of(any_of):
                yield Requirement(any_of, other.facts)


def _blank_by_design(node: nodes.Expr) -> bool:
    """Whether `node` can come out blank although every variable in it has a value."""
    inner = (node, *node.find_all(nodes.Expr))
    return any(
        isinstance(one, nodes.And | nodes.CondExpr)
        or (isinstance(one, nodes.Const) and one.value == "")
        for one in inner
    )


def _facts(test: nodes.Node, outcome: bool) -> Facts:
    """What follows for certain when `test` comes out as `outcome`; nothing where in doubt."""
    name = variable_name(test)
    if name is not None:
        return _value(name, outcome)
    if isinstance(test, nodes.Test):
        name = variable_name(test.node)
        return _value(name, outcome == (test.name == "defined")) if name else Facts()
    if isinstance(test, nodes.Not):
        return _facts(test.node, not outcome)
    if isinstance(test, nodes.And | nodes.Or):
        return _facts_of_both(test, outcome)
    if isinstance(test, nodes.Compare):
        return _facts_of_equality(test, outcome)
    return Facts()


def _value(name: str, present: bool) -> Facts:
    if present:
        return Facts(present=frozenset({frozenset({name})}))
    return Facts(blank=frozenset({name}))


def _facts_of_both(test: nodes.And | nodes.Or, outcome: bool) -> Facts:
    left, right = _facts(test.left, outcome), _facts(test.right, outcome)
    if isinstance(test, nodes.And) == outcome:
        return left.also(right)
    # One of two sides holds, nobody knows which: certain is only “a or b has a value”.
    if left.blank or right.blank:
        return Facts()
    return Facts(frozenset(one | other for one in left.present for other in right.present))


def _facts_of_equality(test: nodes.Compare, outcome: bool) -> Facts:
    """`vars.x == 'a'` means that x has a value, `vars.x == ''` that it has none."""
    name, operand = variable_name(test.expr), test.ops[0]
    if name is None or len(test.ops) > 1 or operand.op not in {"eq", "ne"}:
        return Facts()
    if not isinstance(operand.expr, nodes.Const) or not isinstance(operand.expr.value, str):
        return Facts()
    equal = outcome == (operand.op == "eq")
    if operand.expr.value:
        return _value(name, True) if equal else Facts()
    return _value(name, not equal)
