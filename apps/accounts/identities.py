"""Who a device session belongs to and in what role, kept in this process for at most two seconds.

Whoever ends a session or suspends a person calls ``forget`` in its own process; the others learn of it within the two
seconds.
"""

import copy
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db.models import F, FilteredRelation, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import DeviceSession, Membership, Organization, User
from apps.core.errors import NotSignedIn

KEPT_SECONDS = 2.0
KEPT_AT_MOST = 10_000


class SessionEnded(NotSignedIn):
    """The device was signed out, or its session has expired."""

    code = "session_ended"
    default_message = _("This sign-in has ended. Sign in again.")


class AccountSuspended(NotSignedIn):
    """The account was suspended."""

    code = "account_suspended"
    default_message = _("This account is suspended. Ask an administrator.")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """A person on one device, acting under one membership (or none)."""

    user: User
    device_session: DeviceSession
    membership: Membership | None


def identify(session: UUID, *, now: datetime) -> Identity:
    """Return who is behind an open device session; at most one statement, none when asked within the last two seconds.

    Raises ``SessionEnded`` or ``AccountSuspended``. The user returned is a copy of the caller's own.
    """
    identity = _recent.get(session)
    if identity is None:
        identity = _load(session)
        if identity is None:
            raise SessionEnded
        _recent.put(session, identity)
    device = identity.device_session
    if device.ended_at is not None or device.expires_at <= now:
        raise SessionEnded
    if not identity.user.is_active:
        raise AccountSuspended
    user = copy.copy(identity.user)
    user.act_under(identity.membership)
    return Identity(user=user, device_session=copy.copy(device), membership=identity.membership)


def forget(*sessions: UUID) -> None:
    """Drop what this process remembers of these device sessions."""
    for session in sessions:
        _recent.drop(session)


def forget_everyone() -> None:
    """Drop everything this process remembers."""
    _recent.clear()


def _load(session: UUID) -> Identity | None:
    """Return the device session with its user and the user's current membership in its organisation: one statement."""
    device = (
        DeviceSession.objects.annotate(
            current_membership=FilteredRelation(
                "user__memberships",
                condition=Q(user__memberships__ended_at=None, user__memberships__organization=F("organization")),
            )
        )
        .select_related("user", "organization", "current_membership")  # type: ignore[misc]  # the plugin knows no alias
        .filter(public_id=session)
        .first()
    )
    if device is None:
        return None
    # without a membership the join leaves no attribute behind
    membership: Membership | None = getattr(device, "current_membership", None)
    if membership is not None:
        membership.organization = cast(Organization, device.organization)
    return Identity(user=device.user, device_session=device, membership=membership)


class _Recent:
    """The identities of the last two seconds, oldest first."""

    def __init__(self) -> None:
        self._entries: OrderedDict[UUID, tuple[float, Identity]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, session: UUID) -> Identity | None:
        entry = self._entries.get(session)
        if entry is None or time.monotonic() - entry[0] > KEPT_SECONDS:
            return None
        return entry[1]

    def put(self, session: UUID, identity: Identity) -> None:
        with self._lock:
            self._entries.pop(session, None)
            self._entries[session] = (time.monotonic(), identity)
            while len(self._entries) > KEPT_AT_MOST:
                self._entries.popitem(last=False)

    def drop(self, session: UUID) -> None:
        with self._lock:
            self._entries.pop(session, None)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


_recent = _Recent()
