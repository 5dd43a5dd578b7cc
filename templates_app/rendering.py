"""One mail for one lead: `render` for sending, `preview` for looking.

Both go the same way: fill the accepted template in the sandbox, inline and sanitise the HTML, make
the text part. They differ in one thing only: where a value lacks, `render` refuses and `preview`
shows its name. Pure: no database, network or file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from html import escape

from markupsafe import Markup

from templates_app.dialect import SIGNATURE
from templates_app.emptiness import shows
from templates_app.learning import shape_of
from templates_app.sandbox import (
    MAX_OUTPUT,
    CompiledPart,
    CompiledTemplate,
    compile_template,
)
from templates_app.sanitising import clean_fragment, mail_document
from templates_app.shapes import Page
from templates_app.slots import cut
from templates_app.text_part import text_from_html, tidy
from templates_app.values import (
    CameOutEmpty,
    MissingVariables,
    RenderContext,
    RenderedMail,
    RenderFailed,
    TemplateSource,
)
from templates_app.variables import missing, unmet

# Long enough for any sentence, far below what one header line may hold (RFC 5322 §2.1.1).
MAX_SUBJECT = 250

# Controls, halves of characters, and the separators of lines and paragraphs.
_BREAKS_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_BODY_END = re.compile(r".*(?=</body)", re.IGNORECASE | re.DOTALL)


def render(source: TemplateSource, context: RenderContext) -> RenderedMail:
    """The mail that is sent.

    Raises MissingVariables with every name when the lead lacks something that would be printed
    blank, TemplateRefused when the source is not acceptable, RenderFailed when it makes no mail
    with this lead's data (too long, a subject that comes out empty).
    """
    template = compile_template(source)
    lacking = missing(template.variables.requirements, context)
    if lacking:
        raise MissingVariables(lacking)
    return _build(template, context)


def preview(source: TemplateSource, context: RenderContext) -> RenderedMail:
    """The same mail for looking at: what lacks is named in its `missing` and stands in the mail
    as "[lead.company]". Raises TemplateRefused and RenderFailed like `render`."""
    template = compile_template(source)
    lacking = unmet(template.variables.requirements, context)
    shown = frozenset(name for need in lacking for name in need.any_of)
    return _build(template, context, missing(lacking, context), shown)


def empty_part(source: TemplateSource, context: RenderContext) -> str:
    """ "subject" or "mail" where that comes out empty for a lead who lacks nothing; else "".

    Cheap for almost all: only who gets no text by conditions and defaults is rendered for.
    """
    template = compile_template(source)
    table = _Table(context, "", ())
    try:
        for name in template.may_be_empty:
            part = template.part(name)
            if part is not None and not shows(name, part.fill(table)):
                _build(template, context)
                break
    except CameOutEmpty as empty:
        return empty.part
    except RenderFailed:  # for another reason, which is told when its time has come
        return ""
    return ""


class _Table:
    """The one thing a template can look into: dotted name → value, worked out when asked for."""

    def __init__(self, context: RenderContext, signature: str, shown: Collection[str]) -> None:
        self._context = context
        self._signature = signature
        self._shown = shown

    def __getitem__(self, name: str) -> str:
        if name == SIGNATURE:
            return self._signature
        return f"[{name}]" if name in self._shown else self._context.text_of(name)


def _build(
    template: CompiledTemplate,
    context: RenderContext,
    lacking: tuple[str, ...] = (),
    shown: Collection[str] = (),
) -> RenderedMail:
    signature, signature_text = _signature(context.signature_html)
    plain = _Table(context, signature_text, shown)
    # Sanitised above, so it may pass the autoescaping.
    rich = _Table(context, Markup(signature), shown)  # noqa: S704
    html, text = _page(template.html, rich, signature) if template.html else Page("", None)
    if template.text:
        text = _text_part(template.text, plain, signature_text)
    elif text is None:
        text = text_from_html(html)
    # A signature alone is no mail either.
    if text in {"", signature_text} and html.count("<img") <= signature.count("<img"):
        raise CameOutEmpty("mail", "Give its conditions an else.")
    return RenderedMail(
        subject=_subject(template.subject.fill(plain)),
        html=html,
        text=text,
        inline_images=_shown_pictures("image.cid.", template, context, html),
        static_images=_shown_pictures("image.url.", template, context, html),
        missing=lacking,
    )


@lru_cache(maxsize=128)
def _signature(html: str) -> tuple[str, str]:
    """A sender's signature, sanitised, and as text; the same in all mails of that sender."""
    clean = clean_fragment(html)
    return clean, text_from_html(clean) if clean else ""


def _subject(filled: str) -> str:
    """One line without control characters, so that no value can start a header of its own."""
    subject = " ".join(_BREAKS_A_LINE.sub(" ", filled).split())
    if not subject:
        raise CameOutEmpty("subject", "Give it a fallback.")
    return subject if len(subject) <= MAX_SUBJECT else f"{subject[: MAX_SUBJECT - 1]}…"


def _page(part: CompiledPart, table: _Table, signature: str) -> Page:
    """The HTML part and the text made from it."""
    added = "" if part.has_signature else signature
    pieces = part.pieces(table)
    page = _page_of_known_shape(pieces, signature, added)
    if page is None:
        # Some old templates write src="cid:{{image.cid 'hero'}}".
        filled = "".join(pieces).replace("cid:cid:", "cid:")
        page = Page(mail_document(_before_body_end(filled, added)), None)
    if len(page.html) > MAX_OUTPUT:
        what = f"{len(page.html):,} characters with its CSS inlined; at most {MAX_OUTPUT:,} fit."
        raise RenderFailed("html", what, "Shorten the text or the style sheet.")
    return page


def _page_of_known_shape(pieces: Sequence[str], signature: str, added: str) -> Page | None:
    """The page without the long way; None where that has to be taken."""
    slotted = cut(pieces, signature)
    if slotted is None:
        return None
    skeleton = _before_body_end(slotted.skeleton, added) if added else slotted.skeleton
    shape = shape_of(slotted._replace(skeleton=skeleton))
    return shape.fill(slotted.values) if shape else None


def _before_body_end(html: str, addition: str) -> str:
    body = _BODY_END.match(html)
    return f"{body[0]}{addition}{html[body.end() :]}" if body else html + addition


def _text_part(part: CompiledPart, table: _Table, signature: str) -> str:
    filled = part.fill(table)
    if signature and not part.has_signature:
        filled = f"{filled}\n\n{signature}"
    return tidy(filled)


def _shown_pictures(
    prefix: str, template: CompiledTemplate, context: RenderContext, html: str
) -> tuple[str, ...]:
    """The keys of the pictures that stand in the HTML after all conditions are decided."""
    names = [name for name in template.variables.mentioned if name.startswith(prefix)]
    addresses = {name: escape(context.text_of(name)) for name in names}
    return tuple(
        name.removeprefix(prefix) for name, url in addresses.items() if url and f'"{url}"' in html
    )
