"""The one shape in which the product's API answers.

Success: ``{"success": true, "data", "message", "timestamp"}``; lists add ``pagination`` and ``meta``.
Failure: ``{"success": false, "error", "details": {"code", …}, "timestamp"}``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import status as http_status
from rest_framework.response import Response

from apps.core.errors import LecternError

JSON = "application/json"


class Envelope(dict[str, Any]):
    """A body that is already in the product's shape; the renderer leaves it alone."""


def utc_text(moment: datetime) -> str:
    """Return an aware moment as ISO 8601 in UTC with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now_text() -> str:
    """Return the present moment as the envelope writes it."""
    return utc_text(datetime.now(UTC))


def success_body(data: Any = None, message: Any = None) -> Envelope:
    """Return the body of a success."""
    return Envelope(success=True, data=data, message=str(message or _("Done.")), timestamp=now_text())


def error_body(message: Any, details: Mapping[str, Any]) -> Envelope:
    """Return the body of a failure. ``details`` holds at least ``code``."""
    return Envelope(success=False, error=str(message), details=dict(details), timestamp=now_text())


def ok(
    data: Any = None,
    *,
    message: Any = None,
    status: int = http_status.HTTP_200_OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with ``data`` in the envelope."""
    return Response(success_body(data, message), status=status, headers=dict(headers or {}))


def created(data: Any = None, *, message: Any = None, headers: Mapping[str, str] | None = None) -> Response:
    """Answer 201 with the new row in the envelope."""
    return ok(data, message=message or _("Created."), status=http_status.HTTP_201_CREATED, headers=headers)


def json_bytes(body: Any) -> bytes:
    """Return a body as JSON: aware datetimes in UTC with ``Z``, decimals as text, no NaN."""
    return orjson.dumps(body, default=_plain, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def error_response(error: LecternError) -> HttpResponse:
    """Return a refusal outside the REST views: unknown paths, middleware, plain views under ``/api``."""
    response = HttpResponse(
        json_bytes(error_body(error.message, error.as_details())), content_type=JSON, status=error.status
    )
    for name, value in headers_of(error).items():
        response[name] = value
    return response


def headers_of(error: LecternError) -> dict[str, str]:
    """Return the headers of a refusal; a 401 always says how to sign in."""
    if error.status == http_status.HTTP_401_UNAUTHORIZED:
        return {"WWW-Authenticate": 'Bearer realm="Lectern"', **error.headers}
    return error.headers


def is_envelope(response: Any) -> bool:
    """Tell whether a response already leaves in the product's shape."""
    return str(response.headers.get("Content-Type", "")).startswith(JSON)


def _plain(value: Any) -> Any:
    """Return what orjson does not know as something it does; lazy translations and decimals become text."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    return str(value)
