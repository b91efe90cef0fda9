"""What is answered when no view answers: the envelope under ``/api``, a page elsewhere."""

from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _

from apps.core import errors
from apps.core.errors import LecternError
from apps.core.http.envelope import error_response
from apps.core.http.exceptions import as_refusal
from apps.core.http.protocol import is_api_path

PAGES_WITH_A_TEMPLATE = (400, 403, 404, 500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``: a malformed request or a host name that is not ours."""
    return refuse(request, as_refusal(exception) or errors.BadInput())


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler403``."""
    return refuse(request, errors.NotAllowed())


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler404``."""
    return refuse(request, errors.NotFound())


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: the exception is in the log under the request's id."""
    return refuse(request, errors.InternalFault(details={"request_id": getattr(request, "request_id", "")}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token, usually one that stood open for too long."""
    return refuse(
        request,
        errors.NotAllowed(
            _("This form has expired or was sent from another site. Open the page again and repeat."),
            code="csrf_failed",
        ),
    )


def refuse(request: HttpRequest, refusal: LecternError) -> HttpResponse:
    """Answer a refusal in the form that fits the path."""
    if is_api_path(request.path_info):
        return error_response(refusal)
    return error_page(request, refusal)


def error_page(request: HttpRequest, refusal: LecternError) -> HttpResponse:
    """Return the page of a refusal.

    Pages of mistakes of ours and of requests that may not even have a valid host are rendered without the request: no
    context processor, so nothing that broke before can break them.
    """
    status = refusal.status if refusal.status in PAGES_WITH_A_TEMPLATE else (400 if refusal.status < 500 else 500)
    context: dict[str, Any] = {
        "status": refusal.status,
        "message": refusal.message,
        "fields": refusal.fields,
        "request_id": getattr(request, "request_id", ""),
    }
    bare = status in (400, 500) or isinstance(refusal.__cause__, SuspiciousOperation)
    text = loader.render_to_string(f"{status}.html", context, None if bare else request)
    response = HttpResponse(text, status=refusal.status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response
