"""Who may call the bank's views."""

from typing import ClassVar

from rest_framework.permissions import BasePermission

from apps.accounts.http.permissions import OrgAdminAccess, TeacherAccess, UserAccess
from apps.core.http.views import APIView


class ReadByEveryone(APIView):
    """A path that everyone signed in reads and that ``written_by`` write to."""

    written_by: ClassVar[type[BasePermission]]

    def get_permissions(self) -> list[BasePermission]:
        """Return the permission for the method at hand."""
        return [UserAccess() if self.request.method in ("GET", "HEAD", "OPTIONS") else self.written_by()]


class WrittenByTeachers(ReadByEveryone):
    """What teachers keep."""

    written_by = TeacherAccess


class WrittenByOrgAdmins(ReadByEveryone):
    """What the administrators of an organisation keep."""

    written_by = OrgAdminAccess


class ImportAccess(OrgAdminAccess):
    """Administrators of the platform, and of the organisation they act in: an import fills that organisation's bank."""

    access = "admin"
