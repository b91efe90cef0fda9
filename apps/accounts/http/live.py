"""Who is behind a live socket: the same device sessions as everywhere else."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F, FilteredRelation, Q
from django.http import HttpRequest

from apps.accounts import identities
from apps.accounts.http.sessions import page_identity
from apps.accounts.identities import Identity
from apps.accounts.models import DeviceSession
from apps.core.errors import NotSignedIn
from apps.core.live import LiveIdentity


class DeviceAuthority:
    """Lets in who is signed in on a device, for as long as device, account and role stay what they were."""

    def of_session(self, session: SessionBase, *, now: datetime) -> LiveIdentity | None:
        """Return who is signed in by a browser's session."""
        request = HttpRequest()
        request.session = session
        request.received_at = now  # type: ignore[attr-defined]
        identity = page_identity(request)
        return _live(identity) if identity else None

    def of_credential(self, credential: str, *, now: datetime) -> LiveIdentity | None:
        """Return who is behind a device session's public id."""
        try:
            return _live(identities.identify(UUID(credential), now=now))
        except (NotSignedIn, ValueError):
            return None

    def standings(self, credentials: Collection[str], *, now: datetime) -> Mapping[str, str]:
        """Return role and membership of every device session that is open, by one statement."""
        rows = (
            DeviceSession.objects.open_at(now)
            .filter(public_id__in=credentials, user__is_active=True)
            .annotate(
                membership=FilteredRelation(
                    "user__memberships",
                    condition=Q(user__memberships__ended_at=None, user__memberships__organization=F("organization")),
                )
            )
            .values_list("public_id", "user__platform_role", "membership__pk", "membership__role")
        )
        return {str(public_id): _standing(platform_role, pk, role) for public_id, platform_role, pk, role in rows}


def _live(identity: Identity) -> LiveIdentity:
    membership = identity.membership
    return LiveIdentity(
        user=identity.user,
        credential=str(identity.device_session.public_id),
        standing=_standing(
            identity.user.platform_role, membership.pk if membership else None, membership.role if membership else None
        ),
    )


def _standing(platform_role: str, membership_id: int | None, role: str | None) -> str:
    return f"{platform_role}/{membership_id or ''}/{role or ''}"
