"""What a template may be made of: the few kinds of nodes, filters and sizes that pass.

Everything not named here is refused, so a new feature of Jinja2 is closed until someone opens it.
The list leaves out whatever multiplies (loops, `*`, `**`, `%`, `set`, macros) and whatever reaches
out (`include`, `import`, `extends`, methods). What passes costs time and memory in proportion to
its length, even with data the author did not foresee, and can run in a worker at full speed.
Loops are left out on purpose too: a lead's values are texts from a sheet, there is no list.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from jinja2 import nodes

from templates_app.filters import FILTERS, NUMERIC_FILTERS, TESTS
from templates_app.values import Problem

MAX_DEPTH = 30  # of nested nodes
MAX_EXPRESSION = 80  # nodes in one {{ … }} or one condition
MAX_NUMBER = 10**9

RENDERED_NODES = frozenset({
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Const,
    nodes.Getitem, nodes.Name, nodes.Filter, nodes.Test, nodes.Keyword, nodes.And, nodes.Or,
    nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat, nodes.Add, nodes.Sub, nodes.Neg,
    nodes.List, nodes.Tuple,
})  # fmt: skip
# What an author may write on top; resolving the names makes lookups of all of these.
WRITTEN_NODES = RENDERED_NODES | {nodes.Getattr, nodes.Call}

_ADVICE: dict[type[nodes.Node], tuple[str, str]] = {
    nodes.For: ("Loops are not available.", "A lead has no lists: name its fields one by one."),
    nodes.Assign: ("{% set %} is not available.", "Write the expression where it is needed."),
    nodes.AssignBlock: ("{% set %} is not available.", "Write the text where it is needed."),
    nodes.Macro: ("Macros are not available.", "Write the text where it is needed."),
    nodes.Include: ("Other templates cannot be included.", "Copy their text in here."),
    nodes.Mul: ("“*” is not available.", "Calculate in the sheet and import the result."),
    nodes.Pow: ("“**” is not available.", "Calculate in the sheet and import the result."),
    nodes.Mod: ("“%” is not available.", "Write the values where they belong: {{ … }}."),
    nodes.Slice: ("[:] is not available.", "Use |first or |truncate(20)."),
}
_OTHERWISE = "Available are {{ variables }}, filters, and {% if %} … {% else %} … {% endif %}."


def refusals(
    tree: nodes.Template, part: str, allowed: frozenset[type[nodes.Node]]
) -> list[Problem]:
    """Everything in `tree` that may not be there, in the order of the text."""
    return [
        Problem(part, node.lineno or 1, what, mend)
        for node, depth in _walk(tree)
        for what, mend in _faults(node, depth, allowed)
    ]


def _walk(tree: nodes.Node) -> Iterator[tuple[nodes.Node, int]]:
    """Every node with its depth, parents first; without recursion, for the tree may be deep."""
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        if depth <= MAX_DEPTH:
            children = [(child, depth + 1) for child in node.iter_child_nodes()]
            waiting.extend(reversed(children))


def _faults(
    node: nodes.Node, depth: int, allowed: frozenset[type[nodes.Node]]
) -> Iterator[tuple[str, str]]:
    if depth > MAX_DEPTH:
        yield "Nested too deep.", "Split it into simpler conditions or expressions."
    elif type(node) not in allowed:
        kind = type(node).__name__
        yield _ADVICE.get(type(node), (f"“{kind}” is not available.", _OTHERWISE))
    elif isinstance(node, nodes.Filter):
        yield from _filter_faults(node)
    elif isinstance(node, nodes.Test):
        if node.name not in TESTS or node.args or node.kwargs:
            yield f"The test “is {node.name}” is not available.", "Use “is defined” or ==."
    elif isinstance(node, nodes.Const):
        yield from _constant_faults(node)
    elif isinstance(node, nodes.Output | nodes.If):
        yield from _size_faults(node)
    else:
        yield from _kind_faults(node)


def _constant_faults(node: nodes.Const) -> Iterator[tuple[str, str]]:
    if isinstance(node.value, int | float) and abs(node.value) > MAX_NUMBER:
        yield "The number is too large.", f"Numbers go up to {MAX_NUMBER:,}."
    # Python takes "\\ud800" for text; no mail can carry it.
    if isinstance(node.value, str) and any("\ud800" <= sign <= "\udfff" for sign in node.value):
        yield "The text has half a character.", "Write the character itself, not its \\u code."


def _filter_faults(node: nodes.Filter) -> Iterator[tuple[str, str]]:
    if node.name not in FILTERS:
        yield f"The filter “{node.name}” is not available.", f"Available: {', '.join(FILTERS)}."
    elif node.node is None:
        yield "{% filter %} is not available.", "Put the filter behind the variable."
    elif node.dyn_args is not None or node.dyn_kwargs is not None:
        yield "A filter takes plain arguments.", "Leave out * and **."
    elif not _accepts(node):
        yield f"“{node.name}” does not take these arguments.", "Leave them out."
    elif node.name not in {"default", "d"}:
        arguments = [*node.args, *(keyword.value for keyword in node.kwargs)]
        if not all(isinstance(argument, nodes.Const) for argument in arguments):
            yield f"“{node.name}” takes plain text or numbers.", "Only default takes a variable."


def _accepts(node: nodes.Filter) -> bool:
    named = {str(keyword.key): keyword.value for keyword in node.kwargs}
    try:
        inspect.signature(FILTERS[node.name]).bind(node.node, *node.args, **named)
    except TypeError:
        return False
    return True


def _size_faults(node: nodes.Output | nodes.If) -> Iterator[tuple[str, str]]:
    expressions = node.nodes if isinstance(node, nodes.Output) else [node.test]
    for expression in expressions:
        size = sum(1 for _ in _walk(expression))
        if size > MAX_EXPRESSION:
            yield "The expression is too long.", f"At most {MAX_EXPRESSION} terms in one."


def _kind_faults(node: nodes.Node) -> Iterator[tuple[str, str]]:
    """Every value is text until a filter makes it a number; mixing them would fail per lead."""
    if isinstance(node, nodes.Add | nodes.Sub):
        sides = {_is_number(node.left), _is_number(node.right)}
        if sides == {True, False} or (isinstance(node, nodes.Sub) and sides == {False}):
            yield _MIXED
    elif isinstance(node, nodes.Neg) and not _is_number(node.node):
        yield _MIXED
    elif isinstance(node, nodes.Compare):
        by_size = any(operand.op in {"lt", "lteq", "gt", "gteq"} for operand in node.ops)
        kinds = {_is_number(node.expr), *(_is_number(operand.expr) for operand in node.ops)}
        if kinds == {True, False} or (by_size and kinds == {False}):
            yield _MIXED


def _is_number(node: nodes.Expr) -> bool:
    if isinstance(node, nodes.Const):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, nodes.Filter):
        return node.name in NUMERIC_FILTERS
    if isinstance(node, nodes.Add | nodes.Sub):
        return _is_number(node.left) and _is_number(node.right)
    if isinstance(node, nodes.List | nodes.Tuple):
        return bool(node.items) and all(_is_number(item) for item in node.items)
    return isinstance(node, nodes.Neg)


_MIXED = (
    "Text and number are mixed: a variable is text.",
    "Make it a number first: vars.rooms|int > 10.",
)
