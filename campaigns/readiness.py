"""Which leads can't be mailed yet, because something that a mail prints has no value.

Asked for a whole audience at once, from the requirements that were read from the templates'
syntax trees: nothing is rendered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import BooleanField, Exists, OuterRef, Value
from django.db.models.expressions import RawSQL

from campaigns.flow_building import FlowMail
from leads.models import ImageAsset, Lead
from mailsuite.lib.errors import Refusal
from templates_app.dialect import CAMPAIGN_FIELDS, LEAD_FIELDS
from templates_app.sandbox import compile_template
from templates_app.values import RenderContext, TemplateRefused, TemplateSource
from templates_app.variables import Requirement, missing

# What composing always has a value for.
_CAMPAIGN = dict.fromkeys(CAMPAIGN_FIELDS, "given")
_LEAD_CID, _STATIC_URL = "image.cid.", "image.url."


def requirements_of(mails: Iterable[FlowMail]) -> tuple[Requirement, ...]:
    """What all the mails of a flow need together. Raises Refusal for a template that the rules
    of today don't accept any more."""
    found: dict[Requirement, None] = {}
    for mail in mails:
        version = mail.version
        source = TemplateSource(version.subject, version.html, version.text)
        try:
            found.update(dict.fromkeys(compile_template(source).variables.requirements))
        except TemplateRefused as refused:
            raise Refusal(
                f'Mail {mail.number} can\'t be made from its template "{version.template}": '
                f"{refused} Save the template again.",
                fields={"template_id": str(refused)},
                code="template_refused",
            ) from refused
    return tuple(found)


def static_images_missing(requirements: Iterable[Requirement]) -> list[str]:
    """Keys of the static pictures that every mail shows and that nobody has uploaded."""
    wanted = {
        need.any_of[0].removeprefix(_STATIC_URL)
        for need in requirements
        if need.always and len(need.any_of) == 1 and need.any_of[0].startswith(_STATIC_URL)
    }
    known = ImageAsset.objects.filter(key__in=wanted).values_list("key", flat=True)
    return sorted(wanted.difference(known)) if wanted else []


def lacking(
    lead_ids: Sequence[int], requirements: Sequence[Requirement]
) -> dict[int, tuple[str, ...]]:
    """Lead → the names without a value ("lead.company"); only leads that lack something."""
    if not requirements or not lead_ids:
        return {}
    found = (
        (pk, missing(requirements, context)) for pk, context in _contexts(lead_ids, requirements)
    )
    return {pk: names for pk, names in found if names}


def _contexts(
    lead_ids: Sequence[int], requirements: Sequence[Requirement]
) -> Iterator[tuple[int, RenderContext]]:
    names = _names(requirements)
    fields = sorted(_lead_fields(names))
    cids = {name.removeprefix(_LEAD_CID): "given" for name in names if name.startswith(_LEAD_CID)}
    urls = {name.removeprefix(_STATIC_URL) for name in names if name.startswith(_STATIC_URL)}
    keys = ImageAsset.objects.filter(key__in=urls).values_list("key", flat=True) if urls else []
    image_urls = dict.fromkeys(keys, "given")
    picture = Exists(ImageAsset.objects.filter(key=OuterRef("image_key")))
    leads = (
        # One parameter for any number of ids; `pk__in=ids` would be as many.
        Lead.objects.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(lead_ids)]))
        .annotate(has_picture=picture if cids else Value(False, output_field=BooleanField()))
        .values_list("pk", "vars", "has_picture", *fields)
    )
    for pk, custom, has_picture, *values in leads.iterator(chunk_size=5000):
        yield (
            pk,
            RenderContext(
                lead=dict(zip(fields, values, strict=True)),
                vars=custom,
                campaign=_CAMPAIGN,
                image_cids=cids if has_picture else {},
                image_urls=image_urls,
            ),
        )


def _names(requirements: Iterable[Requirement]) -> set[str]:
    names: set[str] = set()
    for need in requirements:
        names.update(need.any_of, need.facts.blank, *need.facts.present)
    return names


def _lead_fields(names: Iterable[str]) -> set[str]:
    """Columns of Lead behind the dotted names."""
    fields = {name.removeprefix("lead.") for name in names if name.startswith("lead.")}
    if "full_name" in fields:
        fields |= {"first_name", "last_name"}
    return fields & (set(LEAD_FIELDS) - {"full_name"})
