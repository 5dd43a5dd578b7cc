"""How the mail server is to behave: a file of rules that is replaced in one step."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

DROP, SILENCE, GARBAGE = "DROP", "SILENCE", "GARBAGE"


@dataclass(frozen=True, slots=True)
class Rule:
    """At `verb`, answer `reply` instead of the usual ("" keeps that), after `delay` seconds.

    A verb is CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, QUIT; BODY is the answer to the end
    of a mail that was taken, TAKE the end of one that is not. A reply is a line, DROP, SILENCE or
    GARBAGE. `times` None: for good. `name` is unique within a run: its uses are counted by it.
    """

    name: str
    verb: str
    reply: str = ""
    times: int | None = None
    delay: float = 0.0
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    rules: tuple[Rule, ...] = ()
    greylist_minutes: int = 0
    offers_login: bool = True
    offers_tls: bool = False


def write_script(path: Path, script: Script) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(asdict(script)))
    draft.replace(path)


def read_script(path: Path) -> Script:
    values = json.loads(path.read_text())
    rules = tuple(Rule(**rule) for rule in values.pop("rules"))
    return Script(rules=rules, **values)
