from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailsuite.lib import clock

NOON = datetime(2026, 3, 23, 12, tzinfo=UTC)


def test_a_frozen_clock_stands_still_until_it_is_moved():
    with clock.frozen(NOON) as frozen:
        assert clock.now() == NOON
        frozen.advance(timedelta(minutes=20))
        assert clock.now() == NOON + timedelta(minutes=20)
        frozen.move_to(NOON)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_business_time_is_utc_whatever_zone_it_was_set_in():
    with clock.frozen(datetime(2026, 3, 23, 13, tzinfo=ZoneInfo("Europe/Amsterdam"))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"), clock.frozen(NOON.replace(tzinfo=None)):
        pass


def test_waiting_for_a_clock_that_stands_still_takes_no_time():
    with clock.frozen(NOON):
        clock.wait(timedelta(days=1))
        assert clock.now() == NOON


def test_a_clock_file_is_read_again_each_time_it_is_replaced(tmp_path):
    path = tmp_path / "clock.json"
    clock.write(path, NOON)
    shared = clock.FileClock(path)
    assert shared.now() == NOON
    assert shared.now() == NOON
    clock.write(path, NOON + timedelta(days=1))
    assert shared.now() == NOON + timedelta(days=1)


def test_a_clock_file_with_a_rate_runs_that_much_faster(tmp_path):
    path = tmp_path / "clock.json"
    clock.write(path, NOON, rate=1_000_000)
    shared = clock.FileClock(path)
    first = shared.now()
    assert first > NOON
    assert shared.now() > first


def test_writing_leaves_one_file_and_nothing_beside_it(tmp_path):
    clock.write(tmp_path / "clock.json", NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["clock.json"]
