"""flufl.bounce's detectors for some thirty dialects, kept within bounds.

They know where the address stands in each; which of them refused for good they don't tell
reliably, so only the addresses are taken.
"""

from __future__ import annotations

import email
import logging
import re
from email.policy import compat32

from flufl.bounce import all_failures

# Its detectors go over all lines, some of them once for each line.
_MOST_BYTES = 60_000
_MOST_LINES = 800
_LONGEST_LINE = 500
# The nesting that email.parser's time grows with.
_MOST_BOUNDARIES = 12

# It logs a traceback wherever a detector stumbles over a mail that isn't its own.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

_LONG_LINE = re.compile(rb"([^\n]{%d})[^\n]+" % _LONGEST_LINE)


def addresses_by_dialect(raw: bytes) -> list[str]:
    """Failed and delayed addresses, lower case, in a fixed order; none where it can't say."""
    cut = raw[:_MOST_BYTES]
    if cut.lower().count(b"boundary") > _MOST_BOUNDARIES:
        return []
    cut = b"\n".join(_LONG_LINE.sub(rb"\1", cut).split(b"\n")[:_MOST_LINES])
    try:
        temporary, permanent = all_failures(email.message_from_bytes(cut, policy=compat32))
    except Exception:  # it raises IndexError, LookupError and others on real mails
        return []
    found = {*temporary, *permanent}
    return sorted({address.decode("ascii", "ignore").lower() for address in found} - {""})
