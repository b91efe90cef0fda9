"""The access words of the endpoint table, as permission classes.

What exactly someone sees is decided by ``visible_to``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from apps.accounts import permissions
from apps.accounts.permissions import Person
from apps.core.http.permissions import PublicAccess, SignedIn

if TYPE_CHECKING:
    from rest_framework.views import APIView  # these are loaded while that module is

__all__ = [
    "AdminAccess",
    "OperatorAccess",
    "OrgAdminAccess",
    "PublicAccess",
    "SelfAccess",
    "ServiceAccess",
    "TeacherAccess",
    "UserAccess",
]


class UserAccess(SignedIn):
    """Anyone signed in."""

    access = "user"


class SelfAccess(SignedIn):
    """Anyone signed in, for rows that are their own."""

    access = "self"


class _RoleAccess(BasePermission):
    """Those for whom a predicate holds."""

    access = ""
    predicate: Callable[[Person], bool]

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Ask the predicate."""
        return type(self).predicate(request.user)


class TeacherAccess(_RoleAccess):
    """Teachers and organisation administrators, in the organisation they act in."""

    access = "teacher"
    predicate = staticmethod(permissions.is_teacher)


class OrgAdminAccess(_RoleAccess):
    """Administrators of the organisation they act in."""

    access = "org-admin"
    predicate = staticmethod(permissions.is_org_admin)


class AdminAccess(_RoleAccess):
    """Platform administrators."""

    access = "admin"
    predicate = staticmethod(permissions.is_platform_admin)


class OperatorAccess(_RoleAccess):
    """Operators of the platform."""

    access = "operator"
    predicate = staticmethod(permissions.is_operator)


class ServiceAccess(_RoleAccess):
    """Programs with an account of their own."""

    access = "service"
    predicate = staticmethod(permissions.is_service)
