"""Valkey away: the breaker, the cache, and what the cache must not bring back."""

import socket
import time

import pytest
from django.core.cache import cache as default_cache
from hypothesis import given
from hypothesis import strategies as st

from apps.core import cache as cache_module
from apps.core import valkey

DEAD = "redis://127.0.0.1:1/0"


@pytest.fixture
def cache():
    default_cache.clear()
    yield default_cache
    default_cache.clear()
    cache_module._lost.clear()


@pytest.fixture
def cut(settings, monkeypatch):
    """Switch Valkey off and on: ``cut(True)``, ``cut(False)``."""
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())
    address = settings.REDIS_URL

    def switch(away):
        settings.REDIS_URL = DEAD if away else address
        valkey.breaker.succeeded()

    return switch


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_breaker_lets_one_caller_try_after_each_rest():
    clock = Clock()
    breaker = valkey.Breaker(clock)
    breaker.failed()

    at_once = [breaker.allows() for _ in range(3)]
    clock.now += valkey.REST_SECONDS[0]
    later = [breaker.allows() for _ in range(3)]
    breaker.succeeded()

    assert (at_once, later) == ([False] * 3, [True, False, False])
    assert [breaker.allows() for _ in range(3)] == [True] * 3


@given(st.lists(st.floats(min_value=0.001, max_value=3), max_size=200))
def test_breaker_tries_no_more_often_than_its_rests_allow(steps):
    clock = Clock()
    breaker = valkey.Breaker(clock)
    tries = 0
    for step in steps:
        clock.now += step
        if breaker.allows():
            tries += 1
            breaker.failed()

    assert tries <= 5 + sum(steps) / valkey.REST_SECONDS[-1]


@pytest.mark.slow
def test_a_valkey_that_hangs_costs_its_timeout_once(settings, monkeypatch):
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        began = time.monotonic()
        for _ in range(100):
            with pytest.raises(valkey.Unreachable):
                valkey.attempt(lambda server: server.ping())
        took = time.monotonic() - began

    assert valkey.TIMEOUT_SECONDS <= took < 3 * valkey.TIMEOUT_SECONDS + 0.1


def test_a_connection_cut_by_a_restart_is_replaced_unnoticed(settings):
    valkey.attempt(lambda server: server.ping())
    valkey.client.cache_clear()
    ours = valkey.attempt(lambda server: server.client_id())
    other = valkey.client.__wrapped__(settings.REDIS_URL)
    other.client_kill_filter(_id=str(ours))

    assert valkey.attempt(lambda server: server.ping()) is True
    other.close()


def test_cache_stores_counts_and_forgets(cache):
    cache.set("a", {"n": 1})
    cache.set_many({"b": 2, "c": 3})

    assert cache.get_many(["a", "b", "c", "d"]) == {"a": {"n": 1}, "b": 2, "c": 3}
    assert (cache.incr("b"), cache.add("b", 9), cache.has_key("c"), cache.delete("c"), cache.get("c", "none")) == (
        3, False, True, True, "none",
    )  # fmt: skip


@pytest.mark.parametrize("use", ["rate:burst:user:1", "broker:work"])
def test_clear_removes_what_is_cached_and_leaves_counts_and_messages_alone(use, cache, settings):
    other = f"{settings.VALKEY_PREFIX}:{use}"
    valkey.attempt(lambda server: server.set(other, 1))
    cache.set("a", 1)

    cache.clear()

    assert cache.get("a") is None
    assert valkey.attempt(lambda server: server.delete(other)) == 1


def test_without_valkey_the_cache_is_empty_and_takes_no_locks(cache, cut):
    cache.set("a", 1)
    cut(True)

    assert cache.get("a", "default") == "default"
    assert cache.get_many(["a"]) == {}
    assert (cache.add("lock", 1), cache.has_key("a"), cache.touch("a"), cache.delete("a")) == (False,) * 4
    assert cache.set_many({"x": 1}) == ["x"]
    assert cache.get_or_set("y", lambda: 5) == 5
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


@pytest.mark.parametrize(
    "change",
    [
        lambda cache: cache.set("a", "new"),
        lambda cache: cache.delete("a"),
        lambda cache: cache.delete_many(["a"]),
        lambda cache: cache.set_many({"a": "new"}),
    ],
)
def test_a_change_that_got_lost_does_not_let_the_old_value_come_back(change, cache, cut):
    cache.set("a", "old")
    cache.set("b", "untouched")
    cut(True)
    change(cache)
    cut(False)

    assert (cache.get("a"), cache.get("b")) == (None, "untouched")


def test_after_too_many_lost_changes_everything_is_forgotten(cache, cut, monkeypatch):
    monkeypatch.setattr(cache_module, "REMEMBERED_WRITES", 3)
    cache.set_many({f"k{number}": number for number in range(6)})
    cut(True)
    for number in range(5):
        cache.delete(f"k{number}")
    cut(False)

    assert cache.get_many([f"k{number}" for number in range(6)]) == {}
