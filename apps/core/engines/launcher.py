"""Starts and stops the engines together, under one lock."""

import os
from dataclasses import dataclass
from pathlib import Path

from apps.core.engines import postgres, valkey
from apps.core.engines.addresses import (
    POSTGRES_SECRET,
    VALKEY_SECRET,
    Endpoints,
    EngineAddresses,
    read_endpoints,
    recorded_addresses,
    write_endpoints,
)
from apps.core.engines.credentials import ensure_secret
from apps.core.engines.errors import EngineError
from apps.core.engines.layout import EngineLayout, layout_for
from apps.core.engines.locking import engine_lock
from apps.core.engines.ports import free_port, is_free
from apps.core.engines.processes import wait_until

PORT_SECONDS = 1  # a killed server's port is free a moment after the server is gone
START_ATTEMPTS = 5  # each with a new port, should a stranger take one between our look and the server's


@dataclass(frozen=True, kw_only=True)
class EngineStatus:
    """Process numbers of the servers that run; None for one that does not, or that is someone else's business."""

    postgres_pid: int | None
    valkey_pid: int | None


def ensure_running(var: Path) -> EngineAddresses:
    """Start what does not run yet and return when both engines accept connections.

    An engine whose URL the environment gives (``DATABASE_URL``, ``REDIS_URL``) is left alone. Safe to call from many
    processes at once, and after any kind of crash.
    """
    var = var.resolve()
    if not (_is_ours("DATABASE_URL") or _is_ours("REDIS_URL")):
        addresses = recorded_addresses(var)
    else:
        with engine_lock(var):
            layout = layout_for(var)
            _start(layout)
            addresses = recorded_addresses(var)
    if addresses is None:
        raise EngineError(f"The engines of {var} run, but {var / 'run'} or {var / 'secrets'} was changed meanwhile.")
    return addresses


def stop(var: Path) -> list[str]:
    """Stop the engines of ``var``; returns the names of those that ran."""
    var = var.resolve()
    if not var.exists():
        return []
    with engine_lock(var):
        layout = layout_for(var)
        stopped = {"valkey": valkey.stop(layout), "postgres": postgres.stop(layout)}
    return [name for name, did_run in stopped.items() if did_run]


def status(var: Path) -> EngineStatus:
    """Asks the process table only, so it costs well under a millisecond and may be called often."""
    var = var.resolve()
    if not var.exists():
        return EngineStatus(postgres_pid=None, valkey_pid=None)
    layout = layout_for(var)
    return EngineStatus(
        postgres_pid=postgres.running_pid(layout) if _is_ours("DATABASE_URL") else None,
        valkey_pid=valkey.running_pid(layout) if _is_ours("REDIS_URL") else None,
    )


def _is_ours(variable: str) -> bool:
    return not os.environ.get(variable)


def _start(layout: EngineLayout) -> None:
    password = ensure_secret(layout.var, VALKEY_SECRET)
    for _ in range(START_ATTEMPTS):
        endpoints = _endpoints_for(layout)
        if _is_ours("REDIS_URL"):
            valkey.launch(layout, port=endpoints.valkey_port, password=password)
        try:
            if _is_ours("DATABASE_URL"):
                database_password = ensure_secret(layout.var, POSTGRES_SECRET)
                postgres.start(layout, port=endpoints.postgres_port, password=database_password)
        except postgres.PortTaken:
            continue
        if not _is_ours("REDIS_URL") or valkey.wait_ready(layout, port=endpoints.valkey_port, password=password):
            return
    raise EngineError(
        f"The engines of {layout.var} did not start in {START_ATTEMPTS} attempts; {layout.logs} says what they met."
    )


def _endpoints_for(layout: EngineLayout) -> Endpoints:
    """The recorded endpoints, with a new port for an engine that does not run and lost its port to a stranger."""
    known = read_endpoints(layout.var)
    postgres_port = known.postgres_port if known else 0
    valkey_port = known.valkey_port if known else 0
    if postgres.running_pid(layout) is None and not _can_keep(postgres_port):
        postgres_port = free_port(layout.var, "postgres")
    if valkey.running_pid(layout) is None and not _can_keep(valkey_port):
        valkey_port = free_port(layout.var, "valkey", avoid=postgres_port)
    endpoints = Endpoints(
        postgres_port=postgres_port,
        valkey_port=valkey_port,
        socket_directory=postgres.socket_directory(layout, postgres_port),
    )
    if endpoints != known:
        write_endpoints(layout.var, endpoints)
    return endpoints


def _can_keep(port: int) -> bool:
    """Whether a recorded port is (or is about to be) free. Keeping it matters: running processes hold its URL."""
    return port != 0 and wait_until(lambda: is_free(port), seconds=PORT_SECONDS)
