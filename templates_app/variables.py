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

from templates_app.conditions import NOTHING_CERTAIN, Facts, facts_of
from templates_app.dialect import SIGNATURE, variable_name, variable_names
from templates_app.fallbacks import DEFAULTS, blank_by_default, fallback
from templates_app.filters import NUMERIC_FILTERS
from templates_app.values import RenderContext


@dataclass(frozen=True, slots=True)
class Requirement:
    """At least one of `any_of` must have a value, in the mails where `facts` hold."""

    any_of: tuple[str, ...]
    facts: Facts = NOTHING_CERTAIN

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
    """Everything a template mentions, in the order of the text; `blank_by_default` is what it
    prints with a default of nothing."""

    mentioned: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    blank_by_default: tuple[str, ...]

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
    mentioned = dict.fromkeys(name for tree in trees for name in variable_names(tree))
    requirements = (need for tree in trees for need in _of_statements(tree.body, NOTHING_CERTAIN))
    # A plain requirement makes the conditional ones on the same name superfluous.
    found = tuple(dict.fromkeys(requirements))
    plain = {need.any_of[0] for need in found if _plain(need)}
    kept = tuple(need for need in found if _plain(need) or plain.isdisjoint(need.any_of))
    return Variables(tuple(mentioned), kept, tuple(dict.fromkeys(blank_by_default(trees))))


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
        yield from _of_statements(branch.body, refused.also(facts_of(branch.test, True)))
        refused = refused.also(facts_of(branch.test, False))
    yield from _of_statements(node.else_, refused)


def _of_expression(node: nodes.Expr, facts: Facts) -> Iterator[Requirement]:
    """The requirements of printing `node`, in conjunctive form: all of them must be met."""
    name = variable_name(node)
    if name is not None:
        if name != SIGNATURE and not facts.promise_one_of((name,)):
            yield Requirement((name,), facts)
    elif isinstance(node, nodes.Or):
        yield from _either(node.left, node.right, facts)
    elif isinstance(node, nodes.Filter) and node.name in DEFAULTS:
        if node.node is not None:
            yield from _either(node.node, fallback(node), facts)
    elif isinstance(node, nodes.And | nodes.CondExpr):
        yield from _of_choice(node, facts)
    elif not isinstance(node, nodes.Compare | nodes.Not | nodes.Test):
        for child in node.iter_child_nodes():
            if isinstance(child, nodes.Expr):
                yield from _of_expression(child, facts)


def _of_choice(node: nodes.And | nodes.CondExpr, facts: Facts) -> Iterator[Requirement]:
    """`a and b` prints b where a has a value; `b if a else c` one of the two."""
    if isinstance(node, nodes.And):
        yield from _of_expression(node.right, facts.also(facts_of(node.left, True)))
        return
    yield from _of_expression(node.expr1, facts.also(facts_of(node.test, True)))
    if node.expr2 is not None:
        yield from _of_expression(node.expr2, facts.also(facts_of(node.test, False)))


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
    """Whether `node` can come out blank or zero although every variable in it has a value."""
    return any(
        isinstance(one, nodes.And | nodes.CondExpr | nodes.Compare | nodes.Not | nodes.Test)
        or (isinstance(one, nodes.Filter) and one.name in _MAY_EMPTY)
        or (isinstance(one, nodes.Const) and not str(one.value or "").strip())
        for one in (node, *node.find_all(nodes.Expr))
    )


_MAY_EMPTY = NUMERIC_FILTERS | {"replace", "truncate"}
