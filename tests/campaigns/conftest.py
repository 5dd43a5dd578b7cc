from pathlib import Path

import pytest

from tests.campaigns.letters import PUBLIC


@pytest.fixture
def places(settings, tmp_path: Path) -> None:
    """Where recipients reach us, and where this test's files are."""
    settings.PUBLIC_URL = PUBLIC
    settings.MEDIA_ROOT = tmp_path
