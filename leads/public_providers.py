"""Mail domains at which anybody can have an address: who shares one is nobody's colleague."""

from __future__ import annotations

from pathlib import Path

# With any ending: outlook.com, outlook.be, hotmail.co.uk.
_ANYWHERE = frozenset(
    {
        "aol", "gmail", "gmx", "googlemail", "hotmail", "icloud", "live", "outlook", "posteo",
        "protonmail", "rocketmail", "tutanota", "yahoo", "yandex", "ymail", "zohomail",
    }
)  # fmt: skip

# Providers of access and of mail in the Netherlands and around it, and those of the world whose
# name alone would be too common a word above. One domain a line.
_EXACTLY = frozenset(Path(__file__).with_name("public_providers.txt").read_text().split())

# Behind the name: one label, or two where a country keeps second-level endings (.co.uk).
_SECOND_LEVEL = frozenset({"co", "com", "net", "org"})


def is_public_provider(domain: str) -> bool:
    """Whether this e-mail domain (lower case, ASCII) is one for everybody."""
    if domain in _EXACTLY:
        return True
    name, *ending = domain.split(".")
    plain = len(ending) == 1 or (len(ending) == 2 and ending[0] in _SECOND_LEVEL)
    return plain and name in _ANYWHERE
