"""What stands at the root and speaks no envelope: probes, figures, the content of files."""

import hmac
from ipaddress import ip_address
from typing import cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core import files, health, metrics
from apps.core.errors import NotFound
from apps.core.http.requests import TrackedRequest


@require_safe
def health_probe(request: HttpRequest) -> JsonResponse:
    """Tell that this process lives; with ``?ready=1``, by 200 or 503, whether it can serve. Never tells more."""
    is_well = not request.GET.get("ready") or health.is_ready()
    answer = JsonResponse({"status": "ok" if is_well else "unavailable"}, status=200 if is_well else 503)
    answer["Cache-Control"] = "no-store"
    return answer


@require_safe
def prometheus(request: HttpRequest) -> HttpResponse:
    """Return the figures to whoever shows ``METRICS_TOKEN``; where none is set, to callers on this machine."""
    if not _may_read_metrics(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    if token:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    caller = cast(TrackedRequest, request).caller_address
    # a proxy on this machine that is not our router hides who calls
    is_hidden = "X-Forwarded-For" in request.headers and not settings.ROUTER_SECRET
    return bool(caller) and ip_address(caller).is_loopback and not is_hidden


@require_safe
def file_content(request: HttpRequest, token: str) -> HttpResponseBase:
    """Return a file to whoever holds a link to it: to be saved, never to run as a page of ours."""
    stored = files.of_link(token)
    if not default_storage.exists(stored.storage_name):
        raise NotFound
    response = FileResponse(
        default_storage.open(stored.storage_name, "rb"),
        as_attachment=True,
        filename=stored.filename,
        content_type=stored.media_type,
    )
    response["Content-Length"] = str(stored.size_bytes)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if settings.FILES_ORIGIN else "same-origin"
    response["Cache-Control"] = f"private, max-age={settings.FILE_LINK_SECONDS}"
    response["ETag"] = f'"{stored.sha256}"'
    return response
