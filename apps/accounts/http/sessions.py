"""The browser's session: Django's, bound to one of our device sessions."""

from typing import cast
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from apps.accounts import identities, services
from apps.accounts.identities import Identity
from apps.accounts.models import DeviceSession
from apps.core.errors import NotSignedIn
from apps.core.http.requests import TrackedRequest

DEVICE_KEY = "device_session"
BACKEND = "apps.accounts.http.backends.SessionBackend"


def open_page_session(request: HttpRequest, device: DeviceSession) -> None:
    """Sign this browser in on ``device``. The session gets a new key, so one planted beforehand is worth nothing."""
    login(request, device.user, backend=BACKEND)
    request.session.cycle_key()  # Django keeps the key when the same person signs in again
    request.session[DEVICE_KEY] = str(device.public_id)
    request.session.set_expiry(device.expires_at)


def close_page_session(request: HttpRequest) -> None:
    """Sign this browser out and empty its session."""
    logout(request)


def page_identity(request: HttpRequest) -> Identity | None:
    """Return who is signed in by this browser's session, or None.

    A session without a device session, of one that has ended, or made before the password was changed, counts for
    nobody.
    """
    session = request.session
    device_text, user_key = session.get(DEVICE_KEY), session.get(SESSION_KEY)
    if not device_text or not user_key:
        return None
    now = cast(TrackedRequest, request).received_at
    try:
        identity = identities.identify(UUID(device_text), now=now)
    except NotSignedIn:
        return None
    password_is_the_same = constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), identity.user.get_session_auth_hash()
    )
    if not password_is_the_same or str(identity.user.pk) != user_key:
        return None
    services.note_device_seen(session=identity.device_session, now=now)
    return identity
