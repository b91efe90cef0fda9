"""Django's cache over Valkey, for which an unreachable server is an empty cache."""

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient

from apps.core import valkey

Answer = TypeVar("Answer")

REMEMBERED_WRITES = 10_000
# Django makes one cache object per thread; what got lost is known to the whole process
_lost: set[str] = set()
_lost_lock = threading.Lock()


class SurvivingCache(RedisCache):
    """Reads find nothing and writes do nothing while Valkey is away.

    Keys whose change did not arrive are removed before the cache is used again, so that no process reads a value it
    knows to be outdated; past ``REMEMBERED_WRITES`` of them the whole cache is cleared instead.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._attempt(lambda: RedisCache.get(self, key, default, version), default)

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        wanted = list(keys)
        return self._attempt(lambda: RedisCache.get_many(self, wanted, version), {}) if wanted else {}

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._attempt(lambda: RedisCache.has_key(self, key, version), False)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Return False while Valkey is away: whoever uses this as a lock does not hold it."""
        return self._attempt(lambda: RedisCache.add(self, key, value, timeout, version), False)

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._attempt(lambda: RedisCache.set(self, key, value, timeout, version), None, [key], version)

    def set_many(
        self, data: Mapping[str, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> list[str]:
        """Return the keys that were not stored."""
        return self._attempt(lambda: RedisCache.set_many(self, data, timeout, version), list(data), data, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return self._attempt(lambda: RedisCache.touch(self, key, timeout, version), False)

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raise ValueError for a missing key, which every key is while Valkey is away."""
        counted = self._attempt(lambda: RedisCache.incr(self, key, delta, version), None, [key], version)
        if counted is None:
            raise ValueError(f"Key {key!r} not found.")
        return counted

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._attempt(lambda: RedisCache.delete(self, key, version), False, [key], version)

    def delete_many(self, keys: Iterable[str], version: int | None = None) -> None:
        unwanted = list(keys)
        self._attempt(lambda: RedisCache.delete_many(self, unwanted, version), None, unwanted, version)

    def clear(self) -> bool:
        """Remove what this cache holds; other uses of the same server keep theirs."""
        return self._attempt(self._remove_all, False)

    def _attempt(
        self, operation: Callable[[], Answer], absent: Answer, changed: Iterable[str] = (), version: int | None = None
    ) -> Answer:
        try:
            if _lost:
                self._remove_lost()
            return operation()
        except valkey.Unreachable:
            _remember(self.make_and_validate_key(key, version=version) for key in changed)
            return absent

    def _remove_lost(self) -> None:
        with _lost_lock:
            if len(_lost) > REMEMBERED_WRITES:
                self._remove_all()
            elif _lost:
                self._cache.delete_many(list(_lost))
            _lost.clear()

    def _remove_all(self) -> bool:
        return valkey.attempt(lambda server: _remove_matching(server, f"{self.key_prefix}:*"))


class _Client(RedisCacheClient):
    """Django's commands, each through the breaker."""

    def add(self, key: str, value: Any, timeout: int | None) -> bool:
        return valkey.attempt(lambda server: RedisCacheClient.add(self, key, value, timeout))

    def get(self, key: str, default: Any) -> Any:
        return valkey.attempt(lambda server: RedisCacheClient.get(self, key, default))

    def set(self, key: str, value: Any, timeout: int | None) -> None:
        valkey.attempt(lambda server: RedisCacheClient.set(self, key, value, timeout))

    def touch(self, key: str, timeout: int | None) -> bool:
        return valkey.attempt(lambda server: RedisCacheClient.touch(self, key, timeout))

    def delete(self, key: str) -> bool:
        return valkey.attempt(lambda server: RedisCacheClient.delete(self, key))

    def get_many(self, keys: Iterable[str]) -> dict[str, Any]:
        return valkey.attempt(lambda server: RedisCacheClient.get_many(self, keys))

    def has_key(self, key: str) -> bool:
        return valkey.attempt(lambda server: RedisCacheClient.has_key(self, key))

    def incr(self, key: str, delta: int) -> int:
        return valkey.attempt(lambda server: RedisCacheClient.incr(self, key, delta))

    def set_many(self, data: Mapping[str, Any], timeout: int | None) -> None:
        valkey.attempt(lambda server: RedisCacheClient.set_many(self, data, timeout))

    def delete_many(self, keys: Iterable[str]) -> None:
        valkey.attempt(lambda server: RedisCacheClient.delete_many(self, keys))

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        """Return the process's own client; ``LOCATION`` names the same server."""
        return valkey.client(settings.REDIS_URL)


def _remember(keys: Iterable[str]) -> None:
    with _lost_lock:
        for key in keys:
            if len(_lost) <= REMEMBERED_WRITES:
                _lost.add(key)


def _remove_matching(server: Any, pattern: str) -> bool:
    keys = list(server.scan_iter(match=pattern, count=1000))
    for start in range(0, len(keys), 1000):
        server.unlink(*keys[start : start + 1000])
    return bool(keys)
