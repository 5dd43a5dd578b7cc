from pathlib import Path

import pytest

from tests.clients import ApiClient, client_in_group


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def marketer(db: None) -> ApiClient:
    return client_in_group("marketer")


@pytest.fixture
def viewer(db: None) -> ApiClient:
    return client_in_group("viewer")
