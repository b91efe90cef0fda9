"""What Django's own sign-in asks."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from apps.accounts.models import User


class SessionBackend(BaseBackend):
    """Finds the person of a session, and never signs anyone in.

    Signing in goes through ``services.sign_in`` alone, with its limits, from whichever form it starts.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Refuse."""
        return None

    def get_user(self, user_id: int) -> User | None:
        """Return the person while the account is active."""
        return User.objects.filter(pk=user_id, is_active=True).first()
