"""A relay with consumers that note what they heard in the table ``heard``. ``python -m tests.core.relay_process``

``KILL_AFTER=N`` ends the process without warning once, right after fact N was noted. ``CARELESS=1`` notes outside the
relay's transaction.
"""

import os
import signal
import sys

import django

django.setup()

import psycopg  # noqa: E402 - after the set-up
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from apps.core import outbox  # noqa: E402
from tests.core.facts import BellRang  # noqa: E402


def note(consumer, number):
    if os.environ.get("CARELESS"):
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as careless:
            careless.execute("INSERT INTO heard VALUES (%s, %s)", [consumer, number])
    else:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO heard VALUES (%s, %s)", [consumer, number])


def die_once():
    marker = os.environ["KILL_MARKER"]
    if not os.path.exists(marker):
        open(marker, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)


@outbox.effect("tests.effect", kinds=[BellRang])
def hear_once(event, fact):
    note("effect", event.number)
    if os.environ.get("KILL_AFTER") == str(event.number):
        die_once()


@outbox.projection("tests.projection", kinds=[BellRang], reset=lambda pruned_before: None)
def hear(event, fact):
    note("projection", event.number)


if __name__ == "__main__":
    call_command("relay")
    sys.exit(0)
