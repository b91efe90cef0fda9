"""What the broker's messages start."""

from celery import shared_task
from django.db import connection

from apps.core import worker

WORK_SECONDS = 5.0


@shared_task(name="core.work")
def work() -> None:
    """Carry out what is due. The message carries nothing, so losing or repeating it does no harm."""
    try:
        worker.work(within_seconds=WORK_SECONDS)
    finally:
        connection.close()
