"""Which column of a file is which field of a lead: guessed from the headings, correctable."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mailsuite.lib.var_keys import free_key, is_var_key, var_key

IGNORE = ""
VARS_PREFIX = "vars."
FULL_NAME = "full_name"  # divided over first_name and last_name

# Field → headings, compact (lower case, letters and digits only), likeliest first. Where two
# columns could be the same field, the likelier heading wins, then the column further left.
_HEADINGS: dict[str, tuple[str, ...]] = {
    "email": (
        "email", "emailadres", "emailaddress", "emailadress", "mailadres", "mailaddress",
        "zakelijkemailadres", "zakelijkeemail", "workemail", "businessemail", "contactemail",
        "emailcontactpersoon", "emailcontact", "epost", "mail",
    ),
    "first_name": ("voornaam", "firstname", "givenname", "roepnaam", "forename"),
    "last_name": ("achternaam", "lastname", "surname", "familienaam", "familyname"),
    FULL_NAME: (
        "contactpersoon", "contactperson", "contactnaam", "contactname", "volledigenaam",
        "fullname", "naam", "name", "contact",
    ),
    "title": (
        "functie", "functietitel", "functienaam", "functieomschrijving", "jobtitle", "position",
        "positie", "rol", "role", "title", "titel",
    ),
    "company": (
        "bedrijf", "bedrijfsnaam", "company", "companyname", "organisatie", "organisatienaam",
        "organisation", "organization", "organisationname", "organizationname", "onderneming",
        "firma", "firmanaam", "naambedrijf", "naamorganisatie", "werkgever", "employer",
        "account", "accountname", "accountnaam", "klant", "klantnaam", "business", "businessname",
    ),
    "url": (
        "website", "url", "websiteurl", "webadres", "webaddress", "weburl", "site", "web",
        "homepage", "webpagina", "webpage", "internetadres", "domein", "domain", "domeinnaam",
        "domainname", "www",
    ),
    "city": ("plaats", "stad", "city", "woonplaats", "plaatsnaam", "vestigingsplaats", "town"),
    "country": ("land", "country", "landnaam", "countryname", "landcode", "countrycode"),
    "image_key": ("imagekey", "image", "afbeelding", "afbeeldingsleutel", "picture", "foto"),
    "tags": ("tags", "tag", "labels", "label", "trefwoorden"),
    "tier": ("tier",),
    "stage": ("stage", "fase", "leadstage"),
    "source": ("source", "bron", "herkomst", "leadsource", "leadbron"),
    "score": ("score", "leadscore"),
}  # fmt: skip
TARGETS = tuple(_HEADINGS)
# The columns that a list of refused rows has beside those of the file, so that it can be mended
# and imported again as it is.
REPORT_HEADINGS = (
    "Import row", "Import outcome", "Import column", "Import value", "Import reason",
)  # fmt: skip

_RANKS = {
    heading: (field, rank)
    for field, headings in _HEADINGS.items()
    for rank, heading in enumerate(headings)
}
# As a column of its own it would be taken for the lead's field.
_FIELD_NAMES = frozenset(TARGETS) | {"bedrijf"}


class MappingError(ValueError):
    """The mapping can't be used. The message names the column and the allowed values."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Heading → where its column goes, in the order of the file.

    A target is one of `TARGETS`, `vars.<key>` or `IGNORE`. `notes` tell people of what was
    decided for them. Construction refuses what can't be: two columns for one target, a key
    that a template can't use, no column with addresses.
    """

    targets: Mapping[str, str]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        taken: dict[str, str] = {}
        for heading, target in self.targets.items():
            _check_target(heading, target)
            if target != IGNORE and target in taken:
                raise MappingError(
                    f"The columns '{taken[target]}' and '{heading}' both go to {target}. "
                    "Choose another target for one of them, or leave it out."
                )
            taken[target] = heading
        if "email" not in taken:
            raise _no_addresses(self.targets)


def map_columns(
    headings: Sequence[str],
    unnamed: Collection[str] = frozenset(),
    corrections: Mapping[str, str] | None = None,
) -> ColumnMapping:
    """The mapping of a file: what was corrected, and the rest guessed around it.

    `headings` are unique (`Table.headings`). A heading `vars.kamers` says itself where it goes.
    Columns that nobody knows become vars, those without a heading are left out; a column whose
    field is taken becomes a var too. Raises MappingError, also for a correction of a column that
    the file does not have.
    """
    fixed = dict(corrections or {})
    for heading in fixed:
        if heading not in headings:
            raise MappingError(
                f"The file has no column '{heading}'. It has: {', '.join(headings)}."
            )
    _add_named_vars(headings, fixed)
    free = [heading for heading in headings if heading not in fixed and heading not in unnamed]
    guessed = _guess_fields(free, taken=set(fixed.values()))
    targets: dict[str, str] = {}
    notes: list[str] = []
    keys = _FIELD_NAMES | {target.removeprefix(VARS_PREFIX) for target in fixed.values()}
    for heading in headings:
        if heading in fixed or heading in guessed:
            targets[heading] = fixed.get(heading, guessed.get(heading, IGNORE))
        elif heading in REPORT_HEADINGS:
            targets[heading] = IGNORE
        elif heading in unnamed:
            targets[heading] = IGNORE
            notes.append(
                f"{heading} has no heading and is left out; give it one, or choose where it goes."
            )
        else:
            key = free_key(heading, keys)
            keys = keys | {key}
            targets[heading] = VARS_PREFIX + key
            notes.extend(_var_notes(heading, key))
    return ColumnMapping(targets, tuple(notes))


def _add_named_vars(headings: Sequence[str], fixed: dict[str, str]) -> None:
    for heading in headings:
        target = heading.lower()
        is_named = target.startswith(VARS_PREFIX) and is_var_key(target.removeprefix(VARS_PREFIX))
        if is_named and heading not in fixed and target not in fixed.values():
            fixed[heading] = target


def _guess_fields(headings: Sequence[str], taken: set[str]) -> dict[str, str]:
    """Heading → field, for those headings that are known; each field at most once."""
    ranked = sorted(
        (rank, index, heading, field)
        for index, heading in enumerate(headings)
        for field, rank in [_RANKS.get(_compact(heading), ("", 0))]
        if field
    )
    guessed: dict[str, str] = {}
    for _, _, heading, field in ranked:
        if field not in taken:
            taken = taken | {field}
            guessed[heading] = field
    return _without_double_names(guessed, taken)


def _without_double_names(guessed: dict[str, str], taken: set[str]) -> dict[str, str]:
    """Decide what "Naam" is beside other columns of names: in Flanders it is the surname."""
    whole = next((heading for heading, field in guessed.items() if field == FULL_NAME), None)
    if whole is None or not taken & {"first_name", "last_name"}:
        return guessed
    rest = {heading: field for heading, field in guessed.items() if heading != whole}
    if "last_name" not in taken and _compact(whole) in ("naam", "name"):
        rest[whole] = "last_name"
    return rest


def _compact(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", var_key(heading))


def _var_notes(heading: str, key: str) -> list[str]:
    field, _ = _RANKS.get(_compact(heading), ("", 0))
    if field:
        return [f"'{heading}' looks like {field}, which has its column; kept as vars.{key}."]
    if key != var_key(heading):
        return [f"'{heading}' is kept as vars.{key}, as the name vars.{var_key(heading)} is taken."]
    return []


def _check_target(heading: str, target: str) -> None:
    key = target.removeprefix(VARS_PREFIX)
    if target == IGNORE or target in TARGETS:
        return
    if key != target and is_var_key(key):
        return
    raise MappingError(
        f"Column '{heading}' can't go to '{target}'. Choose one of {', '.join(TARGETS)}; or "
        "vars.<name> with a name of small letters, digits and underscores; or leave it empty to "
        "ignore the column."
    )


def _no_addresses(headings: Collection[str]) -> MappingError:
    if any("@" in heading for heading in headings):
        return MappingError(
            "The first row holds an e-mail address where headings should stand. Put a row with "
            "headings (E-mail, Bedrijf, Website …) above the leads."
        )
    return MappingError(
        "No column is known to hold the e-mail addresses. Give it the heading 'E-mail', or say "
        f"which it is. The file has: {', '.join(headings)}."
    )
