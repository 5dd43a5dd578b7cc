"""Which leads have a value for everything that a mail prints about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from mailsuite.lib.var_keys import is_var_key, why_no_key

# Of each group a lead must have at least one: (("lead.company",), ("vars.rooms", "lead.city")).
Groups = Sequence[Sequence[str]]
# What a lead should have when no template is in view.
WITHOUT_TEMPLATE: Groups = (("lead.company",), ("lead.url",))

_BLANKABLE = frozenset(
    {
        "first_name", "last_name", "title", "company", "city", "country", "url", "domain",
        "image_key", "list_name", "source", "tier", "stage",
    }
)  # fmt: skip
_ALWAYS_FILLED = frozenset({"email", "score"})
_SYNONYMS = {"bedrijf": "company"}


# Answers what a template asks of a lead, by its id; raises UnknownTemplate. Leads know nothing of
# templates, so whoever knows both puts it here when the apps are loaded (campaigns.apps).
RequiredBy = Callable[[int], Groups]
_required_by_template: RequiredBy | None = None


class UnknownTemplate(ValueError):
    """There is no such template, or none that mails can be made of. The message says which."""


def answer_for_templates(required_by: RequiredBy) -> None:
    global _required_by_template
    _required_by_template = required_by


def required_by_template(template_id: int) -> Groups:
    """What the template needs of every lead. Raises UnknownTemplate."""
    if _required_by_template is None:
        raise UnknownTemplate("No templates are installed.")
    return _required_by_template(template_id)


class UnknownVariable(ValueError):
    """No template can ask that of a lead. The message says what can be asked."""


def is_complete(required: Groups = WITHOUT_TEMPLATE) -> Q:
    """Leads that have one name of every group: names as templates have them, such as
    "lead.company", "vars.rooms" and "image.cid.hero" (the lead's own picture).

    What does not depend on the lead ("campaign.name", "image.url.logo") is taken as given.
    Raises UnknownVariable.
    """
    condition = Q()
    for group in dict.fromkeys(map(tuple, required)):
        condition &= _has_one_of(group)
    return condition


def _has_one_of(names: Sequence[str]) -> Q:
    alternatives = [_has(name) for name in names]
    # What is given fulfils the group; `Q() | other` would be `other`.
    return reduce(or_, alternatives) if all(alternatives) else Q()


def has_image() -> Exists:
    """Leads whose picture is really there, not only named."""
    from leads.models import ImageAsset

    return Exists(ImageAsset.objects.filter(key=OuterRef("image_key")))


def _has(name: str) -> Q:
    namespace, _, key = name.partition(".")
    if namespace == "lead":
        return _has_field(name, _SYNONYMS.get(key, key))
    if namespace == "vars" and is_var_key(key):
        return Q(vars__has_key=key)  # blank ones are never stored
    if namespace == "image" and key.partition(".")[0] == "cid":
        return Q(has_image())
    if name.startswith(("campaign.", "image.url.")):
        return Q()
    if namespace == "vars" and "." not in key:
        raise UnknownVariable(why_no_key(key))
    raise UnknownVariable(
        f"'{name}' is no variable of a template. They look like lead.company, vars.rooms or "
        "image.cid.hero."
    )


def _has_field(name: str, field: str) -> Q:
    if field in _ALWAYS_FILLED:
        return Q()
    if field == "full_name":
        return ~Q(first_name="", last_name="")
    if field in _BLANKABLE:
        return ~Q(**{field: ""})
    known = sorted({*_BLANKABLE, *_ALWAYS_FILLED, "full_name"})
    raise UnknownVariable(f"'{name}' is no field of a lead. There are: {', '.join(known)}.")
