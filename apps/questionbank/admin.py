"""The bank in the support console: to look at and to search. Writing is done by services."""

import json
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.http.requests import SignedInPageRequest
from apps.accounts.models import User
from apps.core.console import ReadOnlyAdmin, ReadOnlyInline
from apps.core.errors import LecternError

from . import services
from .models import (
    Course,
    Department,
    Enrolment,
    Faculty,
    ImportJob,
    QuestionEntry,
    QuestionVersion,
    Topic,
)


def _as_written(value: Any) -> str:
    return format_html("<pre>{}</pre>", json.dumps(value, ensure_ascii=False, indent=2))


@admin.register(Faculty)
class FacultyAdmin(ReadOnlyAdmin):
    """Faculties."""

    list_display = ["name", "university", "organization"]
    list_filter = ["organization"]
    list_select_related = ["university", "organization"]
    search_fields = ["name", "university__name"]
    ordering = ["name"]


@admin.register(Department)
class DepartmentAdmin(ReadOnlyAdmin):
    """Departments."""

    list_display = ["name", "faculty", "organization"]
    list_filter = ["organization"]
    list_select_related = ["faculty", "organization"]
    search_fields = ["name", "faculty__name"]
    ordering = ["name"]


class TopicInline(ReadOnlyInline):
    """The topics of a course."""

    model = Topic
    fields = ["position", "name"]
    ordering = ["position"]
    extra = 0


class EnrolmentInline(ReadOnlyInline):
    """Who is in a course."""

    model = Enrolment
    fields = ["user", "role", "created_at"]
    readonly_fields = ["created_at"]
    ordering = ["-role", "pk"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Enrolment]:
        """Return enrolments with their people."""
        return super().get_queryset(request).select_related("user")


@admin.register(Course)
class CourseAdmin(ReadOnlyAdmin):
    """Courses with their topics and people."""

    list_display = ["code", "title", "department", "level", "organization", "archived_at"]
    list_filter = ["organization", "level", ("archived_at", admin.EmptyFieldListFilter)]
    list_select_related = ["department", "organization"]
    search_fields = ["code", "title"]
    ordering = ["code"]
    inlines = [TopicInline, EnrolmentInline]


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnlyAdmin):
    """Who is in which course; a member of the organisation is put in by the service."""

    list_display = ["user", "course", "role", "created_at"]
    list_filter = ["organization", "role"]
    list_select_related = ["user", "course"]
    search_fields = ["user__email", "user__full_name", "course__code", "course__title"]
    ordering = ["-created_at", "-pk"]
    fields = ["course", "user", "role"]
    raw_id_fields = ["course", "user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Administrators enrol people here."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def save_model(self, request: HttpRequest, obj: Enrolment, form: Any, change: bool) -> None:
        """Enrol by the service."""
        enrolled = services.enrol(
            actor=cast(User, request.user), course=obj.course, user=obj.user, role=obj.role, now=timezone.now()
        )
        obj.pk = enrolled.pk


class VersionInline(ReadOnlyInline):
    """The versions of a question, newest first."""

    template = "admin/edit_inline/stacked.html"
    model = QuestionVersion
    fk_name = "entry"
    fields = [
        "number",
        "title",
        "stem_text",
        "content_shown",
        "key_shown",
        "explanation_html",
        "created_by",
        "created_at",
    ]
    readonly_fields = ["content_shown", "key_shown", "created_at"]
    ordering = ["-number"]
    extra = 0

    @admin.display(description=_("content"))
    def content_shown(self, version: QuestionVersion) -> str:
        """Return what candidates see, in letters of any script."""
        return _as_written(version.content)

    @admin.display(description=_("key"))
    def key_shown(self, version: QuestionVersion) -> str:
        """Return what marks an answer."""
        return _as_written(version.key)


@admin.register(QuestionEntry)
class QuestionEntryAdmin(ReadOnlyAdmin):
    """Questions with all their versions; hiding is an action."""

    list_display = ["stem", "type", "difficulty", "status", "topic", "owner", "created_at"]
    list_filter = ["organization", "status", "type", "difficulty"]
    list_select_related = ["latest", "topic", "owner"]
    search_fields = ["latest__stem_text", "latest__title", "idnumber", "topic__name"]
    search_help_text = _("Words of the question, its title or own number, or a topic")
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    inlines = [VersionInline]
    actions = ["hide"]

    @admin.display(description=_("question"), ordering="latest__stem_text")
    def stem(self, entry: QuestionEntry) -> str:
        """Return the beginning of what it asks."""
        text = entry.latest.stem_text if entry.latest else ""
        return text if len(text) <= 100 else text[:99] + "…"

    @admin.action(description=_("Hide from the bank"), permissions=["view"])
    def hide(self, request: SignedInPageRequest, entries: QuerySet[QuestionEntry]) -> None:
        """Hide each chosen question; refusals are told by reason."""
        hidden = 0
        for entry in entries:
            try:
                services.hide_question(actor=request.user, entry=entry, now=timezone.now())
                hidden += 1
            except LecternError as error:
                self.message_user(request, f"{self.stem(entry)}: {error.message}", messages.ERROR)
        words = ngettext("%(count)d question hidden.", "%(count)d questions hidden.", hidden) % {"count": hidden}
        self.message_user(request, words, messages.SUCCESS if hidden else messages.WARNING)


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyAdmin):
    """Imports and how they went."""

    list_display = [
        "filename",
        "status",
        "total_rows",
        "success_count",
        "duplicate_count",
        "problem_count",
        "unsupported_count",
        "created_by",
        "created_at",
    ]
    list_filter = ["organization", "status", "format"]
    list_select_related = ["created_by"]
    search_fields = ["filename", "created_by__email", "created_by__full_name"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
