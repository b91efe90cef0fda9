"""What a candidate's pages list: what runs, what can be sat, what comes, how it went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.questionbank.models import Course, staff_membership

from .models import Answer, Exam, ExamRevision, ExamSession, ExamType, SessionItem
from .queries import history_of

LISTED = 50
"""The most a page lists of what is running or ahead; more than anybody sits at once."""


@dataclass(frozen=True, kw_only=True)
class RunningSession:
    """An unfinished session in a list."""

    id: UUID
    exam_type: str
    title: str
    started_at: datetime
    deadline_at: datetime | None
    answered: int
    question_count: int


@dataclass(frozen=True, kw_only=True)
class ExamAhead:
    """An exam that a person can sit or awaits."""

    id: UUID
    title: str
    course_title: str
    status: str
    opens_at: datetime | None
    closes_at: datetime | None
    duration_minutes: int | None
    question_count: int
    attempts_left: int | None


def running_sessions(user: User, *, now: datetime) -> list[RunningSession]:
    """Return the person's unfinished sessions whose time is not over, exams first, then the newest. One query."""
    items = SessionItem.objects.filter(session=OuterRef("pk"))
    answered = items.filter(Exists(Answer.objects.filter(item=OuterRef("pk"), kind=Answer.Kind.SAVE)))
    sessions = (
        ExamSession.objects.visible_to(user)
        .unfinished()
        .filter(Q(hard_close_at=None) | Q(hard_close_at__gt=now), user=user)
        .annotate(
            question_count=_count_of(items),
            answered=_count_of(answered),
            is_practice=Case(When(exam_type=ExamType.PRACTICE, then=1), default=0),
        )
        .order_by("is_practice", "-started_at")[:LISTED]
    )
    return [
        RunningSession(
            id=session.public_id,
            exam_type=session.exam_type,
            title=session.title,
            started_at=session.started_at,
            deadline_at=session.deadline_at,
            answered=session.answered,
            question_count=session.question_count,
        )
        for session in sessions
    ]


def exams_ahead(user: User, *, now: datetime, course: Course | None = None) -> list[ExamAhead]:
    """Return the exams the person can sit now or later, soonest first. One query.

    Left out: those closed, those without an attempt left, and those being sat.
    """
    mine = ExamSession.objects.filter(exam=OuterRef("pk"), user=user)
    exams = (
        Exam.objects.visible_to(user)
        .filter(Q(current__closes_at=None) | Q(current__closes_at__gt=now), current__isnull=False, archived_at=None)
        .exclude(Exists(mine.unfinished()))
        .annotate(used=_count_of(mine))
        .filter(Q(current__attempts_allowed=0) | Q(used__lt=F("current__attempts_allowed")))
        .select_related("course", "current")
        .order_by(F("current__opens_at").asc(nulls_first=True), "pk")
    )
    if course is not None:
        exams = exams.filter(course=course)
    return [_ahead(exam, exam.current, used=exam.used, now=now) for exam in exams[:LISTED] if exam.current is not None]


def day_of(user: User, *, now: datetime) -> dict[str, Any]:
    """Return what a student's first page shows. Four queries, whatever there is."""
    ahead = exams_ahead(user, now=now)
    courses = Course.objects.visible_to(user).current().taken_by(user).order_by("code")[:LISTED]
    finished = history_of(user).finished().order_by("-submitted_at")[:5]
    return {
        "now": now,
        "running": running_sessions(user, now=now),
        "open": [exam for exam in ahead if exam.status == "open"],
        "upcoming": [exam for exam in ahead if exam.status == "upcoming"],
        "results": [
            {
                "id": session.public_id,
                "title": session.title,
                "submitted_at": session.submitted_at,
                "score": session.score,
                "max_score": session.max_score,
                "passed": session.is_passed,
            }
            for session in finished
        ],
        "courses": [{"id": course.public_id, "code": course.code, "title": course.title} for course in courses],
    }


def is_to_be_set_up_by(user: User) -> bool:
    """Return whether this is staff of a school without any course. One query for staff, none for others."""
    return staff_membership(user) is not None and not Course.objects.visible_to(user).exists()


def _ahead(exam: Exam, rules: ExamRevision, *, used: int, now: datetime) -> ExamAhead:
    return ExamAhead(
        id=exam.public_id,
        title=exam.title,
        course_title=exam.course.title,
        status=exam.status_at(now),
        opens_at=rules.opens_at,
        closes_at=rules.closes_at,
        duration_minutes=rules.duration_minutes,
        question_count=sum(slot["draw_count"] for slot in rules.paper or ()),
        attempts_left=rules.attempts_allowed - used if rules.attempts_allowed else None,
    )


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return a subquery that counts ``rows``, which refer to the outer row."""
    counted = rows.order_by().annotate(_all=Value(1)).values("_all").annotate(_count=Count("pk")).values("_count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
