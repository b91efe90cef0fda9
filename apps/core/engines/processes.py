"""Tells a process that is ours from a dead one, a zombie, or a stranger that inherited its number."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def recorded_pid(pid_file: Path) -> int | None:
    """The number on the first line of a pid file."""
    try:
        return int(pid_file.read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def is_alive(process: psutil.Process) -> bool:
    """Whether the process still runs. A zombie does not: where nobody collects orphans, zombies stay for ever."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def is_server_of(pid: int | None, data: Path) -> bool:
    """Whether ``pid`` is a live server working in the directory ``data``.

    Both engines change into their data directory, which no stranger does, so the working directory is the proof of
    identity that survives rewritten process titles.
    """
    if not pid:
        return False
    try:
        process = psutil.Process(pid)
        return is_alive(process) and Path(process.cwd()) == data
    except psutil.AccessDenied:
        return _looks_like_a_server(pid)
    except psutil.Error:
        return False


def servers_in(data: Path) -> list[int]:
    """Every live process working in ``data``, whatever the pid file says. Walks the whole process table."""
    return [process.pid for process in psutil.process_iter() if is_server_of(process.pid, data)]


def end_processes_naming(data: Path) -> None:
    """Kill whatever has ``data`` as an argument: the rest of a creation whose launcher was killed."""
    abandoned = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(data) in process.cmdline():
                process.kill()
                abandoned.append(process)
    wait_until(lambda: not any(is_alive(process) for process in abandoned), seconds=10)


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    """Poll ``condition`` until it holds; False when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True


def _looks_like_a_server(pid: int) -> bool:
    """Second best, where another user's process hides its working directory."""
    try:
        return bool(psutil.Process(pid).name().startswith(("postgres", "valkey", "redis")))
    except psutil.Error:
        return False
