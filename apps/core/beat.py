"""The process that keeps the schedule."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import structlog
from django import db
from django.utils import timezone

from apps.core import leadership, schedule
from apps.core.models import ScheduleRun

log = structlog.get_logger(__name__)

TICK_SECONDS = 0.25
THREADS = 4
SLOW_SECONDS = 30
RECONNECT_SECONDS = (0.1, 0.5, 1.0, 2.0)
LOST = (psycopg.OperationalError, psycopg.InterfaceError, db.OperationalError, db.InterfaceError)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Beat:
    """Runs what is due until told to stop. Any number may run; one is active. An entry never runs beside itself here."""

    def __init__(self, entries: Sequence[schedule.Entry] | None = None) -> None:
        self.entries = schedule.entries() if entries is None else entries
        self.stop = threading.Event()
        self._last: dict[str, datetime] = {}
        self._running: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="beat")

    def run(self) -> None:
        """Work until ``stop`` is set. A database that is away is waited for, however long."""
        losses = 0
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                self._hold_seat()
            except LOST as error:
                losses = losses + 1 if time.monotonic() - began < max(RECONNECT_SECONDS) else 0
                wait = RECONNECT_SECONDS[min(losses, len(RECONNECT_SECONDS) - 1)]
                log.warning("beat_lost_database", error=str(error), again_in_seconds=wait)
                self.stop.wait(wait)
            finally:
                db.connections.close_all()
        self._pool.shutdown(wait=True)

    def recall(self, now: datetime) -> None:
        """Read when each entry ran last. One that never ran is due now, a daily one at its next time."""
        ran = dict(ScheduleRun.objects.values_list("name", "started_at"))
        for entry in self.entries:
            self._last[entry.name] = ran.get(entry.name, now if entry.at else LONG_AGO)

    def tick(self, now: datetime) -> list[Future[None]]:
        """Begin what is due and does not run yet; return what was begun."""
        begun = []
        for entry in self.entries:
            running = self._running.get(entry.name)
            if running is not None and not running.done():
                continue
            if entry.is_due(self._last[entry.name], now):
                self._last[entry.name] = now
                self._running[entry.name] = self._pool.submit(_run, entry, now)
                begun.append(self._running[entry.name])
        return begun

    def _hold_seat(self) -> None:
        with leadership.seat("beat", stop=self.stop) as seat:
            if seat is None:
                return
            log.info("beat_active", entries=len(self.entries))
            self.recall(timezone.now())
            db.connections.close_all()
            while not self.stop.is_set():
                seat.execute("SELECT 1")  # raises when the seat was lost with its connection
                self.tick(timezone.now())
                self.stop.wait(TICK_SECONDS)


def _run(entry: schedule.Entry, now: datetime) -> None:
    """Run one entry and note it; whatever it raises is noted, not passed on."""
    error = ""
    began = time.monotonic()
    try:
        entry.action(now)
    except Exception as raised:  # one entry's failure is no other's
        error = f"{type(raised).__name__}: {raised}"[:2000]
        log.exception("scheduled_entry_failed", entry=entry.name)
    seconds = time.monotonic() - began
    if seconds > SLOW_SECONDS:
        log.warning("scheduled_entry_slow", entry=entry.name, seconds=round(seconds, 1), remedy="let it enqueue a job")
    try:
        ScheduleRun.objects.update_or_create(
            name=entry.name, defaults={"started_at": now, "finished_at": timezone.now(), "error": error}
        )
    except db.Error as lost:
        log.warning("scheduled_run_not_noted", entry=entry.name, error=str(lost))
    finally:
        db.connections.close_all()
