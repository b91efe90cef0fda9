"""What happens by the clock. Each app registers its entries in its ``handlers.py``::

    @schedule.every("exams.finish_overdue_sessions", seconds=5)
    def finish_overdue_sessions(now): ...

    @schedule.daily("core.prune", at="03:10")
    def prune(now): ...

Entries run inside the beat process, so they go on while Valkey is away; what takes longer than a few seconds enqueues a job.
An entry may run a second time (a process can die in it), so doing it twice must come to the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

Action = Callable[[datetime], object]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something done every ``every``, or once a day at ``at`` (UTC)."""

    name: str
    action: Action
    every: timedelta | None = None
    at: time | None = None

    def due_at(self, last: datetime) -> datetime:
        """Return when it is due after the run that began at ``last``."""
        if self.at is None:
            return last + (self.every or timedelta())
        today = datetime.combine(last.astimezone(UTC).date(), self.at, tzinfo=UTC)
        return today if today > last else today + timedelta(days=1)

    def is_due(self, last: datetime, now: datetime) -> bool:
        """Whether to run it. A clock that was set back makes it due rather than wait for the old time to come again."""
        return now >= self.due_at(last) or now < last - timedelta(minutes=1)

    def rhythm(self) -> str:
        """Say how often, for people."""
        return f"daily at {self.at:%H:%M} UTC" if self.at else f"every {self.every}"


_entries: dict[str, Entry] = {}


def every(name: str, *, seconds: float) -> Callable[[Action], Action]:
    """Register an action that runs every so many seconds, first a moment after the start. It is given the time."""
    return _register(name, every=timedelta(seconds=seconds))


def daily(name: str, *, at: str) -> Callable[[Action], Action]:
    """Register an action that runs once a day at ``HH:MM`` UTC, or as soon as possible after."""
    return _register(name, at=time.fromisoformat(at))


def entries() -> Sequence[Entry]:
    """All entries, by name."""
    return [_entries[name] for name in sorted(_entries)]


def _register(name: str, *, every: timedelta | None = None, at: time | None = None) -> Callable[[Action], Action]:
    def register(action: Action) -> Action:
        if name in _entries:
            raise ValueError(f"Two entries of the schedule are called {name!r}.")
        _entries[name] = Entry(name=name, action=action, every=every, at=at)
        return action

    return register
