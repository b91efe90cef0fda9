"""What pages learn about who is looking at them: their device session, their language, their time zone."""

import zoneinfo
from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from apps.accounts.http.requests import PageRequest
from apps.accounts.http.sessions import page_identity
from apps.accounts.identities import Identity
from apps.accounts.models import User

GetResponse = Callable[[HttpRequest], HttpResponse]


class DeviceSessions:
    """Puts the person and the device of the browser's session on the request, when somebody first asks for them.

    ``request.user`` is a ``User`` acting under the session's membership, or anonymous; a device that was signed out
    elsewhere is anonymous within two seconds.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = cast(PageRequest, request)
        page.user = cast(User, SimpleLazyObject(lambda: _user_of(request)))
        page.device_session = cast(Any, SimpleLazyObject(lambda: _device_of(request)))
        return self.get_response(request)


class PersonalLocale:
    """Speaks the person's language, else the browser's; pages also use the person's time zone.

    The API writes times in UTC whoever asks; its authentication switches to the person's language once it knows them.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = None if request.path_info.startswith("/api/") else _signed_in(request)
        language = user.language if user else translation.get_language_from_request(request)
        with translation.override(language), timezone.override(_zone(user)):
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        if user is None:
            patch_vary_headers(response, ("Accept-Language",))
        return response


def identity_of(request: HttpRequest) -> Identity | None:
    """Return who is signed in by this browser's session, looked up once per request."""
    if not hasattr(request, "_lectern_identity"):
        has_session = bool(request.COOKIES) and hasattr(request, "session")
        request._lectern_identity = page_identity(request) if has_session else None  # type: ignore[attr-defined]
    return cast("Identity | None", request._lectern_identity)  # type: ignore[attr-defined]


def _user_of(request: HttpRequest) -> User | AnonymousUser:
    identity = identity_of(request)
    return identity.user if identity else AnonymousUser()


def _device_of(request: HttpRequest) -> Any:
    identity = identity_of(request)
    return identity.device_session if identity else None


def _signed_in(request: HttpRequest) -> User | None:
    identity = identity_of(request)
    return identity.user if identity else None


def _zone(user: User | None) -> zoneinfo.ZoneInfo | None:
    """Return the person's time zone, or None for the site's; a zone this machine does not know counts as the site's."""
    try:
        return zoneinfo.ZoneInfo(user.time_zone) if user else None
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
