"""Lectern's processes, started by a test on its own database and ended with it."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

PROJECT = Path(__file__).resolve().parents[1]


def environment(**more):
    """Return the environment of a process that shares this test's database and Valkey keys."""
    database = connection.settings_dict
    place = urlencode({"host": database["HOST"], "port": database["PORT"]})
    user = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql://{user}@/{database['NAME']}?{place}",
        "REDIS_URL": settings.REDIS_URL,
        "PYTHONPATH": os.pathsep.join([str(PROJECT), os.environ.get("PYTHONPATH", "")]),
        **more,
    }


@contextlib.contextmanager
def running(*arguments, log, grace=10.0, **more):
    """Run ``python ARGUMENTS`` inside the block; what it writes is added to the file ``log``.

    At the end it gets ``grace`` seconds to follow a SIGTERM; then it and all its children are killed.
    """
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT,
            env=environment(**more),
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if grace and process.poll() is None:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(grace)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def wait_for(condition, *, within=60.0, every=0.02, what=""):
    """Return the first true value of ``condition``; fail with ``what`` was waited for."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(every)
    raise AssertionError(f"Within {within} s it did not happen: {what or condition}")
