"""What every request carries once ``RequestTracking`` has seen it."""

import time
from datetime import datetime

from django.http import HttpRequest
from rest_framework.request import Request


class TrackedRequest(HttpRequest):
    """A Django request as our middleware leaves it; for annotations only."""

    request_id: str
    received_at: datetime  # aware, UTC: when the request reached the site, which decides deadlines
    started: float  # of time.perf_counter, for durations
    caller_address: str  # "" when unknown


class TrackedAPIRequest(Request):
    """A REST request as our views receive it; for annotations only.

    The attributes are those of the request it wraps.
    """

    request_id: str
    received_at: datetime
    started: float
    caller_address: str


def elapsed_milliseconds(request: TrackedRequest | TrackedAPIRequest) -> float:
    """Return how long the request has been worked on, to a tenth of a millisecond."""
    return round((time.perf_counter() - request.started) * 1000, 1)
