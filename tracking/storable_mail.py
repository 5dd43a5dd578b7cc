"""A mail without what PostgreSQL can't store: strangers write NUL and halves of letters too."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar

from mailsuite.lib.storable import storable
from tracking.reading import ReadMail

Part = TypeVar("Part")


def storable_mail(mail: ReadMail) -> ReadMail:
    return _cleaned(mail)


def _cleaned(part: Part) -> Part:
    if isinstance(part, str) and not isinstance(part, Enum):
        return storable(part)  # type: ignore[return-value]
    if isinstance(part, tuple):
        return tuple(map(_cleaned, part))  # type: ignore[return-value]
    if is_dataclass(part) and not isinstance(part, type):
        values = {field.name: _cleaned(getattr(part, field.name)) for field in fields(part)}
        return replace(part, **values)
    return part
