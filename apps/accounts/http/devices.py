"""Who is calling, for the few paths too hot for the REST framework's authentication."""

from typing import NamedTuple
from uuid import UUID

from apps.accounts import tokens
from apps.accounts.http.authentication import bearer_token, refuse_foreign_write
from apps.accounts.http.middleware import identity_of
from apps.core.errors import NotSignedIn
from apps.core.http.requests import TrackedRequest


class CallingDevice(NamedTuple):
    """The person and the device a write comes from, as the token or the page session says."""

    user_id: int
    device_id: UUID


def calling_device(request: TrackedRequest) -> CallingDevice:
    """Return who is calling, by the same rules as the REST views.

    A bearer token costs no query and says nothing about whether the account and the device are still welcome: the caller's
    own statement must check that. Raises NotSignedIn, and NotAllowed for a write from another site's page.
    """
    token = bearer_token(request)
    if token is not None:
        claims = tokens.read_access(token, at=request.received_at)
        return CallingDevice(claims.user_id, claims.session)
    identity = identity_of(request)
    if identity is None:
        raise NotSignedIn
    refuse_foreign_write(request)
    return CallingDevice(identity.user.pk, identity.device_session.public_id)
