"""What can go wrong, said once: a stable code for programs, words for people, a status for HTTP.

Services raise these; ``core.http.exceptions`` puts them into the envelope. ``fields`` maps a field's name (dotted for nested
ones) to a list of messages.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class LecternError(Exception):
    """Any refusal a caller may see."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    default_message: ClassVar[Any] = _("The request cannot be carried out.")

    def __init__(
        self,
        message: Any = None,
        *,
        code: str | None = None,
        fields: Mapping[str, Sequence[Any]] | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or self.default_message
        self.error_code = code or self.code
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        super().__init__(self.message)

    def as_details(self) -> dict[str, Any]:
        """Return the ``details`` object of the error envelope."""
        found: dict[str, Any] = {"code": self.error_code, **self.details}
        if self.fields:
            found["fields"] = {name: [str(message) for message in messages] for name, messages in self.fields.items()}
        return found


class BadInput(LecternError):
    """The input breaks a rule; ``fields`` says which."""

    code = "invalid"
    default_message = _("Some of what was sent cannot be used. See the fields.")


class WrongState(LecternError):
    """The row is not in a state in which this can be done."""

    code = "wrong_state"
    default_message = _("This cannot be done in the present state.")


class NotSignedIn(LecternError):
    """Nobody is signed in, or the sign-in has ended."""

    status = 401
    code = "not_signed_in"
    default_message = _("Sign in first.")


class NotAllowed(LecternError):
    """The caller may see this but not do that."""

    status = 403
    code = "not_allowed"
    default_message = _("You may not do this.")


class NotFound(LecternError):
    """It does not exist, or the caller may not know that it does."""

    status = 404
    code = "not_found"
    default_message = _("There is nothing here under this address.")


class Conflict(LecternError):
    """A concurrent or stale write."""

    status = 409
    code = "conflict"
    default_message = _("Somebody changed this in the meantime. Read it again, then repeat the change.")


class Gone(LecternError):
    """It existed and does so no longer."""

    status = 410
    code = "gone"
    default_message = _("This is no longer available.")


class PreconditionFailed(LecternError):
    """The ``If-Match`` of an edit names another version than the present one."""

    status = 412
    code = "precondition_failed"
    default_message = _("This was changed since you read it. Read it again, then repeat the change.")


class TooLarge(LecternError):
    """The body or file is over its limit."""

    status = 413
    code = "too_large"
    default_message = _("What was sent is too large.")


class UnsupportedType(LecternError):
    """A media type or file type that is not taken here."""

    status = 415
    code = "unsupported_type"
    default_message = _("This kind of file or body is not accepted here.")


class KeyReused(LecternError):
    """An idempotency key sent again with another request."""

    status = 422
    code = "idempotency_key_reused"
    default_message = _("This Idempotency-Key was used for another request. Use a new key.")


class TooManyRequests(LecternError):
    """A limit is used up."""

    status = 429
    code = "rate_limited"
    default_message = _("Too many requests. Wait, then try again.")


class NotConfigured(LecternError):
    """An outside service without credentials on this site."""

    status = 503
    code = "not_configured"
    default_message = _("This is not set up on this site. An administrator can set it up.")


class Unavailable(LecternError):
    """A part of the platform is down for the moment."""

    status = 503
    code = "unavailable"
    default_message = _("This is not available at the moment. Nothing was changed; try again shortly.")


class MethodNotAllowed(LecternError):
    """The path exists, the method does not."""

    status = 405
    code = "method_not_allowed"
    default_message = _("This method is not offered here. The Allow header names those that are.")


class NotAcceptable(LecternError):
    """The caller accepts no media type that is offered."""

    status = 406
    code = "not_acceptable"
    default_message = _("This answer exists as application/json only.")


class InternalFault(LecternError):
    """A mistake of ours; the log holds it under the request's id."""

    status = 500
    code = "internal_error"
    default_message = _("Something went wrong on our side. It was recorded; give the request id to an administrator.")
