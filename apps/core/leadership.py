"""One at a time: a process that must be alone holds an advisory lock of PostgreSQL; others wait to take its seat."""

import contextlib
import hashlib
import threading
from collections.abc import Iterator

import psycopg
from django.db import connection

POLL_SECONDS = 0.5


def seat_number(name: str) -> int:
    """Return the number of the advisory lock behind a seat."""
    return int.from_bytes(hashlib.sha256(f"lectern:{name}".encode()).digest()[:8], "big", signed=True)


@contextlib.contextmanager
def seat(name: str, *, stop: threading.Event) -> Iterator[psycopg.Connection | None]:
    """Wait for a seat, hold it inside the block; yields the connection that holds it, or None once ``stop`` is set.

    The seat is lost with that connection, which its holder notices at its next statement on it. Work that would not
    bear a second holder for a moment locks its rows as well. Raises ``psycopg.OperationalError`` while PostgreSQL is away.
    """
    # asked again and again rather than waited for in SQL: a waiting statement would hold back the vacuum
    with contextlib.closing(_own_connection()) as own:
        while not stop.is_set():
            if own.execute("SELECT pg_try_advisory_lock(%s)", [seat_number(name)]).fetchone() == (True,):
                yield own
                return
            stop.wait(POLL_SECONDS)
        yield None


def _own_connection() -> psycopg.Connection:
    """Return a connection outside Django's pool: the lock lives exactly as long as it does."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    own = psycopg.connect(**parameters, autocommit=True)
    # a holder whose machine vanished loses the seat within half a minute
    own.execute(
        "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false), "
        "set_config('tcp_keepalives_count', '3', false)"
    )
    return own
