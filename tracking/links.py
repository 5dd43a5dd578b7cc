"""Read the links that composing put into the mail: ids and the token that proves them."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from mailsuite.lib import tokens

_BIGINT_DIGITS = 18  # every number this short fits the column; no id of ours is longer


def proven_ids(request: HttpRequest, purpose: tokens.Purpose, *names: str) -> tuple[int, ...]:
    """The ids in the query's `names`, in that order, proved by its token `t`.

    Raises Http404 for a token that was not made for exactly these ids and this purpose.
    """
    ids = tuple(_id(request.GET.get(name, "")) for name in names)
    try:
        tokens.verify(request.GET.get("t", ""), purpose, *ids)
    except tokens.InvalidToken:
        raise Http404("no such link") from None
    return ids


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > _BIGINT_DIGITS:
        raise Http404("no such link")
    return int(text)
