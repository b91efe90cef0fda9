"""Processes of an earlier supervisor that was killed before it could end them."""

import os
from pathlib import Path

import psutil

from apps.core.engines.processes import wait_until

MARK = "LECTERN_SUPERVISED"  # in the environment of every process started here: the var directory it belongs to
GRACE_SECONDS = 3


def end_orphans(var: Path) -> int:
    """End every process marked as ours, politely first; returns how many there were.

    Only for the holder of the supervisor's lock: then nobody else can have started them.
    """
    ourselves = {os.getpid(), *[parent.pid for parent in psutil.Process().parents()]}
    orphans = [one for one in psutil.process_iter() if one.pid not in ourselves and _is_ours(one, var)]
    for process in orphans:
        _send(process, gently=True)
    if not wait_until(lambda: not any(_is_ours(process, var) for process in orphans), seconds=GRACE_SECONDS):
        for process in orphans:
            _send(process, gently=False)
    return len(orphans)


def _is_ours(process: psutil.Process, var: Path) -> bool:
    try:
        is_alive = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return bool(is_alive and process.environ().get(MARK) == str(var))
    except (psutil.Error, OSError):
        return False


def _send(process: psutil.Process, *, gently: bool) -> None:
    try:
        if gently:
            process.terminate()
        else:
            process.kill()
    except psutil.Error:
        return
