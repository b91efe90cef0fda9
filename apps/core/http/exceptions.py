"""Every exception becomes one of our refusals here.

For the REST views, for pages and for what happens before a view.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from django.core import exceptions as django_exceptions
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions as rest
from rest_framework.response import Response

from apps.core import errors
from apps.core.errors import LecternError
from apps.core.http.envelope import error_body, headers_of

log = structlog.get_logger(__name__)

WHOLE = "non_field_errors"  # the name under which errors of the whole input are listed
NOT_NULL = "23502"  # SQLSTATE of a missing value: our own mistake, never the caller's
RETRY_SECONDS = "2"


def to_envelope(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer for an exception of a REST view. None for a mistake of ours.

    Django records it and calls ``handler500``.
    """
    refusal = as_refusal(error)
    if refusal is None:
        return None
    return Response(
        error_body(refusal.message, refusal.as_details()), status=refusal.status, headers=headers_of(refusal)
    )


def as_refusal(error: BaseException) -> LecternError | None:
    """Return what a caller may know of an exception, or None when it is a mistake of ours. Never holds SQL."""
    if isinstance(error, LecternError):
        return error
    for kinds, translate in _TRANSLATIONS:
        if isinstance(error, kinds):
            return translate(error)
    return None


def field_errors(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Return nested validation errors as dotted names: ``{"answers": [{}, {"id": [m]}]}`` gives ``{"answers.1.id".

    [m]}``.
    """
    if isinstance(detail, Mapping):
        branches = [(f"{prefix}.{name}" if prefix else str(name), item) for name, item in detail.items()]
    elif isinstance(detail, Sequence) and not isinstance(detail, str) and any(_nests(item) for item in detail):
        branches = [(f"{prefix}.{number}" if prefix else str(number), item) for number, item in enumerate(detail)]
    else:
        messages = [detail] if isinstance(detail, str) else list(detail)
        return {prefix or WHOLE: [str(message) for message in messages]} if messages else {}
    found: dict[str, list[str]] = {}
    for name, item in branches:
        found |= field_errors(item, name)
    return found


def _nests(item: Any) -> bool:
    return isinstance(item, (Mapping, list))


def _rest_validation(error: rest.ValidationError) -> LecternError:
    return errors.BadInput(fields=field_errors(error.detail))


def _django_validation(error: django_exceptions.ValidationError) -> LecternError:
    found = error.message_dict if hasattr(error, "error_dict") else {WHOLE: error.messages}
    return errors.BadInput(fields={WHOLE if name == "__all__" else name: texts for name, texts in found.items()})


def _throttled(error: rest.Throttled) -> LecternError:
    seconds = getattr(error, "wait", None)
    return errors.TooManyRequests(headers={"Retry-After": str(int(seconds))} if seconds else {})


def _other_rest(error: rest.APIException) -> LecternError:
    kind = KIND_BY_STATUS.get(error.status_code, errors.LecternError)
    return kind() if error.status_code >= 500 else kind(error.detail if isinstance(error.detail, str) else None)


def _integrity(error: IntegrityError) -> LecternError | None:
    """A constraint had the last word. The server's own error carries the code; the caller sees none of its text."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == NOT_NULL:
        return None
    log.warning("constraint_refused", constraint=getattr(getattr(cause, "diag", None), "constraint_name", None))
    return errors.Conflict()


def _database_away(error: Exception) -> LecternError:
    log.error("database_unavailable", sqlstate=getattr(error.__cause__, "sqlstate", None), kind=type(error).__name__)
    return errors.Unavailable(headers={"Retry-After": RETRY_SECONDS})


def _unstorable(error: DataError) -> LecternError:
    log.warning("value_refused_by_database", sqlstate=getattr(error.__cause__, "sqlstate", None))
    return errors.BadInput(_("A value is outside of what can be stored."), code="out_of_range")


def _bad_host(error: django_exceptions.DisallowedHost) -> LecternError:
    return errors.BadInput(_("This site does not answer under this host name."), code="bad_host")


def _suspicious(error: django_exceptions.SuspiciousOperation) -> LecternError:
    return errors.BadInput(_("The request is malformed."), code="malformed_request")


def _always(kind: type[LecternError]) -> Callable[[Any], LecternError]:
    return lambda error: kind()


KIND_BY_STATUS: Mapping[int, type[LecternError]] = {
    kind.status: kind
    for kind in (
        errors.BadInput,
        errors.NotSignedIn,
        errors.NotAllowed,
        errors.NotFound,
        errors.MethodNotAllowed,
        errors.NotAcceptable,
        errors.Conflict,
        errors.Gone,
        errors.PreconditionFailed,
        errors.TooLarge,
        errors.UnsupportedType,
        errors.KeyReused,
        errors.TooManyRequests,
        errors.InternalFault,
        errors.Unavailable,
    )
}

# the first kind that fits wins, so the narrower stand first
_TRANSLATIONS: Sequence[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[Any], LecternError | None]]] = (
    (rest.ValidationError, _rest_validation),
    ((rest.NotAuthenticated, rest.AuthenticationFailed), _always(errors.NotSignedIn)),
    ((rest.PermissionDenied, django_exceptions.PermissionDenied), _always(errors.NotAllowed)),
    ((rest.NotFound, Http404), _always(errors.NotFound)),
    (rest.MethodNotAllowed, _always(errors.MethodNotAllowed)),
    (rest.NotAcceptable, _always(errors.NotAcceptable)),
    (rest.UnsupportedMediaType, _always(errors.UnsupportedType)),
    (rest.Throttled, _throttled),
    (rest.APIException, _other_rest),
    (django_exceptions.ValidationError, _django_validation),
    (django_exceptions.RequestDataTooBig, _always(errors.TooLarge)),
    (django_exceptions.DisallowedHost, _bad_host),
    (django_exceptions.SuspiciousOperation, _suspicious),
    (IntegrityError, _integrity),
    (DataError, _unstorable),
    ((OperationalError, InterfaceError), _database_away),
)
