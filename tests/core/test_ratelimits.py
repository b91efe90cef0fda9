"""Limits over Valkey, in memory and in PostgreSQL."""

import threading
import time
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.db import connection

from apps.core import ratelimits, valkey
from apps.core.models import RateCount
from apps.core.ratelimits import Limit

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
committing = pytest.mark.django_db(transaction=True)


@pytest.fixture
def without_valkey(settings, monkeypatch):
    """A Valkey that refuses connections; returns how often it was tried."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())
    tried = []
    connect = redis.Connection.connect
    monkeypatch.setattr(redis.Connection, "connect", lambda self: (tried.append(1), connect(self)))
    return tried


def limit(quota, window=60, *, strict=False):
    return Limit(name="test", subject=uuid.uuid4().hex, quota=quota, window_seconds=window, is_strict=strict)


def seconds_between(low, high):
    """Compare like a number between two others."""
    return pytest.approx((low + high) / 2, abs=(high - low) / 2)


@pytest.mark.parametrize("away", [False, True], ids=["valkey", "memory"])
def test_a_limit_allows_its_quota_and_says_when_the_next_call_may_come(away, request):
    if away:
        request.getfixturevalue("without_valkey")
    three = limit(3)

    decisions = [ratelimits.check([three]) for _ in range(5)]

    assert [decision.allowed for decision in decisions] == [True, True, True, False, False]
    assert [decision.remaining for decision in decisions] == [2, 1, 0, 0, 0]
    assert decisions[0].headers() == {"RateLimit": '"test";r=2;t=60', "RateLimit-Policy": '"test";q=3;w=60'}
    assert decisions[4].headers() == {
        "RateLimit": '"test";r=0;t=60',
        "RateLimit-Policy": '"test";q=3;w=60',
        "Retry-After": "60",
    }


@pytest.mark.slow
@pytest.mark.parametrize("away", [False, True], ids=["valkey", "memory"])
def test_the_window_slides(away, request):
    if away:
        request.getfixturevalue("without_valkey")
    one = limit(1, window=1)

    first = ratelimits.check([one]).allowed
    wait = ratelimits.check([one]).reset_after
    time.sleep(wait + 0.02)

    assert (first, ratelimits.check([one]).allowed) == (True, True)


@pytest.mark.parametrize("away", [False, True], ids=["valkey", "memory"])
def test_a_call_that_one_limit_refuses_counts_against_none(away, request):
    if away:
        request.getfixturevalue("without_valkey")
    narrow, wide = limit(1), limit(10)

    for _ in range(4):
        refused = ratelimits.check([narrow, wide])

    assert (refused.allowed, refused.limit) == (False, narrow)
    assert ratelimits.check([wide]).remaining == 8


@pytest.mark.parametrize("away", [False, True], ids=["valkey", "memory"])
def test_a_forgiven_call_does_not_count(away, request):
    if away:
        request.getfixturevalue("without_valkey")
    one = limit(1)
    for _ in range(5):
        decision = ratelimits.check([one])
        assert decision.allowed
        ratelimits.forgive(decision)


def test_tiers_decide_the_daily_quota(settings):
    settings.RATE_TIERS = {"free": 2, "premium": None}
    free, premium = f"user:{uuid.uuid4()}", f"user:{uuid.uuid4()}"

    answers = [ratelimits.general(free, tier="free") for _ in range(3)]
    unlimited = [ratelimits.general(premium, tier="premium").allowed for _ in range(20)]

    assert [answer.allowed for answer in answers] == [True, True, False]
    assert answers[2].headers()["RateLimit-Policy"] == '"burst";q=100;w=10, "daily";q=2;w=86400'
    assert 86_395 < int(answers[2].headers()["Retry-After"]) <= 86_400
    assert all(unlimited)


def test_no_limits_allow_and_say_nothing():
    decision = ratelimits.check([])

    assert (decision.allowed, decision.headers()) == (True, {})


@pytest.mark.usefixtures("without_valkey")
@committing
def test_guesses_are_counted_in_the_database_while_valkey_is_away(settings):
    settings.RATE_AUTH_PER_ACCOUNT = 3
    account = f"{uuid.uuid4()}@example.org"

    answers = [ratelimits.auth(address=f"10.0.0.{n}", account=account.upper() if n else account) for n in range(5)]

    assert [answer.allowed for answer in answers] == [True, True, True, False, False]
    assert answers[4].limit.name == "auth-account"
    assert 0 < int(answers[4].headers()["Retry-After"]) <= 360
    assert RateCount.objects.get(subject=f"auth-account:{account}").count == 3


@pytest.mark.usefixtures("without_valkey")
@committing
def test_a_success_is_given_back_in_the_database_too(settings):
    settings.RATE_AUTH_PER_ACCOUNT = 1
    for _ in range(4):
        decision = ratelimits.auth(address="10.0.0.1", account="a@example.org")
        assert decision.allowed
        ratelimits.forgive(decision)


@pytest.mark.django_db
def test_the_database_lets_no_more_through_than_the_quota_in_any_window():
    three = limit(3, window=100, strict=True)
    times = [AT + timedelta(seconds=seconds) for seconds in range(0, 1000, 3)]
    allowed = [at for at in times if ratelimits._count_in_database([three], at)[0]]

    busiest = max(sum(1 for other in allowed if at <= other < at + timedelta(seconds=100)) for at in allowed)
    assert busiest == 3
    assert len(allowed) >= 24  # at least 80 % of 3 in 100 s


@pytest.mark.slow
@committing
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "twin"])
def test_guesses_at_the_same_moment_cannot_pass_the_limit_together(locked, without_valkey, monkeypatch):
    five = limit(5, strict=True)
    if not locked:
        all_counted = threading.Barrier(20, timeout=10)
        count = ratelimits._counted

        def count_together(*arguments):
            counted = count(*arguments)
            all_counted.wait()
            return counted

        monkeypatch.setattr(ratelimits, "_counted", count_together)
        monkeypatch.setattr(ratelimits, "_lock", lambda limits: None)
    allowed = in_threads(20, lambda: ratelimits.check([five]).allowed)

    assert (sum(allowed) == 5) is locked


def in_threads(count, function):
    """Call a function in so many threads at the same moment; return what they returned."""
    ready = threading.Barrier(count, timeout=10)
    found = []

    def run():
        try:
            ready.wait()
            found.append(function())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.slow
def test_calls_at_the_same_moment_cannot_pass_the_limit_together():
    twenty = limit(20)

    allowed = in_threads(60, lambda: ratelimits.check([twenty]).allowed)

    assert sum(allowed) == 20


def test_a_dead_valkey_is_asked_once_and_not_by_every_call(without_valkey):
    many = limit(1000)
    began = time.monotonic()

    allowed = [ratelimits.check([many]).allowed for _ in range(200)]

    assert all(allowed)
    assert len(without_valkey) <= 2
    assert time.monotonic() - began < 0.2


@pytest.mark.django_db
def test_prune_removes_old_counts():
    for days in (1, 3):
        RateCount.objects.create(subject="x", window_started_at=AT - timedelta(days=days), count=1)

    assert ratelimits.prune(now=AT) == 1
