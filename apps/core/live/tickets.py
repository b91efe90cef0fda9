"""Tickets: how a client without a cookie opens one socket, once, within a minute."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection

from apps.core.live.authority import LiveIdentity, authority
from apps.core.models import LiveTicket

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

LIFETIME = timedelta(seconds=60)


def issue_ticket(user: "AbstractBaseUser", *, credential: str, now: datetime) -> str:
    """Return a ticket for this person on the device that ``credential`` names. It is sent as a WebSocket subprotocol."""
    ticket = secrets.token_urlsafe(32)
    LiveTicket.objects.create(digest=_digest(ticket), user_id=user.pk, credential=credential, expires_at=now + LIFETIME)
    return ticket


def redeem(ticket: str, *, now: datetime) -> LiveIdentity | None:
    """Use a ticket up; return who it lets in, or None when it is unknown, used, too old or its owner no longer welcome."""
    with connection.cursor() as cursor:
        # one statement: of two sockets that show the same ticket at the same moment, one gets the row
        cursor.execute(
            "DELETE FROM core_liveticket WHERE digest = %s RETURNING user_id, credential, expires_at", [_digest(ticket)]
        )
        row = cursor.fetchone()
    if row is None or row[2] <= now:
        return None
    identity = authority().of_credential(row[1], now=now)
    return identity if identity is not None and identity.user.pk == row[0] else None


def prune(*, now: datetime) -> int:
    """Remove tickets nobody used; return how many."""
    removed, _by_model = LiveTicket.objects.filter(expires_at__lte=now).delete()
    return removed


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
