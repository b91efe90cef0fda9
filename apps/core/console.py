"""What the support consoles of all apps share: rows are shown, services change them, refusals are told in their words."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.core.errors import LecternError


class ServiceAdmin(admin.ModelAdmin):
    """Rows whose changes are services': what a service refuses is reported in its words."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows end, they are not deleted."""
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form again with the reason where a service refused it."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except LecternError as refusal:
            self.message_user(request, words_of(refusal), messages.ERROR)
            return redirect(request.get_full_path())

    def each(self, request: HttpRequest, rows: QuerySet[Any], deed: Callable[[Any], Any], done: Any) -> None:
        """Do something to each row by a service, and say of each what became of it."""
        for row in rows:
            try:
                deed(row)
            except LecternError as refusal:
                self.message_user(request, f"{row}: {words_of(refusal)}", messages.ERROR)
            else:
                self.message_user(request, f"{row}: {done}", messages.SUCCESS)


class ReadOnlyAdmin(ServiceAdmin):
    """Rows that are only looked at."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change by services."""
        return False


class ReadOnlyInline(admin.TabularInline):
    """Rows of another table, only looked at."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from services."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows change by services."""
        return False


def words_of(refusal: LecternError) -> str:
    """Return a refusal in one paragraph: its message and what it says of each field."""
    reasons = [str(message) for messages_of_field in refusal.fields.values() for message in messages_of_field]
    return " ".join([str(refusal.message), *reasons])
