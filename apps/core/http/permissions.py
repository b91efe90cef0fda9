"""Who may call a view, before anything is known about accounts. The access words of people are in ``accounts.http``."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView  # these are loaded while that module is


class Nobody(BasePermission):
    """The default: a view that names no permission answers nobody."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Refuse."""
        return False


class PublicAccess(BasePermission):
    """Everyone, signed in or not."""

    access = "public"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Allow."""
        return True


class SignedIn(BasePermission):
    """Anyone who is signed in; what they see is decided by ``visible_to``."""

    access = "user"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Allow an authenticated caller."""
        return bool(request.user and request.user.is_authenticated)
