"""``python -m apps.core.supervisor [up|down]``"""

import argparse
import asyncio
import contextlib
import os
import signal
import sys

from apps.core import engines
from apps.core.engines.processes import wait_until
from apps.core.supervisor.options import SupervisorOptions, options_from_environment
from apps.core.supervisor.state import AlreadyRunning, supervisor_pid, take_lock
from apps.core.supervisor.supervisor import supervise
from apps.core.supervisor.table import campus_processes

DOWN_SECONDS = 90


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m apps.core.supervisor", description=__doc__)
    parser.add_argument("command", choices=("up", "down"), nargs="?", default="up")
    command = parser.parse_args().command
    options = options_from_environment()
    return _up(options) if command == "up" else _down(options)


def _up(options: SupervisorOptions) -> int:
    try:
        lock = take_lock(options.var)
    except AlreadyRunning as running:
        sys.stderr.write(f"{running}\n")
        return 1
    with lock:
        return asyncio.run(supervise(options, campus_processes(options)))


def _down(options: SupervisorOptions) -> int:
    """Tell the supervisor to stop and wait for it; without one, stop engines that run on their own."""
    pid = supervisor_pid(options.var)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    if not wait_until(lambda: supervisor_pid(options.var) is None, seconds=DOWN_SECONDS, every=0.1):
        sys.stderr.write(
            f"The supervisor (process {pid}) did not stop in {DOWN_SECONDS} s; see {options.var / 'log'}.\n"
        )
        return 1
    engines.stop(options.var)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
