"""The two layers around everything: one knows each request, the other shapes each failure."""

import hmac
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import cast

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from apps.core import metrics
from apps.core.errors import LecternError
from apps.core.http.envelope import error_response, is_envelope
from apps.core.http.exceptions import KIND_BY_STATUS, as_refusal
from apps.core.http.handlers import refuse
from apps.core.http.protocol import is_api_path
from apps.core.http.requests import TrackedRequest, elapsed_milliseconds
from apps.core.ids import uuid7

GetResponse = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("lectern.requests")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ACCEPTABLE_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
KNOWN_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
QUIET_PATHS = frozenset({"/health", "/metrics"})
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
REPLACED_HEADERS = frozenset({"content-type", "content-length"})


class RequestTracking:
    """Gives each request an id, its moment of arrival and its caller's address, and writes one log line about it.

    Arrival and address are the router's word only where it proves itself with ``ROUTER_SECRET``; anyone else's headers
    of those names are ignored.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        tracked = cast(TrackedRequest, request)
        tracked.started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        tracked.request_id = given if ACCEPTABLE_REQUEST_ID.fullmatch(given) else str(uuid7())
        from_router = _is_from_router(request)
        tracked.received_at = _arrival(request) if from_router else datetime.now(UTC)
        tracked.caller_address = _caller(request, from_router=from_router)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=tracked.request_id, address=tracked.caller_address)
        response = self.get_response(request)
        milliseconds = elapsed_milliseconds(tracked)
        response["X-Request-ID"] = tracked.request_id
        response["Server-Timing"] = f"app;dur={milliseconds}"
        _count(request, response, milliseconds)
        write = log.debug if request.path_info in QUIET_PATHS else log.info
        write(
            "request",
            method=request.method,
            path=request.path_info,
            status=response.status_code,
            duration_ms=milliseconds,
        )
        return response


class EnvelopeEverywhere:
    """Puts every failure under ``/api`` into the envelope, and gives a refusal of a page view its page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code >= 400 and is_api_path(request.path_info) and not is_envelope(response):
            return _in_envelope(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what a plain view raised. None for a mistake of ours: Django records it and calls ``handler500``."""
        refusal = as_refusal(exception)
        return None if refusal is None else refuse(request, refusal)


class ContentPolicy(CSPMiddleware):
    """The site's content security policy on pages; on answers of the API one that lets nothing in them run or be framed.

    Building a page's policy costs as much as a small view (measured 2026-11-25), and an answer of the API needs none of it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Set the header; one that a view set itself stays."""
        if is_api_path(request.path_info):
            response.headers.setdefault(HEADER, API_POLICY)
            return response
        return super().process_response(request, response)


def _count(request: HttpRequest, response: HttpResponse, milliseconds: float) -> None:
    match = request.resolver_match
    metrics.note_request(
        method=str(request.method) if request.method in KNOWN_METHODS else "other",
        route=match.view_name if match is not None else "",
        status=response.status_code,
        seconds=milliseconds / 1000,
    )


def _is_from_router(request: HttpRequest) -> bool:
    secret = settings.ROUTER_SECRET
    given = request.META.get("HTTP_X_ROUTER_SECRET", "")
    return bool(secret) and hmac.compare_digest(secret.encode(), given.encode())


def _arrival(request: HttpRequest) -> datetime:
    """Return the router's stamp, microseconds since 1970. A missing, malformed or future one gives the present."""
    now = datetime.now(UTC)
    try:
        return min(EPOCH + timedelta(microseconds=int(request.META["HTTP_X_REQUEST_ARRIVED"])), now)
    except (KeyError, ValueError, OverflowError):
        return now


def _caller(request: HttpRequest, *, from_router: bool) -> str:
    """Return the caller's address; the last one forwarded is the one the router itself saw. "" when there is none."""
    text = request.META.get("REMOTE_ADDR", "")
    if from_router:
        text = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)


def _in_envelope(response: HttpResponse) -> HttpResponse:
    """Return a failure of another layer in our shape, with its headers and cookies."""
    status = response.status_code
    refusal = KIND_BY_STATUS.get(status, LecternError)()
    enveloped = error_response(refusal)
    enveloped.status_code = status
    for name, value in response.items():
        if name.lower() not in REPLACED_HEADERS:
            enveloped[name] = value
    enveloped.cookies = response.cookies
    return enveloped
