"""A worker whose jobs note themselves in the table ``carried_out``. ``python -m tests.core.worker_process``

Leases are short here, so that a test need not wait for half a minute.
"""

import os
import signal

import django

django.setup()

from django.db import connection  # noqa: E402 - after the set-up

from apps.core import jobs, worker  # noqa: E402
from config.celery import app  # noqa: E402

worker.LEASE_SECONDS, worker.BEAT_SECONDS = 1.5, 0.3


def note(number):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO carried_out VALUES (%s)", [number])


@jobs.kind("tests.note")
def note_number(context, *, number):
    note(number)


@jobs.kind("tests.dies_once")
def die_once(context, *, number, marker):
    if not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    note(number)


if __name__ == "__main__":
    app.worker_main(["worker", "--without-gossip", "--without-mingle", "--without-heartbeat", "--concurrency=2"])
