"""The embedded PostgreSQL: made once, started after any kind of end, stopped in order."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil

from apps.core.engines.addresses import DATABASE_NAME, DATABASE_USER
from apps.core.engines.binaries import PostgresPrograms, find_postgres
from apps.core.engines.credentials import replace_file
from apps.core.engines.errors import EngineError
from apps.core.engines.layout import EngineLayout
from apps.core.engines.logs import log_tail, open_log
from apps.core.engines.ports import is_free
from apps.core.engines.processes import find_pids, is_running, recorded_pid, wait_until

START_SECONDS = 600  # recovery after a crash replays the log since the last checkpoint; it must be let finish
ORPHAN_SECONDS = 120
REMOVAL_SECONDS = 20
MAX_CONNECTIONS = 120
SETTINGS_FILE = "lectern.conf"
MEBIBYTE = 1024 * 1024


class PortTaken(Exception):
    """The recorded port belongs to someone else by now."""


def running_pid(layout: EngineLayout) -> int | None:
    pid = recorded_pid(layout.postgres_data / "postmaster.pid")
    return pid if is_running(pid, layout.postgres_data) else None


def is_ready(layout: EngineLayout) -> bool:
    """Whether the running server accepts connections, by the status line it keeps in its pid file."""
    try:
        lines = (layout.postgres_data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready" and running_pid(layout) is not None


def socket_directory(layout: EngineLayout, port: int) -> str:
    """Where the unix socket goes, or an empty string when its path would be longer than systems allow (103 bytes)."""
    longest = os.fsencode(layout.sockets / f".s.PGSQL.{port}.lock")
    return str(layout.sockets) if len(longest) <= 103 else ""


def start(layout: EngineLayout, *, port: int, password: str) -> None:
    """Return when the server accepts connections, having started it if needed."""
    if running_pid(layout) is None:
        programs = _reachable_programs(layout)
        _ensure_data(layout, programs, password)
        _refuse_other_version(layout, programs)
        _start_server(layout, programs, port)
    if not wait_until(lambda: is_ready(layout), seconds=START_SECONDS):
        raise EngineError(
            f"PostgreSQL in {layout.postgres_data} did not become ready in {START_SECONDS} s.\n"
            f"{log_tail(layout, 'postgres')}"
        )


def stop(layout: EngineLayout) -> bool:
    """End the server, sessions included; False when none ran."""
    if running_pid(layout) is None:
        return False
    programs = _reachable_programs(layout)
    command: list[str | Path] = [
        programs.directory / "pg_ctl",
        "-D",
        layout.postgres_data,
        "-m",
        "fast",
        "-w",
        "-t",
        "120",
        "stop",
    ]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, **layout.run_as())
    if ended.returncode and running_pid(layout):
        raise EngineError(f"PostgreSQL in {layout.postgres_data} did not stop: {ended.stderr.strip()}")
    return True


def _reachable_programs(layout: EngineLayout) -> PostgresPrograms:
    found = find_postgres()
    postgres = layout.program(found.directory / "postgres", trees=found.trees)
    return PostgresPrograms(directory=postgres.parent, major=found.major)


def _ensure_data(layout: EngineLayout, programs: PostgresPrograms, password: str) -> None:
    """Create the cluster with its database. A marker outlives an interrupted creation, which is then begun again."""
    data = layout.postgres_data
    marker = layout.home / ".creating_postgresql"
    if (data / "PG_VERSION").exists() and not marker.exists():
        return
    marker.touch()
    _remove_unfinished(data)
    layout.own_directory(data)
    password_file = layout.home / ".postgres_password"
    replace_file(password_file, password, mode=0o600)
    layout.give(password_file)
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8"] if programs.major >= 17 else ["--locale=C.UTF-8"]
    _run(
        layout,
        [
            programs.directory / "initdb",
            *("-D", data, "-U", DATABASE_USER, "-A", "scram-sha-256", "--pwfile", password_file),
            *("-E", "UTF8", *locale, "--no-sync", "--no-instructions"),
        ],
    )
    password_file.unlink()
    with open(data / "postgresql.conf", "a") as settings:
        settings.write(
            f"\n# Written anew at each start; ALTER SYSTEM overrides it.\ninclude_if_exists = '{SETTINGS_FILE}'\n"
        )
    single_user: list[str | Path] = [programs.directory / "postgres", "--single", "-D", data, "postgres"]
    _run(layout, single_user, text=f"CREATE DATABASE {DATABASE_NAME};\n")
    _run(layout, [programs.directory / "initdb", "-D", data, "--sync-only"])
    marker.unlink()


def _remove_unfinished(data: Path) -> None:
    """Remove what an interrupted creation wrote, and is perhaps still writing: initdb outlives a killed launcher."""

    def is_gone() -> bool:
        for pid in find_pids(lambda arguments: str(data) in arguments):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(data, ignore_errors=True)
        return not data.exists()

    if not wait_until(is_gone, seconds=REMOVAL_SECONDS):
        raise EngineError(f"{data} is left from an interrupted start and cannot be removed. Remove it by hand.")


def _cluster_name(layout: EngineLayout) -> str:
    """Shown in the title of every session's process, and so how those of a killed server are recognised."""
    return "lectern-" + hashlib.sha256(os.fsencode(layout.postgres_data)).hexdigest()[:16]


def _refuse_other_version(layout: EngineLayout, programs: PostgresPrograms) -> None:
    written_by = (layout.postgres_data / "PG_VERSION").read_text().strip()
    if written_by != str(programs.major):
        raise EngineError(
            f"The data in {layout.postgres_data} was written by PostgreSQL {written_by}, but {programs.directory} is "
            f"version {programs.major}. Set PG_BINDIR to the programs of version {written_by}, or move the data with "
            f"pg_dump and pg_restore."
        )


def _start_server(layout: EngineLayout, programs: PostgresPrograms, port: int) -> None:
    """Start, once what a killed server left behind is gone."""
    _write_settings(layout, port)
    end = time.monotonic() + ORPHAN_SECONDS
    command: list[str | Path] = [
        programs.directory / "pg_ctl",
        "-D",
        layout.postgres_data,
        "-w",
        "-t",
        str(START_SECONDS),
        "start",
    ]
    while True:
        _remove_stale_locks(layout, port)
        with open_log(layout, "postgres") as log:
            position = log.tell()
            started = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False, **layout.run_as()
            )
        if started.returncode == 0:
            return
        said = log_tail(layout, "postgres", since=position)
        if "pre-existing shared memory block" in said and time.monotonic() < end:
            _end_orphans(layout)
            time.sleep(0.1)
            continue
        if not is_free(port):
            raise PortTaken
        raise EngineError(f"PostgreSQL in {layout.postgres_data} did not start.\n{said}")


def _end_orphans(layout: EngineLayout) -> None:
    """Tell the sessions of a killed server to quit; else each would first finish its statement, however long.

    Nothing is lost: none of them can commit any more, and recovery replays what was committed.
    """
    title = f"postgres: {_cluster_name(layout)}"
    for pid in find_pids(lambda arguments: " ".join(arguments).startswith(title)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)


def _remove_stale_locks(layout: EngineLayout, port: int) -> None:
    """PostgreSQL believes any live process with the recorded number, zombies and strangers included; we look closer."""
    for lock in (layout.postgres_data / "postmaster.pid", layout.sockets / f".s.PGSQL.{port}.lock"):
        if lock.exists() and not is_running(recorded_pid(lock), layout.postgres_data):
            lock.unlink(missing_ok=True)


def _write_settings(layout: EngineLayout, port: int) -> None:
    memory = psutil.virtual_memory().total // MEBIBYTE
    sockets = socket_directory(layout, port)
    if sockets:
        layout.own_directory(layout.sockets)
    quoted = sockets.replace("'", "''")
    values = {
        "cluster_name": f"'{_cluster_name(layout)}'",
        "listen_addresses": "'127.0.0.1'",
        "port": port,
        "unix_socket_directories": f"'{quoted}'",
        "unix_socket_permissions": "0700",
        "max_connections": MAX_CONNECTIONS,
        "shared_buffers": f"{min(512, max(64, memory // 16))}MB",
        "effective_cache_size": f"{max(128, memory // 3)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "synchronous_commit": "on",
        "wal_level": "replica",
        "max_wal_size": "1GB",
        "min_wal_size": "128MB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": 0.9,
        "random_page_cost": 1.1,
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_line_prefix": "'%m [%p] '",
        "log_min_duration_statement": "1s",
    }
    path = layout.postgres_data / SETTINGS_FILE
    path.unlink(missing_ok=True)
    path.write_text("".join(f"{name} = {value}\n" for name, value in values.items()))
    path.chmod(0o600)
    layout.give(path)


def _run(layout: EngineLayout, command: list[str | Path], *, text: str = "") -> None:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False, **layout.run_as())
    if done.returncode or "ERROR:" in done.stderr:  # single-user mode ends with 0 whatever its statements met
        raise EngineError(f"{Path(command[0]).name} failed for {layout.postgres_data}:\n{done.stderr.strip()}")
