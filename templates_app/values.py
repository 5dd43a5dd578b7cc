"""What travels between composing and rendering: a template's source, one lead's data, a mail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TemplateSource:
    """What an author wrote. `html` or `text` may be empty, not both; a missing text part is
    made from the HTML."""

    subject: str
    html: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class RenderContext:
    """Everything one mail may say about its lead, its campaign and its pictures.

    `lead` is keyed by the names of `dialect.LEAD_FIELDS`, `campaign` by those of
    `dialect.CAMPAIGN_FIELDS`; `vars` by the custom columns. `image_cids` maps a picture's key
    to its Content-ID without brackets, `image_urls` to an https address. Absent and blank are
    the same thing.
    """

    lead: Mapping[str, object]
    vars: Mapping[str, object] = field(default_factory=dict)
    campaign: Mapping[str, object] = field(default_factory=dict)
    image_cids: Mapping[str, str] = field(default_factory=dict)
    image_urls: Mapping[str, str] = field(default_factory=dict)
    # The sender's own HTML: put where the template says {{ signature }}, else at the end.
    signature_html: str = ""

    def text_of(self, name: str) -> str:
        """The value of a dotted variable such as `lead.company` as text; "" where it has none.

        Pictures are `image.cid.<key>` (answers "cid:…") and `image.url.<key>`.
        """
        namespace, _, key = name.partition(".")
        if namespace == "lead":
            if key == "full_name":
                return self._full_name()
            return as_text(self.lead.get(key))
        if namespace == "vars":
            return as_text(self.vars.get(key))
        if namespace == "campaign":
            return as_text(self.campaign.get(key))
        return self._picture(key)

    def _full_name(self) -> str:
        given = as_text(self.lead.get("full_name"))
        parts = (as_text(self.lead.get("first_name")), as_text(self.lead.get("last_name")))
        return given or " ".join(part for part in parts if part)

    def _picture(self, key: str) -> str:
        kind, _, image_key = key.partition(".")
        if kind == "url":
            return self.image_urls.get(image_key, "")
        cid = self.image_cids.get(image_key, "")
        return f"cid:{cid}" if cid else ""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail ready to be composed: sanitised, CSS inlined, every part within its limit.

    `html` is "" for a mail of text only. `inline_images` and `static_images` are the keys of the
    pictures that the HTML really shows. `missing` is only ever filled by a preview.
    """

    subject: str
    html: str
    text: str
    inline_images: tuple[str, ...] = ()
    static_images: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a template is refused: in which part and line (from 1), what, and the way out."""

    part: str
    line: int
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.part}, line {self.line}: {self.what} {self.mend}".rstrip()


class TemplateRefused(ValueError):
    """The source is not acceptable; `problems` names every place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MissingVariables(ValueError):
    """This lead has no value for something that the mail prints; `names` are all of them."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(
            f"No value for {', '.join(self.names)}. Fill it in for this lead, or give the "
            "template a fallback such as {{ first_name|default('collega') }}."
        )


class RenderFailed(ValueError):
    """The template could not be made into a mail for this lead; `problem` says where and why."""

    def __init__(self, part: str, what: str, mend: str = "", line: int = 1) -> None:
        self.problem = Problem(part, line, what, mend)
        super().__init__(str(self.problem))


class CameOutEmpty(RenderFailed):
    """Nothing is left of the subject or of the mail once its conditions are decided; `part` says
    of which."""

    def __init__(self, part: str, mend: str) -> None:
        self.part = part
        super().__init__("html" if part == "mail" else part, f"The {part} comes out empty.", mend)


def as_text(value: object) -> str:
    """A value as a mail prints it: no None, no False, no "3.0" for a whole number, no edges."""
    if isinstance(value, str):
        return value.strip()
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
