"""What a request carries once we know who is calling."""

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import DeviceSession, User
from apps.core.http.requests import TrackedAPIRequest, TrackedRequest


class SignedInRequest(TrackedAPIRequest):
    """A REST request of somebody signed in; for annotations only. ``auth`` is the device session they call from."""

    user: User
    auth: DeviceSession


class PageRequest(TrackedRequest):
    """A page request; for annotations only. ``device_session`` is None where nobody is signed in."""

    user: User | AnonymousUser
    device_session: DeviceSession | None


class SignedInPageRequest(TrackedRequest):
    """A page request of somebody signed in; for annotations only."""

    user: User
    device_session: DeviceSession
