"""Fetch from a provider what its webhook only points to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from time import monotonic

import requests
from django.conf import settings
from urllib3.exceptions import HTTPError

_PATIENCE = (5, 20)  # seconds to connect, and between two pieces
_PIECE = 64 * 1024
# For all of it: a store that drips holds up others.
_MOST_SECONDS = 30


def fetch(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    """What `url` answers. Raises requests.RequestException for anything but a 200 of a size that
    a webhook may have itself, in _MOST_SECONDS. No redirects: nobody else gets the key in
    `headers`."""
    ends = monotonic() + _MOST_SECONDS
    with requests.get(
        url, headers=headers, timeout=_PATIENCE, stream=True, allow_redirects=False
    ) as answer:
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"The provider answered {answer.status_code}.")
        content = bytearray()
        for piece in _pieces(answer):
            content += piece
            if monotonic() >= ends:
                raise requests.Timeout(f"The provider took longer than {_MOST_SECONDS} seconds.")
            if len(content) > settings.INBOUND_MAX_BYTES:
                raise requests.exceptions.ContentDecodingError(
                    f"The provider's answer exceeds {settings.INBOUND_MAX_BYTES} bytes."
                )
    return bytes(content)


def _pieces(answer: requests.Response) -> Iterator[bytes]:
    """As they come: iter_content() would wait until each is full."""
    try:
        while piece := answer.raw.read1(_PIECE, decode_content=True):
            yield piece
    except HTTPError as problem:
        raise requests.ConnectionError(problem) from problem
