"""A token bucket in the process's memory, for guards that must cost nothing and survive everything."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class Bucket:
    """Lets each key do ``capacity`` things at once and ``per_second`` more each second after that.

    Counts in this process alone, for at most ``keys`` keys; the least recently used is forgotten, which only ever favours
    the caller. ``clock`` returns seconds.
    """

    def __init__(
        self, *, capacity: int, per_second: float, keys: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.capacity = capacity
        self.per_second = per_second
        self._keys = keys
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: Hashable) -> int | None:
        """Take one token of ``key``; return how many whole ones are left, or None when there was none to take."""
        now = self._clock()
        with self._lock:
            level, at = self._levels.pop(key, (float(self.capacity), now))
            level = min(self.capacity, level + (now - at) * self.per_second)
            is_allowed = level >= 1
            if is_allowed:
                level -= 1
            self._levels[key] = (level, now)
            if len(self._levels) > self._keys:
                self._levels.popitem(last=False)
        return int(level) if is_allowed else None
