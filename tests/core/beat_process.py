"""A beat with one entry that notes each of its runs in the table ``ticked``. ``python -m tests.core.beat_process``"""

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.db import connection  # noqa: E402

from apps.core import schedule  # noqa: E402


@schedule.every("tests.tick", seconds=0.5)
def tick(now):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ticked VALUES (%s)", [now])


if __name__ == "__main__":
    call_command("beat")
