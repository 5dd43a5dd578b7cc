"""Which leads can't be mailed yet, because something that a mail prints has no value.

Asked for a whole audience at once, from the requirements that were read from the templates'
syntax trees. Nothing is rendered, except where a mail could come out empty although nothing lacks
(templates_app.emptiness).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import BooleanField, Value
from django.db.models.expressions import RawSQL

from campaigns.flow_building import FlowMail
from leads.completeness import UnknownTemplate, has_image
from leads.models import ImageAsset, Lead, Report
from mailsuite.lib.errors import Refusal
from templates_app.dialect import CAMPAIGN_FIELDS, LEAD_FIELDS
from templates_app.models import Template
from templates_app.rendering import empty_part
from templates_app.sandbox import compile_template
from templates_app.saving import source_of
from templates_app.values import RenderContext, TemplateRefused, TemplateSource
from templates_app.variables import Requirement, missing

# What composing always has a value for.
_CAMPAIGN = dict.fromkeys(CAMPAIGN_FIELDS, "given")
REPORT = "report"
_LEAD_CID, _STATIC_URL = "image.cid.", "image.url."


def requirements_of(mails: Iterable[FlowMail]) -> tuple[Requirement, ...]:
    """What all the mails of a flow need together. Raises Refusal for a template that the rules
    of today don't accept any more."""
    found: dict[Requirement, None] = {}
    for mail in mails:
        version = mail.version
        try:
            found.update(dict.fromkeys(compile_template(source_of(version)).variables.requirements))
        except TemplateRefused as refused:
            raise Refusal(
                f'Mail {mail.number} can\'t be made from its template "{version.template}": '
                f"{refused} Save the template again.",
                fields={"template_id": str(refused)},
                code="template_refused",
            ) from refused
    return tuple(found)


def required_by_template(template_id: int) -> list[tuple[str, ...]]:
    """What the template's current version prints for every lead: of each group one name must
    have a value. What stands under a condition is not asked.

    Raises UnknownTemplate, also for one that the rules of today don't accept any more.
    """
    template = Template.objects.present().with_current().filter(pk=template_id).first()
    if template is None or template.current_version is None:
        raise UnknownTemplate(f"There is no template {template_id}.")
    version = template.current_version
    try:
        needs = compile_template(source_of(version)).variables.requirements
    except TemplateRefused as refused:
        raise UnknownTemplate(
            f'No mail can be made of "{template}": {refused} Save the template again.'
        ) from refused
    return [need.any_of for need in needs if need.always]


def check_templates(mails: Iterable[FlowMail]) -> None:
    """Raises Refusal where no lead at all could be mailed: for a template that isn't accepted,
    or a static picture in every mail that nobody has uploaded."""
    wanted = {
        need.any_of[0].removeprefix(_STATIC_URL)
        for need in requirements_of(mails)
        if need.always and len(need.any_of) == 1 and need.any_of[0].startswith(_STATIC_URL)
    }
    if not wanted:
        return
    absent = wanted.difference(
        ImageAsset.objects.filter(key__in=wanted).values_list("key", flat=True)
    )
    if absent:
        names = ", ".join(sorted(absent))
        raise Refusal(
            f"The templates show pictures that are not there: {names}. Upload them under these "
            "keys, or take them out.",
            fields={"template_id": f"pictures are missing: {names}"},
            code="image_missing",
        )


def lacking(lead_ids: Sequence[int], mails: Sequence[FlowMail]) -> dict[int, tuple[str, ...]]:
    """Lead → what it has no value for ("lead.company"); only leads that lack something.

    "report" stands for the document of the lead that some mail must carry. Of a lead that lacks
    no value it is told what "comes out empty". Raises Refusal as requirements_of does.
    """
    requirements = requirements_of(mails)
    unsure = _that_may_be_empty(mails)
    found: dict[int, tuple[str, ...]] = {}
    if (requirements or unsure) and lead_ids:
        for pk, context in _contexts(lead_ids, _names(requirements, unsure)):
            if reasons := missing(requirements, context) or _empty(unsure, context):
                found[pk] = reasons
    if any(mail.step.attach_report for mail in mails):
        for pk in _without_report(lead_ids):
            found[pk] = (*found.get(pk, ()), REPORT)
    return found


def _that_may_be_empty(mails: Sequence[FlowMail]) -> dict[str, TemplateSource]:
    """Those mails that not every lead gets a text of, by what they are called in a reason."""
    sources = {
        f" of mail {mail.number}" if len(mails) > 1 else "": source_of(mail.version)
        for mail in mails
    }
    return {name: one for name, one in sources.items() if compile_template(one).may_be_empty}


def _empty(unsure: Mapping[str, TemplateSource], context: RenderContext) -> tuple[str, ...]:
    parts = {name: empty_part(source, context) for name, source in unsure.items()}
    return tuple(f"the {part}{name} comes out empty" for name, part in parts.items() if part)


def _without_report(lead_ids: Sequence[int]) -> set[int]:
    with_report = Report.objects.filter(lead__in=_ids(lead_ids)).values_list("lead_id", flat=True)
    return set(lead_ids).difference(with_report)


def _ids(lead_ids: Sequence[int]) -> RawSQL:
    """One parameter for any number of ids; `pk__in=lead_ids` would be as many."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(lead_ids)])


def _contexts(lead_ids: Sequence[int], names: set[str]) -> Iterator[tuple[int, RenderContext]]:
    """Each lead with what `names` ask for."""
    fields = sorted(_lead_fields(names))
    cids = {name.removeprefix(_LEAD_CID): "given" for name in names if name.startswith(_LEAD_CID)}
    urls = {name.removeprefix(_STATIC_URL) for name in names if name.startswith(_STATIC_URL)}
    keys = ImageAsset.objects.filter(key__in=urls).values_list("key", flat=True) if urls else []
    image_urls = dict.fromkeys(keys, "given")
    leads = (
        Lead.objects.filter(pk__in=_ids(lead_ids))
        .annotate(has_picture=has_image() if cids else Value(False, output_field=BooleanField()))
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


def _names(requirements: Iterable[Requirement], unsure: Mapping[str, TemplateSource]) -> set[str]:
    names: set[str] = set()
    for source in unsure.values():
        names.update(compile_template(source).variables.mentioned)
    for need in requirements:
        names.update(need.any_of, need.facts.blank, *need.facts.present)
    return names


def _lead_fields(names: Iterable[str]) -> set[str]:
    """Columns of Lead behind the dotted names."""
    fields = {name.removeprefix("lead.") for name in names if name.startswith("lead.")}
    if "full_name" in fields:
        fields |= {"first_name", "last_name"}
    return fields & (set(LEAD_FIELDS) - {"full_name"})
