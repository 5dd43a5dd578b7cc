"""Why a mail was refused, from a provider's own verdict and the words of the server behind it."""

from __future__ import annotations

from tracking.reading import Reason, Verdict
from tracking.reading.diagnosis import diagnose

# Say no more than that it was refused.
_VAGUE = (Reason.OTHER, Reason.TEMPORARY, Reason.ADDRESS_SYNTAX)


def refusal(*, is_permanent: bool | None, words: str, status: str = "") -> Reason:
    """`is_permanent`: the provider's verdict, None where it has none. `words`: what the server
    said, "" where the provider does not repeat it. `status`: an enhanced code (RFC 3463).

    The words win where they give a reason, for providers call many a block "hard"; an address
    that the provider does not give up on is never condemned.
    """
    reason = diagnose(words, status)
    if is_permanent and reason in _VAGUE:
        return Reason.UNKNOWN_USER
    if is_permanent is False and reason.verdict is Verdict.HARD:
        return Reason.TEMPORARY
    return reason
