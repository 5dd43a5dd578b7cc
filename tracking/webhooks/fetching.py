"""Fetch from a provider what its webhook only points to."""

from __future__ import annotations

from collections.abc import Mapping

import requests
from django.conf import settings

_PATIENCE = (5, 20)  # seconds to connect, and between two pieces
_PIECE = 64 * 1024


def fetch(url: str, headers: Mapping[str, str] | None = None) -> bytes:
    """What `url` answers. Raises requests.RequestException for anything but a 200 of a size that
    a webhook may have itself. No redirects: nobody else gets the key in `headers`."""
    with requests.get(
        url, headers=headers, timeout=_PATIENCE, stream=True, allow_redirects=False
    ) as answer:
        if answer.status_code != requests.codes.ok:
            raise requests.HTTPError(f"The provider answered {answer.status_code}.")
        content = bytearray()
        for piece in answer.iter_content(_PIECE):
            content += piece
            if len(content) > settings.INBOUND_MAX_BYTES:
                raise requests.exceptions.ContentDecodingError(
                    f"The provider's answer exceeds {settings.INBOUND_MAX_BYTES} bytes."
                )
    return bytes(content)
