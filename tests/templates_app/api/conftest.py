from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """What a test rolled back must not be remembered by the next."""
    cache.clear()
    yield
    cache.clear()
