"""Clients of the API for tests of any app; what is of one app alone stands in its own folder."""

import pytest

from tests.clients import ApiClient, client_in_group


@pytest.fixture
def marketer(db: None) -> ApiClient:
    return client_in_group("marketer")


@pytest.fixture
def viewer(db: None) -> ApiClient:
    return client_in_group("viewer")
