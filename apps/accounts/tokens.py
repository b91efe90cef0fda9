"""Access and refresh tokens: signed words about who is calling (JSON Web Tokens, HS256).

Pure: no database, no request. An access token alone proves who signed in and when it ends; whether the account and the
device are still welcome is in the database (``identities``, or the statement of a hot path itself).
"""

import hashlib
import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import jwt
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.core.errors import NotSignedIn

ALGORITHM = "HS256"
ACCESS = "access"
REFRESH = "refresh"
CACHED_TOKENS = 8192


class AccessClaims(NamedTuple):
    """What an access token says, as of when it was issued."""

    subject: UUID  # public id of the user
    user_id: int
    session: UUID  # public id of the device session
    organization_id: int | None
    role: str  # in that organisation; "" without one
    tier: str
    issued_at: int  # seconds since 1970
    expires_at: int


class RefreshClaims(NamedTuple):
    """What a refresh token says. ``number`` counts the tokens of its family, the device session."""

    user_id: int
    session: UUID
    number: int
    expires_at: int


class TokenRefused(NotSignedIn):
    """A token that is forged, malformed or of the other kind."""

    code = "token_invalid"
    default_message = _("This token is not valid. Sign in again.")


class TokenExpired(NotSignedIn):
    """A token whose time is over."""

    code = "token_expired"
    default_message = _("This token has expired. Refresh it or sign in again.")


def issue_access(claims: AccessClaims) -> str:
    """Return a signed access token."""
    return _encode(
        {
            "typ": ACCESS,
            "sub": str(claims.subject),
            "uid": claims.user_id,
            "sid": str(claims.session),
            "org": claims.organization_id,
            "role": claims.role,
            "tier": claims.tier,
            "iat": claims.issued_at,
            "exp": claims.expires_at,
            "jti": uuid4().hex,
        }
    )


def issue_refresh(claims: RefreshClaims) -> str:
    """Return a signed refresh token."""
    return _encode(
        {
            "typ": REFRESH,
            "uid": claims.user_id,
            "sid": str(claims.session),
            "num": claims.number,
            "exp": claims.expires_at,
            "jti": uuid4().hex,
        }
    )


def read_access(token: str, *, at: datetime | None = None) -> AccessClaims:
    """Return what an access token says. Raises ``TokenRefused`` or ``TokenExpired``; asks no database.

    A token seen before costs a look into a dictionary, so this fits on the path of every saved answer.
    """
    claims = _verified_access(token, settings.SECRET_KEY)
    _refuse_expired(claims.expires_at, at)
    return claims


def read_refresh(token: str, *, at: datetime | None = None) -> RefreshClaims:
    """Return what a refresh token says. Raises ``TokenRefused`` or ``TokenExpired``."""
    payload = _decode(token, REFRESH, settings.SECRET_KEY)
    try:
        claims = RefreshClaims(
            user_id=int(payload["uid"]),
            session=UUID(payload["sid"]),
            number=int(payload["num"]),
            expires_at=int(payload["exp"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TokenRefused from None
    _refuse_expired(claims.expires_at, at)
    return claims


@lru_cache(maxsize=CACHED_TOKENS)
def _verified_access(token: str, secret: str) -> AccessClaims:
    """Return the claims of a token whose signature is ours, expired or not. Refusals are not remembered."""
    payload = _decode(token, ACCESS, secret)
    try:
        return AccessClaims(
            subject=UUID(payload["sub"]),
            user_id=int(payload["uid"]),
            session=UUID(payload["sid"]),
            organization_id=payload["org"],
            role=str(payload["role"]),
            tier=str(payload["tier"]),
            issued_at=int(payload["iat"]),
            expires_at=int(payload["exp"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise TokenRefused from None


def _refuse_expired(expires_at: int, at: datetime | None) -> None:
    if expires_at <= (time.time() if at is None else at.timestamp()):
        raise TokenExpired


def _encode(payload: dict[str, Any]) -> str:
    return jwt.encode(payload, _key(settings.SECRET_KEY), algorithm=ALGORITHM)


def _decode(token: str, kind: str, secret: str) -> dict[str, Any]:
    """Return the payload of a token of this kind signed by us, today's key first, then the keys before it."""
    for candidate in (secret, *settings.SECRET_KEY_FALLBACKS):
        try:
            payload: dict[str, Any] = jwt.decode(
                token, _key(candidate), algorithms=[ALGORITHM], options={"verify_exp": False, "verify_iat": False}
            )
        except jwt.InvalidSignatureError:
            continue
        except jwt.InvalidTokenError:
            break
        if payload.get("typ") != kind:
            break
        return payload
    raise TokenRefused


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    """Return the signing key of tokens, so that nothing else signed with the site's secret can pass for one."""
    return hashlib.sha256(b"lectern.accounts.tokens:" + secret.encode()).digest()


def seconds(moment: datetime) -> int:
    """Return an aware moment as whole seconds since 1970."""
    return int(moment.astimezone(UTC).timestamp())
