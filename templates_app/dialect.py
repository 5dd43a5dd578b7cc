"""The names a template may use, bare ones of old templates such as `{{first_name}}` among them.

After `resolve_names` a tree holds no attribute, no call and no name of the author's any more:
each variable has become a lookup of one dotted name in one flat table. What a template can reach
is therefore exactly that table.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from mailsuite.lib.var_keys import free_key, is_var_key
from templates_app.values import Problem

LEAD_FIELDS = (
    "email", "first_name", "last_name", "full_name", "title", "company", "city", "country",
    "url", "domain", "image_key", "list_name", "source", "tier", "stage", "score",
)  # fmt: skip
CAMPAIGN_FIELDS = ("name", "domain", "sender_name", "sender_email", "unsubscribe_url")
LEAD_SYNONYMS = {"bedrijf": "company"}
BARE_FIELDS = ("first_name", "last_name", "full_name", "title", "company", "city", "country")
BARE_NAMES = (*BARE_FIELDS, "bedrijf", "hotel_name", "signature")
NAMESPACES = ("lead", "vars", "campaign", "image")
SIGNATURE = "signature"

TABLE = "v"


def variable(name: str, lineno: int) -> nodes.Getitem:
    """The node that looks `name` up in the flat table."""
    table = nodes.Name(TABLE, "load", lineno=lineno)
    return nodes.Getitem(table, nodes.Const(name, lineno=lineno), "load", lineno=lineno)


def variable_name(node: nodes.Node) -> str | None:
    """The dotted name that `node` looks up, None for any other node."""
    if isinstance(node, nodes.Getitem) and isinstance(node.node, nodes.Name):
        key = node.arg
        if node.node.name == TABLE and isinstance(key, nodes.Const):
            return str(key.value)
    return None


def variable_names(node: nodes.Node) -> Iterator[str]:
    """The names that are looked up anywhere in `node`, in the order of the text."""
    name = variable_name(node)
    if name is not None:
        yield name
    else:
        for child in node.iter_child_nodes():
            yield from variable_names(child)


def resolve_names(tree: nodes.Template, part: str) -> list[Problem]:
    """Turn every name of the author's into a lookup, in place; answer those that are none."""
    resolver = _Resolver(part)
    resolver.visit(tree)
    return resolver.problems


class _Resolver(NodeTransformer):
    def __init__(self, part: str) -> None:
        self.part = part
        self.problems: list[Problem] = []

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 - jinja2's visitor
        line = node.lineno
        if node.name == "hotel_name":
            return nodes.Or(variable("vars.hotel_name", line), variable("lead.company", line))
        if node.name == SIGNATURE:
            return variable(SIGNATURE, line)
        field = LEAD_SYNONYMS.get(node.name, node.name)
        if field in BARE_FIELDS:
            return variable(f"lead.{field}", line)
        if node.name in NAMESPACES:
            return self._refuse(node, f"“{node.name}” alone is nothing to print.", _EXAMPLES)
        return self._refuse(node, f"“{node.name}” is no variable.", suggestion(node.name))

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        return self._field(node, node.node, node.attr)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._field(node, node.node, node.arg.value)
        return self._refuse(
            node, "Square brackets take the name of a column.", "Write vars['Aantal kamers']."
        )

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        called = node.node
        if not (isinstance(called, nodes.Getattr) and _is_name(called.node, "image")):
            return self._refuse(
                node, "Nothing can be called.", "Use a filter: {{ lead.company|upper }}."
            )
        if called.attr not in {"cid", "url"}:
            return self._refuse(node, f"image.{called.attr} does not exist.", _IMAGE_FORMS)
        plain = len(node.args) == 1 and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        key = node.args[0] if plain else None
        if isinstance(key, nodes.Const) and isinstance(key.value, str) and key.value.strip():
            return variable(f"image.{called.attr}.{key.value.strip()}", node.lineno)
        return self._refuse(node, f"image.{called.attr} takes one key in quotes.", _IMAGE_FORMS)

    def _field(self, node: nodes.Node, owner: nodes.Node, field: str) -> nodes.Node:
        namespace = owner.name if isinstance(owner, nodes.Name) else ""
        if namespace == "vars" and field.strip():
            return self._column(node, field)
        if namespace == "image":
            return self._refuse(node, f"image.{field} needs the picture's key.", _IMAGE_FORMS)
        known = _FIELDS.get(namespace)
        if known is None:
            if namespace and namespace not in BARE_NAMES:
                return self.visit_Name(nodes.Name(namespace, "load", lineno=node.lineno))
            return self._refuse(node, f"“.{field}” cannot follow here.", _EXAMPLES)
        canonical = LEAD_SYNONYMS.get(field, field) if namespace == "lead" else field
        if canonical in known:
            return variable(f"{namespace}.{canonical}", node.lineno)
        dotted = f"{namespace}.{field}"
        mend = suggestion(dotted)
        if namespace == "lead":
            mend = f"{mend} A column of your own is vars.{free_key(field)}.".strip()
        return self._refuse(node, f"“{dotted}” is no variable.", mend)

    def _column(self, node: nodes.Node, name: str) -> nodes.Node:
        """`vars.kamers` is a column by its key, `vars['Aantal kamers']` by its heading."""
        is_heading = isinstance(node, nodes.Getitem) or " " in name
        key = free_key(name) if is_heading and not is_var_key(name) else name.lower()
        if is_var_key(key):
            return variable(f"vars.{key}", node.lineno)
        closest = f"{{{{ vars.{free_key(name)} }}}}"
        return self._refuse(node, f"No column can be called “{name}”.", f"Closest is {closest}.")

    def _refuse(self, node: nodes.Node, what: str, mend: str) -> nodes.Node:
        self.problems.append(Problem(self.part, node.lineno, what, mend))
        return nodes.Const("", lineno=node.lineno)


def suggestion(name: str) -> str:
    """“Did you mean …?” for a name that is close to a real one, else where to look."""
    dotted = [f"lead.{field}" for field in (*LEAD_FIELDS, *LEAD_SYNONYMS)]
    dotted += [f"campaign.{field}" for field in CAMPAIGN_FIELDS]
    candidates = [*BARE_NAMES, *dotted] if "." not in name else dotted
    close = difflib.get_close_matches(name.lower(), candidates, n=1, cutoff=0.7)
    return f"Did you mean {{{{ {close[0]} }}}}?" if close else _EXAMPLES


def _is_name(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Name) and node.name == name


_FIELDS = {"lead": LEAD_FIELDS, "campaign": CAMPAIGN_FIELDS}
_EXAMPLES = "Variables look like {{ lead.company }}, {{ vars.rooms }} or {{ campaign.name }}."
_IMAGE_FORMS = "Write image.cid('hero') or image.url('logo')."
