from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.clients import ApiClient, client_in_group


@pytest.fixture
def marketer(db: None) -> ApiClient:
    return client_in_group("marketer")


@pytest.fixture
def viewer(db: None) -> ApiClient:
    return client_in_group("viewer")


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """What a test rolled back must not be remembered by the next."""
    cache.clear()
    yield
    cache.clear()
