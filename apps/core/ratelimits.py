"""How often one caller may do something.

A limit counts exactly: never more than ``quota`` within any ``window_seconds``. Counts live in Valkey, shared by all
processes, and are taken in one round trip for all limits of a call. While Valkey is away, general limits count in each
process's memory; the limits that keep guessers out (*strict*) count in PostgreSQL, a little more severely, and fail
closed with it.
"""

import math
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from apps.core import metrics, valkey
from apps.core.models import RateCount

DAY = 86_400
SLICES = 5  # windows in PostgreSQL are counted in slices; one more than fills the window is looked at
MEMORY_KEYS = 20_000


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most ``quota`` calls of one subject within ``window_seconds``. ``name`` is shown to callers."""

    name: str
    subject: str
    quota: int
    window_seconds: int
    is_strict: bool = False

    @property
    def key(self) -> str:
        """The name of its count."""
        return f"{self.name}:{self.subject}"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether a call may go on, and what to tell the caller.

    ``limit`` is the one that refused, else the one with the least left; ``reset_after`` is in seconds, until the oldest
    call of it no longer counts. Without limits ``limit`` is None.
    """

    allowed: bool
    limit: Limit | None = None
    remaining: int = 0
    reset_after: float = 0.0
    limits: Sequence[Limit] = ()
    receipt: str = field(default="", repr=False)
    counter: str = field(default="", repr=False)

    def headers(self) -> dict[str, str]:
        """Return ``RateLimit``, ``RateLimit-Policy`` and, for a refusal, ``Retry-After``."""
        if self.limit is None:
            return {}
        seconds = math.ceil(self.reset_after)
        headers = {
            "RateLimit-Policy": ", ".join(
                f'"{each.name}";q={each.quota};w={each.window_seconds}' for each in self.limits
            ),
            "RateLimit": f'"{self.limit.name}";r={self.remaining};t={seconds}',
        }
        return headers if self.allowed else {**headers, "Retry-After": str(max(seconds, 1))}


@dataclass(frozen=True, kw_only=True)
class _Count:
    remaining: int
    reset_after: float


# --- The groups -------------------------------------------------------------------------------------------------------
def general(caller: str, *, tier: str | None) -> Decision:
    """Count a call of the API. ``caller`` is unique, such as ``user:12``; without a ``tier`` it is an address."""
    limits = [Limit(name="burst", subject=caller, quota=settings.RATE_BURST_CALLS, window_seconds=10)]
    if tier is None:
        limits.append(Limit(name="anonymous", subject=caller, quota=settings.RATE_ANONYMOUS_CALLS, window_seconds=60))
    elif (quota := settings.RATE_TIERS[tier]) is not None:
        limits.append(Limit(name="daily", subject=caller, quota=quota, window_seconds=DAY))
    return check(limits)


def ai(caller: str, *, tier: str) -> Decision:
    """Count a call that an AI provider is paid for."""
    return check(
        [
            Limit(name="ai-burst", subject=caller, quota=settings.RATE_AI_BURST_CALLS, window_seconds=60),
            Limit(name="ai-daily", subject=caller, quota=settings.RATE_AI_TIERS[tier], window_seconds=DAY),
        ]
    )


def auth(*, address: str, account: str = "") -> Decision:
    """Count an attempt to prove who one is, by address and, where one is named, by account.

    Give a successful attempt back with ``forgive``: a class that signs in behind one address never meets the limit.
    """
    limits = [
        Limit(
            name="auth-address",
            subject=address,
            quota=settings.RATE_AUTH_PER_ADDRESS,
            window_seconds=300,
            is_strict=True,
        )
    ]
    if account:
        limits.append(
            Limit(
                name="auth-account",
                subject=account.casefold(),
                quota=settings.RATE_AUTH_PER_ACCOUNT,
                window_seconds=300,
                is_strict=True,
            )
        )
    return check(limits)


# --- Counting ---------------------------------------------------------------------------------------------------------
def check(limits: Sequence[Limit]) -> Decision:
    """Count one call against all of these limits, or against none of them when one refuses."""
    if not limits:
        return Decision(allowed=True)
    receipt = secrets.token_hex(8)
    try:
        allowed, counts = _count_in_valkey(limits, receipt)
        counter = "valkey"
    except valkey.Unreachable:
        if any(limit.is_strict for limit in limits):
            allowed, counts = _count_in_database(limits, timezone.now())
            counter = "database"
        else:
            allowed, counts = _memory.count(limits, receipt)
            counter = "memory"
    decision = _decide(limits, allowed, counts)
    if not allowed:
        metrics.calls_refused.labels(decision.limit.name if decision.limit else "").inc()
        return decision
    return replace(decision, receipt=receipt, counter=counter)


def forgive(decision: Decision) -> None:
    """Give an allowed call back, as if it had not been made."""
    if not decision.allowed or decision.limit is None:
        return
    if decision.counter == "database":
        _forgive_in_database(decision.limits, timezone.now())
    elif decision.counter == "memory":
        _memory.forgive(decision.limits, decision.receipt)
    else:
        try:
            valkey.attempt(lambda server: _remove(server, decision))
        except valkey.Unreachable:
            return  # the count it stood in is not used now, and has forgotten it when it is


def _decide(limits: Sequence[Limit], allowed: bool, counts: Sequence[_Count]) -> Decision:
    pairs = list(zip(limits, counts, strict=True))
    if allowed:
        limit, count = min(pairs, key=lambda pair: pair[1].remaining / max(pair[0].quota, 1))
    else:
        limit, count = max((pair for pair in pairs if pair[1].remaining <= 0), key=lambda pair: pair[1].reset_after)
    return Decision(
        allowed=allowed,
        limit=limit,
        remaining=max(count.remaining, 0),
        reset_after=max(count.reset_after, 0.0),
        limits=tuple(limits),
    )


_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed = 1
local used = {}
for i, key in ipairs(KEYS) do
    redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - ARGV[2 * i + 1] * 1000000))
    used[i] = redis.call('ZCARD', key)
    if used[i] >= tonumber(ARGV[2 * i]) then allowed = 0 end
end
local answer = {allowed}
for i, key in ipairs(KEYS) do
    local window = ARGV[2 * i + 1] * 1000000
    if allowed == 1 then
        redis.call('ZADD', key, string.format('%.0f', now), ARGV[1])
        redis.call('PEXPIRE', key, ARGV[2 * i + 1] * 1000)
        used[i] = used[i] + 1
    end
    local oldest = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
    local reset = 0
    if oldest[2] then reset = oldest[2] + window - now end
    answer[#answer + 1] = ARGV[2 * i] - used[i]
    answer[#answer + 1] = string.format('%.0f', reset)
end
return answer
"""


def _count_in_valkey(limits: Sequence[Limit], receipt: str) -> tuple[bool, list[_Count]]:
    arguments: list[Any] = [receipt]
    for limit in limits:
        arguments += [limit.quota, limit.window_seconds]
    answer = valkey.attempt(lambda server: server.register_script(_SCRIPT)(keys=_keys(limits), args=arguments))
    counts = [
        _Count(remaining=int(answer[index]), reset_after=int(answer[index + 1]) / 1e6)
        for index in range(1, len(answer), 2)
    ]
    return bool(answer[0]), counts


def _keys(limits: Sequence[Limit]) -> list[str]:
    return [f"{settings.VALKEY_PREFIX}:rate:{limit.key}" for limit in limits]


def _remove(server: Any, decision: Decision) -> None:
    pipeline = server.pipeline(transaction=False)
    for key in _keys(decision.limits):
        pipeline.zrem(key, decision.receipt)
    pipeline.execute()


class _Memory:
    """The same count in this process alone. The least recently used keys are forgotten, which only favours callers."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, deque[tuple[float, str]]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, limits: Sequence[Limit], receipt: str) -> tuple[bool, list[_Count]]:
        now = time.monotonic()
        with self._lock:
            calls = [self._recent(limit, now) for limit in limits]
            allowed = all(len(made) < limit.quota for made, limit in zip(calls, limits, strict=True))
            if allowed:
                for made in calls:
                    made.append((now, receipt))
            return allowed, [
                _Count(
                    remaining=limit.quota - len(made),
                    reset_after=made[0][0] + limit.window_seconds - now if made else 0.0,
                )
                for made, limit in zip(calls, limits, strict=True)
            ]

    def forgive(self, limits: Sequence[Limit], receipt: str) -> None:
        with self._lock:
            for limit in limits:
                kept = deque(call for call in self._calls.get(limit.key, ()) if call[1] != receipt)
                self._calls[limit.key] = kept

    def _recent(self, limit: Limit, now: float) -> deque[tuple[float, str]]:
        made = self._calls.pop(limit.key, None)
        if made is None:
            made = deque()
        while made and made[0][0] <= now - limit.window_seconds:
            made.popleft()
        self._calls[limit.key] = made
        if len(self._calls) > MEMORY_KEYS:
            self._calls.popitem(last=False)
        return made


_memory = _Memory()


# --- Counting in PostgreSQL -------------------------------------------------------------------------------------------
def _count_in_database(limits: Sequence[Limit], now: datetime) -> tuple[bool, list[_Count]]:
    with transaction.atomic():
        _lock(limits)
        counts = [_counted(limit, now) for limit in limits]
        allowed = all(count.remaining > 0 for count in counts)
        if allowed:
            for limit in limits:
                _add(limit, now)
            counts = [replace(count, remaining=count.remaining - 1) for count in counts]
    return allowed, counts


def _lock(limits: Sequence[Limit]) -> None:
    with connection.cursor() as cursor:
        for key in sorted(limit.key for limit in limits):  # sorted, so that two calls never wait for each other
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"rate:{key}"])


def _counted(limit: Limit, now: datetime) -> _Count:
    """Count the last ``SLICES + 1`` slices, which hold at least the window."""
    current, length = _slice(limit, now)
    made = RateCount.objects.filter(subject=limit.key, window_started_at__gt=current - (SLICES + 1) * length)
    used = made.aggregate(total=Sum("count"))["total"] or 0
    oldest = made.filter(count__gt=0).order_by("window_started_at").values_list("window_started_at", flat=True).first()
    reset = (oldest + (SLICES + 1) * length - now).total_seconds() if oldest else 0.0
    return _Count(remaining=limit.quota - used, reset_after=reset)


def _add(limit: Limit, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_ratecount AS known (subject, window_started_at, count) VALUES (%s, %s, 1)"
            " ON CONFLICT (subject, window_started_at) DO UPDATE SET count = known.count + 1",
            [limit.key, _slice(limit, now)[0]],
        )


def _forgive_in_database(limits: Sequence[Limit], now: datetime) -> None:
    for limit in limits:
        RateCount.objects.filter(subject=limit.key, window_started_at=_slice(limit, now)[0], count__gt=0).update(
            count=F("count") - 1
        )


def _slice(limit: Limit, now: datetime) -> tuple[datetime, timedelta]:
    """Return when the present slice of a window began, and how long it is."""
    length = limit.window_seconds / SLICES
    return datetime.fromtimestamp(now.timestamp() // length * length, UTC), timedelta(seconds=length)


def prune(*, now: datetime) -> int:
    """Remove counts of windows long over; return how many."""
    removed, _by_model = RateCount.objects.filter(window_started_at__lt=now - timedelta(days=2)).delete()
    return removed
