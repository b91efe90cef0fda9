"""The way to Valkey that survives its absence.

Everything kept there can be done without for a while, so a failure is an ordinary answer: ``attempt`` raises
``Unreachable``, at once while the breaker is open, and the caller does the second-best thing.
"""

import threading
import time
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.core import metrics

Answer = TypeVar("Answer")

TIMEOUT_SECONDS = 0.05
REST_SECONDS = (0.5, 1.0, 2.0, 5.0)  # how long Valkey is left alone after the first, second, … failure in a row


class Unreachable(Exception):
    """Valkey did not answer, or did not a moment ago."""


class Breaker:
    """Remembers that the other side is away, so that only one caller per rest pays for finding out."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the last attempt failed."""
        return self._failures > 0

    def allows(self) -> bool:
        """Tell whether to try. While open, one caller after each rest may; the others are told no meanwhile."""
        if not self._failures:
            return True
        with self._lock:
            now = self._clock()
            if now < self._closed_again_at:
                return False
            self._closed_again_at = now + self._rest()
            return True

    def succeeded(self) -> None:
        """The other side is back."""
        if self._failures:
            with self._lock:
                self._failures = 0

    def failed(self) -> None:
        """The other side did not answer."""
        with self._lock:
            self._failures += 1
            self._closed_again_at = self._clock() + self._rest()

    def _rest(self) -> float:
        return REST_SECONDS[min(self._failures, len(REST_SECONDS)) - 1]


breaker = Breaker()


@lru_cache(maxsize=4)
def client(url: str) -> redis.Redis:
    """Return the process's client of a server: it waits ``TIMEOUT_SECONDS`` at most and never repeats by itself."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
    )


def attempt(operation: Callable[[redis.Redis], Answer]) -> Answer:
    """Return what ``operation`` makes of the client; raise ``Unreachable`` when Valkey is away.

    A connection that a restart of the server had cut is replaced once. Errors of the command itself are not caught.
    """
    if not breaker.allows():
        raise Unreachable("Valkey did not answer a moment ago.")
    server = client(settings.REDIS_URL)
    try:
        answer = _with_fresh_connection(server, operation)
    except (redis.ConnectionError, redis.TimeoutError, OSError) as error:
        breaker.failed()
        metrics.valkey_failures.labels(type(error).__name__).inc()
        raise Unreachable(f"Valkey does not answer: {type(error).__name__}.") from error
    breaker.succeeded()
    return answer


def _with_fresh_connection(server: redis.Redis, operation: Callable[[redis.Redis], Answer]) -> Answer:
    try:
        return operation(server)
    except redis.TimeoutError:
        raise
    except redis.ConnectionError:
        server.connection_pool.disconnect()
        return operation(server)
