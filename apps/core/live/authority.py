"""Who is behind a socket, and whether they still are. Answered by accounts, which registers with ``set_authority``."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.sessions.backends.base import SessionBase


@dataclass(frozen=True, kw_only=True)
class LiveIdentity:
    """A person on one device.

    ``credential`` names what lets them in, such as a device session. ``standing`` is a short text of all that their rights
    depend on; when it changes the socket is closed, so that everything is asked anew.
    """

    user: "AbstractBaseUser"
    credential: str
    standing: str


class Authority(Protocol):
    """What accounts answers. Every method may query and runs outside the event loop."""

    def of_session(self, session: "SessionBase", *, now: datetime) -> LiveIdentity | None:
        """Return who is signed in by a browser's session."""

    def of_credential(self, credential: str, *, now: datetime) -> LiveIdentity | None:
        """Return who is behind a credential for which a ticket was issued."""

    def standings(self, credentials: Collection[str], *, now: datetime) -> Mapping[str, str]:
        """Return the present standing of each credential that still lets somebody in; called every three seconds."""


class _Nobody:
    """Lets nobody in, until accounts has registered."""

    def of_session(self, session: "SessionBase", *, now: datetime) -> LiveIdentity | None:
        return None

    def of_credential(self, credential: str, *, now: datetime) -> LiveIdentity | None:
        return None

    def standings(self, credentials: Collection[str], *, now: datetime) -> Mapping[str, str]:
        return {}


_authority: Authority = _Nobody()


def set_authority(authority: Authority) -> None:
    """Register who answers."""
    global _authority  # noqa: PLW0603 - the one place of the process where it is kept
    _authority = authority


def authority() -> Authority:
    """Return who answers."""
    return _authority
