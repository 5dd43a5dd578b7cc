"""Saving a template: checked, tried out, and kept as a version that never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import IntegrityError, transaction
from django.db.models import Max

from mailsuite.lib.errors import Conflict, Refusal
from templates_app import list_cache
from templates_app.advice import warnings_for
from templates_app.models import Template, TemplateVersion
from templates_app.trial import accept
from templates_app.values import Problem, TemplateRefused, TemplateSource
from templates_app.variables import Variables

_LONGEST = {"name": 200, "description": 500, "subject": 998}
_LONGEST_VARIABLE = 200


@dataclass(frozen=True, slots=True)
class SavedTemplate:
    """`version` is the current one, which is new only where a part has changed; `warnings` are
    for the author."""

    template: Template
    version: TemplateVersion
    warnings: tuple[str, ...]


def save_template(
    template: Template | None = None,
    *,
    name: str | None = None,
    description: str | None = None,
    subject: str | None = None,
    html: str | None = None,
    text: str | None = None,
    by: AbstractBaseUser | None = None,
) -> SavedTemplate:
    """Make a template, or change what is given of `template`.

    The source is read and rendered in a process of its own first (about half a second), outside
    any transaction. Raises Refusal naming the part and line that is not acceptable, Conflict for
    a name that is taken and for a template that somebody else has saved meanwhile.
    """
    before = template.current_version if template else None
    template = template or Template()
    _describe(template, name=name, description=description)
    old = source_of(before) if before else TemplateSource("", "")
    source = TemplateSource(
        old.subject if subject is None else subject.strip(),
        old.html if html is None else html,
        old.text if text is None else text,
    )
    if before is not None and source == old:
        _store(template)
        return SavedTemplate(template, before, warnings_for(source))
    version = _version(source, _accepted(source), by)
    _store(template, version, before)
    return SavedTemplate(template, version, warnings_for(source))


@transaction.atomic
def delete_template(template: Template, *, at: datetime) -> None:
    """Out of every list; its name is free again. Campaigns that send it go on: they hold its
    version. `at` is business time."""
    Template.objects.filter(pk=template.pk, deleted_at=None).update(deleted_at=at)
    transaction.on_commit(list_cache.forget)


def source_of(version: TemplateVersion) -> TemplateSource:
    return TemplateSource(version.subject, version.html, version.text)


def _describe(template: Template, **changes: str | None) -> None:
    for field, value in changes.items():
        if value is not None:
            setattr(template, field, value.strip())
            _check_length(field, value.strip())
    if not template.name:
        raise Refusal("Give the template a name.", fields={"name": "is empty"})


def _check_length(field: str, value: str) -> None:
    if len(value) > _LONGEST[field]:
        raise Refusal(
            f"The {field} has {len(value)} characters; {_LONGEST[field]} fit. Shorten it.",
            fields={field: f"is longer than {_LONGEST[field]} characters"},
        )


def _accepted(source: TemplateSource) -> Variables:
    _check_length("subject", source.subject)
    try:
        variables = accept(source)
    except TemplateRefused as refused:
        fields = _by_part(refused.problems)
        raise Refusal(str(refused), fields=fields, code="template_refused") from refused
    for variable in variables.mentioned:
        if len(variable) > _LONGEST_VARIABLE:
            raise Refusal(
                f"The variable {variable[:60]}… has a name of {len(variable)} characters; "
                f"{_LONGEST_VARIABLE} fit. Give the picture a shorter key.",
                fields={"html": "has a variable with too long a name"},
            )
    return variables


def _by_part(problems: Iterable[Problem]) -> dict[str, str]:
    """Field of the template → what is wrong in it, a line for each problem."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        field = "html" if problem.part == "template" else problem.part
        found.setdefault(field, []).append(f"Line {problem.line}: {problem.what} {problem.mend}")
    return {field: "\n".join(line.rstrip() for line in lines) for field, lines in found.items()}


def _version(
    source: TemplateSource, variables: Variables, by: AbstractBaseUser | None
) -> TemplateVersion:
    return TemplateVersion(
        subject=source.subject,
        html=source.html,
        text=source.text,
        required_variables=list(variables.required),
        created_by=by if isinstance(by, User) else None,
    )


@transaction.atomic
def _store(
    template: Template,
    version: TemplateVersion | None = None,
    based_on: TemplateVersion | None = None,
) -> None:
    if version is not None and based_on is not None:
        _refuse_if_changed_since(template, based_on)
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError:
        raise Conflict(
            f"There is a template named “{template.name}” already. Choose another name.",
            fields={"name": "is taken"},
            code="name_taken",
        ) from None
    if version is not None:
        version.template = template
        version.number = 1 + (template.versions.aggregate(last=Max("number"))["last"] or 0)
        version.save()
        template.current_version = version
        template.save(update_fields=["current_version", "updated_at"])
    transaction.on_commit(list_cache.forget)


def _refuse_if_changed_since(template: Template, based_on: TemplateVersion) -> None:
    """Two people at one template: the second learns of the first, instead of undoing their work.
    The lock keeps it true until the transaction ends."""
    current = Template.objects.select_for_update().values_list("current_version_id", flat=True)
    if current.get(pk=template.pk) != based_on.pk:
        raise Conflict(
            f"Somebody has saved “{template.name}” a moment ago. Load it again and repeat your "
            "change.",
            code="changed_meanwhile",
        )
