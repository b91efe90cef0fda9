"""The process between facts and their consumers."""

import threading
import time
from datetime import timedelta

import psycopg
import structlog
from django import db
from django.utils import timezone

from apps.core import leadership, outbox
from apps.core.events import WAKE_CHANNEL

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.0
RECONNECT_SECONDS = (0.1, 0.5, 1.0, 2.0)
LOST = (psycopg.OperationalError, psycopg.InterfaceError, db.OperationalError, db.InterfaceError)


class Relay:
    """Stamps facts and hands them on until told to stop. Any number may run; one is active."""

    def __init__(self, registry: outbox.Registry = outbox.registry) -> None:
        self.registry = registry
        self.stop = threading.Event()

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
                log.warning("relay_lost_database", error=str(error), again_in_seconds=wait)
                self.stop.wait(wait)
            finally:
                db.connections.close_all()

    def round(self) -> float | None:
        """Stamp and hand on once; return the seconds until something is due again, None when only news brings work."""
        waits: list[float] = []
        if outbox.stamp() == outbox.STAMP_BATCH:
            waits.append(0)
        for consumer in self.registry.consumers():
            wait = outbox.hand_on(consumer, now=timezone.now())
            if wait is not None:
                waits.append(wait)
        return min(waits, default=None)

    def drain(self, *, within: timedelta = timedelta(seconds=30)) -> None:
        """Hand on everything there is, waiting for refused facts too. Raises TimeoutError when that takes too long."""
        end = time.monotonic() + within.total_seconds()
        outbox.register_cursors(self.registry.consumers())
        while (wait := self.round()) is not None:
            if time.monotonic() + wait > end:
                raise TimeoutError(f"The facts were not handed on within {within}.")
            time.sleep(wait)

    def _hold_seat(self) -> None:
        with leadership.seat("relay", stop=self.stop) as seat:
            if seat is None:
                return
            log.info("relay_active")
            seat.execute(f"LISTEN {WAKE_CHANNEL}")
            outbox.register_cursors(self.registry.consumers())
            while not self.stop.is_set():
                self._serve(seat)

    def _serve(self, seat: psycopg.Connection) -> None:
        try:
            wait = self.round()
        except LOST:
            raise
        except Exception:  # a mistake of ours in one round must not end the relay
            log.exception("relay_round_failed")
            wait = None
        # raises when the seat was lost with its connection
        for _notification in seat.notifies(
            timeout=POLL_SECONDS if wait is None else min(wait, POLL_SECONDS), stop_after=1
        ):
            pass
