"""Who supervises a ``var`` directory, and what runs."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any, TextIO

from apps.core.engines.credentials import replace_file
from apps.core.engines.processes import is_running, recorded_pid

SUPERVISOR_MODULE = "apps.core.supervisor"


class AlreadyRunning(Exception):
    """Another supervisor holds the directory."""

    def __init__(self, address: str) -> None:
        super().__init__(f"Lectern is already running{f' at {address}' if address else ''}.")


def take_lock(var: Path) -> TextIO:
    """Hold the directory until the returned file is closed, or this process ends in whatever way."""
    var.mkdir(mode=0o755, parents=True, exist_ok=True)
    file = open(var / "supervisor.lock", "a+")  # noqa: SIM115 - held for the life of the supervisor
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(read_state(var).get("address", "")) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def supervisor_pid(var: Path) -> int | None:
    """The process that holds the lock of ``var``, by what it wrote there."""
    pid = recorded_pid(var / "supervisor.lock")
    return pid if pid and is_running(pid, Path(SUPERVISOR_MODULE)) else None


def read_state(var: Path) -> dict[str, Any]:
    """What the supervisor of ``var`` last recorded: ``address``, ``supervisor`` and ``processes`` by name with pids."""
    try:
        state = json.loads((var / "run" / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(var: Path, *, address: str, is_ready: bool, processes: dict[str, int | None]) -> None:
    state = {"address": address, "supervisor": os.getpid(), "is_ready": is_ready, "processes": processes}
    (var / "run").mkdir(exist_ok=True)
    replace_file(var / "run" / "state.json", json.dumps(state, indent=1) + "\n", mode=0o644)
