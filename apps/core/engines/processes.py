"""Tells a process that is ours from a dead one, a zombie, or a stranger that inherited its number.

The proof of identity is a path among the process's arguments. Unlike its working directory, every account may read it,
also root in a container without the right to trace.
"""

import time
from collections.abc import Callable
from pathlib import Path

import psutil


def recorded_pid(pid_file: Path) -> int | None:
    """The number on the first line of a pid file. A negative one (a creation in progress) is nobody's."""
    try:
        pid = int(pid_file.read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None
    return pid if pid > 0 else None


def arguments_of(process: psutil.Process) -> list[str]:
    """The command line of a process, empty when it is gone. A zombie is: where nobody collects, it stays for ever."""
    try:
        return [] if process.status() == psutil.STATUS_ZOMBIE else list(process.cmdline())
    except psutil.Error:
        return []


def is_running(pid: int | None, argument: Path) -> bool:
    """Whether ``pid`` is a live process that was started with ``argument``."""
    if pid is None:
        return False
    try:
        process = psutil.Process(pid)
    except psutil.Error:
        return False
    return str(argument) in arguments_of(process)


def find_pids(matches: Callable[[list[str]], bool]) -> list[int]:
    """Every live process whose arguments match. Walks the whole process table: some milliseconds."""
    return [process.pid for process in psutil.process_iter() if matches(arguments_of(process))]


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.02) -> bool:
    """Poll ``condition`` until it holds; False when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(every)
    return True
