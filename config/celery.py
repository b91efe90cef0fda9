"""The job workers: ``celery -A config.celery worker``, and the way other processes wake them."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lectern", include=["apps.core.tasks"])
app.config_from_object("django.conf:settings", namespace="CELERY")

# Only sends. It gives up on a broker that is away before anyone notices; workers keep trying.
waker = Celery("lectern-waker", set_as_current=False)
waker.config_from_object("django.conf:settings", namespace="CELERY")
waker.conf.broker_transport_options = {
    **app.conf.broker_transport_options,
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.25,
    "retry_on_timeout": False,
    "max_retries": 0,
}


@signals.setup_logging.connect
def _keep_our_logging(**options: Any) -> None:
    """Celery leaves logging alone when this signal is connected."""
