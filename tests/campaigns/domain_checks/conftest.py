from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nameserver import Nameserver, nameserver


@pytest.fixture
def dns() -> Iterator[Nameserver]:
    """A DNS that knows nothing yet."""
    with nameserver() as zone:
        yield zone
