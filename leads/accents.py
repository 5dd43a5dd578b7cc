"""Letters without their accents, in Python and in PostgreSQL alike: "Zée" is found as "zee".

`unaccent` would do it, but is not in every PostgreSQL that we run on and may not stand in a
generated column. Both sides therefore divide each letter from its accents (Unicode's NFD), and
leave these out. One long list of whole letters would be simpler, and costs an import of 100,000
leads eight seconds more.
"""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not divide.
_WHOLE = "øØłŁđĐħĦı"
# Grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, hook, ring, double acute, caron,
# horn, dot below, comma below, cedilla, ogonek.
_MARKS = (
    "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c"
    "\u031b\u0323\u0326\u0327\u0328"
)

# Arguments of PostgreSQL's translate(): what has no counterpart in PLAIN is left out.
ACCENTED = _WHOLE + _MARKS
PLAIN = "oOlLdDhHi"

_TABLE = str.maketrans(_WHOLE, PLAIN, _MARKS)


def without_accents(text: str) -> str:
    """The same as translate(normalize(text, NFD), ACCENTED, PLAIN)."""
    return unicodedata.normalize("NFD", text).translate(_TABLE)
