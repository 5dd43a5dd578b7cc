import pytest

from tests.clients import ApiClient, client_in_group


@pytest.fixture
def marketer(db: None) -> ApiClient:
    return client_in_group("marketer")


@pytest.fixture
def viewer(db: None) -> ApiClient:
    return client_in_group("viewer")
