from __future__ import annotations

import pytest
import redis
from django.conf import settings as project

from campaigns.domain_lock import domain_lock


@pytest.fixture(autouse=True)
def empty_redis():
    redis.Redis.from_url(project.REDIS_URL).flushdb()


def test_one_worker_at_a_time_serves_a_domain():
    with domain_lock(1) as first, domain_lock(1) as second, domain_lock(2) as other:
        assert (first, second, other) == (True, False, True)


def test_the_lock_is_free_again_afterwards_even_when_the_work_failed():
    with pytest.raises(RuntimeError), domain_lock(1):
        raise RuntimeError
    with domain_lock(1) as is_ours:
        assert is_ours


def test_who_never_had_the_lock_does_not_release_it():
    with domain_lock(1):
        with domain_lock(1):
            pass
        with domain_lock(1) as third:
            assert not third


def test_a_lock_that_has_gone_to_another_meanwhile_is_left_to_it():
    slow = domain_lock(1)
    assert slow.__enter__()
    redis.Redis.from_url(project.REDIS_URL).flushdb()
    with domain_lock(1) as second:
        slow.__exit__(None, None, None)
        with domain_lock(1) as third:
            assert (second, third) == (True, False)


def test_a_lock_that_redis_forgot_is_no_error():
    with domain_lock(1) as is_ours:
        redis.Redis.from_url(project.REDIS_URL).flushdb()
    assert is_ours


def test_without_redis_the_work_is_done_all_the_same(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    with domain_lock(1) as is_ours:
        assert is_ours
