"""Compiling untrusted templates: limits, allow-list, names, then Jinja2's sandbox around it all.

The sandbox alone is not enough: `{{ 'a' * 10**9 }}` passes it. The allow-list is what bounds a
template; the immutable sandbox without globals is the second wall. A third, `trial`, renders
once in a process that can be killed, before a template is saved.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from templates_app.allowlist import RENDERED_NODES, WRITTEN_NODES, refusals
from templates_app.dialect import SIGNATURE, TABLE, resolve_names, variable_name
from templates_app.emptiness import parts_to_ask_for
from templates_app.filters import FILTERS, TESTS
from templates_app.old_dialect import OldDialect
from templates_app.values import Problem, RenderFailed, TemplateRefused, TemplateSource
from templates_app.variables import Variables, find_variables

MAX_SOURCE = {"subject": 1_000, "html": 200_000, "text": 100_000}
MAX_OUTPUT = 512 * 1024  # characters of one part
COMPILED_TEMPLATES = 256


class Lookup(Protocol):
    """What a template is filled from: every dotted name has a text, "" at the least."""

    def __getitem__(self, name: str, /) -> str: ...


@dataclass(frozen=True, slots=True)
class CompiledPart:
    """One part of a template, ready to be filled."""

    name: str
    template: Template
    has_signature: bool

    def fill(self, table: Lookup) -> str:
        """The part with the values of `table` in place. Raises RenderFailed like `pieces`."""
        return "".join(self.pieces(table))

    def pieces(self, table: Lookup) -> list[str]:
        """The same piece by piece. Where it autoescapes, what was printed is Markup, escaped, and
        what the author wrote is not.

        Raises RenderFailed, with the author's line, where an expression fails or the result
        passes MAX_OUTPUT; it stops there and does not build the rest.
        """
        pieces: list[str] = []
        size = 0
        try:
            for piece in self.template.root_render_func(self.template.new_context({TABLE: table})):
                size += len(piece)
                if size > MAX_OUTPUT:
                    raise ValueError(f"the result is longer than {MAX_OUTPUT:,} characters")
                pieces.append(piece)
        except Exception as error:
            raise RenderFailed(self.name, f"{error}.", line=self._line_of(error)) from error
        return pieces

    def _line_of(self, error: Exception) -> int:
        line, trace = 1, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == "<template>":
                line = self.template.get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return line


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """All parts of an accepted source. A part that the author left empty is None. Those that
    `may_be_empty` have no text that every lead gets who lacks nothing."""

    subject: CompiledPart
    html: CompiledPart | None
    text: CompiledPart | None
    variables: Variables
    may_be_empty: tuple[str, ...]

    def part(self, name: str) -> CompiledPart | None:
        return {"subject": self.subject, "html": self.html, "text": self.text}[name]


@lru_cache(maxsize=COMPILED_TEMPLATES)
def compile_template(source: TemplateSource) -> CompiledTemplate:
    """The source made ready; kept per source, for a run renders thousands of the same.

    Raises TemplateRefused with every problem found in all parts.
    """
    trees = parse_template(source)
    compiled = {part: _compile(part, tree) for part, tree in trees.items()}
    return CompiledTemplate(
        compiled["subject"],
        compiled.get("html"),
        compiled.get("text"),
        find_variables(list(trees.values())),
        parts_to_ask_for(trees),
    )


def parse_template(source: TemplateSource) -> dict[str, nodes.Template]:
    """The checked syntax trees of the parts that are not empty; TemplateRefused otherwise."""
    written = {"subject": source.subject, "html": source.html, "text": source.text}
    problems = _incomplete(source)
    trees: dict[str, nodes.Template] = {}
    for part, text in written.items():
        if text.strip():
            trees[part] = _parse(part, text, problems)
    if problems:
        raise TemplateRefused(problems)
    return trees


def _incomplete(source: TemplateSource) -> list[Problem]:
    problems = []
    if not source.subject.strip():
        problems.append(Problem("subject", 1, "The subject is empty.", "Write one."))
    if not (source.html.strip() or source.text.strip()):
        problems.append(Problem("html", 1, "The mail is empty.", "Write an HTML or a text part."))
    return problems


def _parse(part: str, text: str, problems: list[Problem]) -> nodes.Template:
    """The tree of one part with its names resolved; what is wrong with it goes to `problems`."""
    if len(text) > MAX_SOURCE[part]:
        found = f"{len(text):,} characters; at most {MAX_SOURCE[part]:,} are allowed."
        problems.append(Problem(part, 1, found, "Shorten it; host pictures instead of pasting."))
        return nodes.Template([])
    try:
        tree = _ENVIRONMENTS[part].parse(text)
    except TemplateSyntaxError as error:
        problems.append(_syntax_problem(part, error))
        return nodes.Template([])
    except RecursionError:
        problems.append(Problem(part, 1, "Nested too deep.", "Use fewer brackets and {% if %}."))
        return nodes.Template([])
    found_here = refusals(tree, part, WRITTEN_NODES)
    if not found_here:
        found_here = resolve_names(tree, part) or refusals(tree, part, RENDERED_NODES)
    problems.extend(dict.fromkeys(found_here))
    tree.set_environment(_ENVIRONMENTS[part])
    return tree


def _compile(part: str, tree: nodes.Template) -> CompiledPart:
    environment = _ENVIRONMENTS[part]
    template = Template.from_code(environment, environment.compile(tree), {})
    has_signature = any(variable_name(node) == SIGNATURE for node in tree.find_all(nodes.Getitem))
    return CompiledPart(part, template, has_signature)


def _syntax_problem(part: str, error: TemplateSyntaxError) -> Problem:
    message = (error.message or "The template cannot be read").rstrip(".")
    advice = next((mend for sign, mend in _SYNTAX_ADVICE if sign in message), "")
    return Problem(part, error.lineno, f"{message}.", advice)


# What Jinja2 says, and what an author most likely did. The first that fits counts.
_SYNTAX_ADVICE = (
    ("unexpected char '#'", "Conditions are written {% if vars.x %} … {% endif %}."),
    ("unexpected char '&'", "The editor turned a quote or space into HTML code: retype it."),
    ("unexpected char", "Use straight quotes ' or \" and plain letters between the braces."),
    ("unknown tag", "Available are {% if %}, {% elif %}, {% else %} and {% endif %}."),
    ("nexpected end of template", "Close every {% if %} with {% endif %} and {{ with }}."),
    ("lacks quotes", "Put the picture's name in quotes, as in {{ image.cid 'hero' }}."),
    ("end of print statement", "A column with a space in it is {{ vars['Aantal kamers'] }}."),
    ("Missing end of", "Close what was opened."),
    ("end of statement block", "A condition is {% if vars.x %} or {% if vars.x == 'yes' %}."),
    ("", "Variables look like {{ lead.company }}, with two braces on both sides."),
)


def _environment(autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        autoescape=autoescape, undefined=StrictUndefined, extensions=[OldDialect], cache_size=0
    )
    environment.globals.clear()
    environment.filters = dict(FILTERS)
    environment.tests = dict(TESTS)
    return environment


_PLAIN = _environment(autoescape=False)
_ENVIRONMENTS = {"subject": _PLAIN, "html": _environment(autoescape=True), "text": _PLAIN}
