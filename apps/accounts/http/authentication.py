"""How the REST views learn who is calling: a bearer token, or the browser's own session."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from apps.accounts import identities, services, tokens
from apps.accounts.http.middleware import identity_of
from apps.accounts.models import DeviceSession, User
from apps.core.errors import NotAllowed
from apps.core.http.requests import TrackedAPIRequest

CLIENT_HEADER = "X-Lectern-Client"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossSite(NotAllowed):
    """A write with the browser's session that did not come from a page of this site."""

    code = "cross_site_request"
    default_message = _("A write with the browser's session must come from a page of this site.")


class ClientHeaderMissing(NotAllowed):
    """A write with the browser's session without the header that another site's form cannot send."""

    code = "client_header_missing"
    default_message = _("Send the X-Lectern-Client header with writes that use the browser's session.")


def bearer_token(request: HttpRequest | Request) -> str | None:
    """Return the token of an ``Authorization: Bearer`` header, or None without one."""
    kind, _space, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``. A token that is refused is an error, never an anonymous call."""

    def authenticate(self, request: Request) -> tuple[User, DeviceSession] | None:
        """Return the person and the device, by at most one statement; None without such a header."""
        token = bearer_token(request)
        if token is None:
            return None
        now = cast(TrackedAPIRequest, request).received_at
        claims = tokens.read_access(token, at=now)
        identity = identities.identify(claims.session, now=now)
        if identity.user.pk != claims.user_id:
            raise tokens.TokenRefused
        services.note_device_seen(session=identity.device_session, now=now)
        if "HTTP_ACCEPT_LANGUAGE" not in request.META:
            translation.activate(identity.user.language)
        return identity.user, identity.device_session

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 says about signing in."""
        return 'Bearer realm="Lectern"'


class PageSessionAuthentication(BaseAuthentication):
    """The session cookie of a page of ours.

    Instead of a form token, a write needs this site's exact ``Origin`` and a header of ours, so a page that stood open
    while its user signed in again can still send what it kept.
    """

    is_page = True  # pages never count against a limit

    def authenticate(self, request: Request) -> tuple[User, DeviceSession] | None:
        """Return the person and the device of the browser's session; None without one."""
        page = request._request
        identity = identity_of(page)
        if identity is None:
            return None
        if request.method not in SAFE_METHODS:
            refuse_foreign_write(page)
        translation.activate(identity.user.language)
        return identity.user, identity.device_session


def refuse_foreign_write(request: HttpRequest) -> None:
    """Refuse a write that another site could have caused."""
    if request.headers.get("Origin", "") != f"{request.scheme}://{request.get_host()}":
        raise CrossSite
    if not request.headers.get(CLIENT_HEADER, ""):
        raise ClientHeaderMissing


class BearerScheme(OpenApiAuthenticationExtension):
    """The bearer token in the OpenAPI document."""

    target_class = BearerAuthentication
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe it."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class PageSessionScheme(OpenApiAuthenticationExtension):
    """The browser's session in the OpenAPI document."""

    target_class = PageSessionAuthentication
    name = "page"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Describe it."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": f"A page of this site; writes also send {CLIENT_HEADER} and the page's Origin.",
        }
