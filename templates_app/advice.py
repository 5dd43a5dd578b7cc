"""What an author should know of a template that is acceptable all the same (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from templates_app.sandbox import compile_template
from templates_app.values import TemplateRefused, TemplateSource
from templates_app.variables import Variables

# Gmail shows about the first 102 kB of a mail's HTML; tracked links make it longer than it is here.
CLIPPED_AT = 95_000
LONG_SUBJECT = 78

_ALWAYS_THERE = ("campaign.", "lead.email", "lead.score")
_NO_ALT = re.compile(r"<img\b(?![^>]*\balt\s*=)", re.IGNORECASE)
_DROPPED_TAG = re.compile(r"<(script|form|input|button|iframe|video|audio|svg|object)\b", re.I)
_PASTED_PICTURE = re.compile(r"""src\s*=\s*["']?\s*data:""", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*(["'])(.*?)\1""", re.IGNORECASE | re.DOTALL)
_PRINTED = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_BLOCK = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_NEEDS_NO_BRACKETS = re.compile(r"[\w.]+(\s*\|.*)?", re.DOTALL)
_FALSE_REPLY = re.compile(r"\s*(re|fwd?|aw|antw)\s*:", re.IGNORECASE)


def warnings_for(source: TemplateSource) -> tuple[str, ...]:
    """Sentences for the author; empty when there is nothing to say."""
    try:
        template = compile_template(source)
    except TemplateRefused as refused:
        return (f"Today's rules refuse this template, so no mail can be made of it: {refused}",)
    return (
        *_about_variables(template.variables),
        *_about_emptiness(template.may_be_empty),
        *_about_subject(source),
        *_about_html(source.html),
    )


def _about_variables(variables: Variables) -> Iterator[str]:
    needs = dict.fromkeys(str(need) for need in variables.requirements)
    held_for = [need for need in needs if not need.startswith(_ALWAYS_THERE)]
    if held_for:
        yield (
            f"A lead without {_enumerated(held_for)} is held back at launch. {_way_out(held_for)}"
        )
    if blank := variables.blank_by_default:
        yield (
            f"A blank default prints nothing for a lead without {_enumerated(list(blank))}. Give a "
            f"fallback, such as {{{{ {blank[0]}|default('…') }}}}, or leave |default out so that "
            "the lead is held back."
        )


def _way_out(needs: list[str]) -> str:
    """How the first text, or else the first picture, can do without its value."""
    texts = [need for need in needs if not need.startswith("image.")]
    if texts:
        return f"A fallback avoids that: {{{{ {texts[0]}|default('…') }}}}."
    _, kind, key = needs[0].split(" or ")[0].split(".", 2)
    picture = f"image.{kind}('{key}')"
    return f"A condition around the picture avoids that: {{% if {picture} %}}…{{% endif %}}."


def _about_emptiness(parts: Iterable[str]) -> Iterator[str]:
    for part in parts:
        named = "subject" if part == "subject" else "mail"
        yield (
            f"No text of the {named} is there for every lead. Who would get an empty {named} is "
            "held back at launch."
        )


def _about_subject(source: TemplateSource) -> Iterator[str]:
    if _FALSE_REPLY.match(source.subject):
        yield (
            "The subject looks like a reply to something. A follow-up gets its “Re:” by itself "
            "when it has the same subject as the first mail."
        )
    if len(source.subject) > LONG_SUBJECT:
        yield f"The subject is long; phones show some 40 characters, most others {LONG_SUBJECT}."


def _about_html(html: str) -> Iterator[str]:
    if len(html.encode()) > CLIPPED_AT:
        yield f"The HTML has {len(html.encode()) // 1000} kB; Gmail cuts a mail off at 102 kB."
    if _PASTED_PICTURE.search(html):
        yield "A pasted picture (src=\"data:…\") is left out. Upload it: {{ image.url('logo') }}."
    if _NO_ALT.search(html):
        yield "A picture has no alt text; many people see the mail without pictures."
    if dropped := sorted({match[1].lower() for match in _DROPPED_TAG.finditer(html)}):
        tags = _enumerated([f"<{tag}>" for tag in dropped])
        yield f"Left out, because mail programs do not show it: {tags}."
    if raw := list(dict.fromkeys(_raw_in_queries(html))):
        first = raw[0] if _NEEDS_NO_BRACKETS.fullmatch(raw[0]) else f"({raw[0]})"
        yield (
            f"A link's address takes {_enumerated(raw)} as it is; a value with & or # in it breaks "
            f"the link. Write {{{{ {first}|urlencode }}}}."
        )


def _raw_in_queries(html: str) -> Iterator[str]:
    """What is printed behind the question mark of a link's address without `urlencode`."""
    # What {{ … }} and {% … %} say is blanked, so that no quotation or question mark within is taken
    # for one that counts; everything keeps its place.
    written = _BLOCK.sub(lambda block: " " * len(block[0]), html)
    for link in _HREF.finditer(written):
        begins = written.find("?", *link.span(2))
        if begins < 0:
            continue
        for printed in _PRINTED.finditer(html, begins, link.end(2)):
            if "urlencode" not in printed[1]:
                yield printed[1].strip()


def _enumerated(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
