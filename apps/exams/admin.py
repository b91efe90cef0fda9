"""Exams in the support console: to look at, and to close what hangs. Building is done on pages and by API."""

from typing import cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core.console import ReadOnlyAdmin, ReadOnlyInline, words_of
from apps.core.errors import LecternError

from . import authoring, services
from .models import Answer, Exam, ExamRevision, ExamSession, SessionItem, Slot


class RevisionInline(ReadOnlyInline):
    """The revisions of an exam."""

    model = ExamRevision
    fk_name = "exam"
    show_change_link = True
    fields = readonly_fields = (
        "number",
        "duration_minutes",
        "opens_at",
        "closes_at",
        "attempts_allowed",
        "pass_percentage",
        "published_at",
    )


@admin.register(Exam)
class ExamAdmin(ReadOnlyAdmin):
    """Exams with their revisions; publishing is an action."""

    list_display = ["title", "course", "exam_type", "is_published", "created_by", "created_at"]
    list_filter = ["exam_type", "organization"]
    search_fields = ["title", "course__code", "course__title"]
    list_select_related = ["course", "created_by", "current"]
    inlines = [RevisionInline]
    actions = ["publish"]

    @admin.display(description=_("published"), boolean=True)
    def is_published(self, exam: Exam) -> bool:
        """Whether candidates can see it."""
        return exam.current_id is not None

    @admin.action(description=_("Publish the draft"), permissions=["view"])
    def publish(self, request: HttpRequest, exams: QuerySet[Exam]) -> None:
        """Publish each chosen exam; refusals are named by reason."""
        for exam in exams:
            try:
                authoring.publish_exam(actor=cast(User, request.user), exam=exam, now=timezone.now())
            except LecternError as error:
                self.message_user(request, f"{exam}: {words_of(error)}", messages.ERROR)
            else:
                self.message_user(request, _("%(exam)s is published.") % {"exam": exam}, messages.SUCCESS)


class SlotInline(ReadOnlyInline):
    """The slots of a revision."""

    model = Slot
    fields = readonly_fields = ("position", "kind", "entry", "topic", "difficulty", "draw_count", "max_mark")


@admin.register(ExamRevision)
class ExamRevisionAdmin(ReadOnlyAdmin):
    """Revisions with their slots."""

    list_display = ["exam", "number", "opens_at", "closes_at", "published_at"]
    list_select_related = ["exam"]
    inlines = [SlotInline]


class ItemInline(ReadOnlyInline):
    """The questions of a session."""

    model = SessionItem
    fields = readonly_fields = ("position", "version", "max_mark")


@admin.register(ExamSession)
class ExamSessionAdmin(ReadOnlyAdmin):
    """Sessions; those whose time is over can be closed by hand."""

    list_display = ["title", "user", "exam_type", "started_at", "deadline_at", "submitted_at", "score", "max_score"]
    list_filter = ["exam_type", "source", "organization"]
    search_fields = ["title", "user__email", "user__full_name"]
    list_select_related = ["user"]
    date_hierarchy = "started_at"
    inlines = [ItemInline]
    actions = ["close_overdue"]

    @admin.action(description=_("Close and mark those whose time is over"), permissions=["view"])
    def close_overdue(self, request: HttpRequest, sessions: QuerySet[ExamSession]) -> None:
        """Finish the chosen sessions that are due; the others stay as they are."""
        now = timezone.now()
        due = [session for session in sessions if session.is_due_at(now)]
        for session in due:
            services.finish_overdue_session(session=session, now=now)
        self.message_user(
            request,
            ngettext("%(count)d session was closed.", "%(count)d sessions were closed.", len(due))
            % {"count": len(due)},
            messages.SUCCESS if due else messages.WARNING,
        )


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """The log of answers, newest first, found by session."""

    list_display = ["item", "sequence", "kind", "received_at", "saved_at"]
    search_fields = ["item__session__public_id"]
    list_select_related = ["item"]
    show_full_result_count = False
    ordering = ["-pk"]
