"""What is answered when no view answers: the envelope under ``/api``, a page elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.translation import gettext_lazy as _

from apps.core import errors
from apps.core.errors import LecternError
from apps.core.http.envelope import error_response
from apps.core.http.exceptions import as_refusal
from apps.core.http.protocol import is_api_path

PAGES_OF_THEIR_OWN = (403, 404, 500)


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
    refusal = errors.NotAllowed(
        _("This form has expired or was sent from another site. Open the page again and repeat."), code="csrf_failed"
    )
    if is_api_path(request.path_info):
        return error_response(refusal)
    return HttpResponse(loader.render_to_string("403_csrf.html", {}, request), status=refusal.status)


def refuse(request: HttpRequest, refusal: LecternError) -> HttpResponse:
    """Answer a refusal in the form that fits the path."""
    if is_api_path(request.path_info):
        return error_response(refusal)
    return error_page(request, refusal)


def error_page(request: HttpRequest, refusal: LecternError) -> HttpResponse:
    """Return the page of a refusal.

    Pages of mistakes of ours and of requests that may not even have a valid host are rendered without the request: no
    context processor runs, so nothing that broke before can break them.
    """
    status = refusal.status
    template = f"{status}.html" if status in PAGES_OF_THEIR_OWN else "refusal.html"
    context = {"status": status, "message": refusal.message, "request_id": getattr(request, "request_id", "")}
    is_bare = status == 400 or status >= 500
    response = HttpResponse(loader.render_to_string(template, context, None if is_bare else request), status=status)
    for name, value in refusal.headers.items():
        response[name] = value
    return response
