"""Reads of sessions across tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.questionbank.models import Course

from . import marking
from .models import Answer, Exam, ExamRevision, ExamSession, ExamSessionQuerySet, ExamType, Grade, SessionItem, Slot
from .permissions import can_create_exam
from .receipts import ReceiptLine
from .versions import versions_by_key

LISTED = 50
"""The most a page lists of what is running or ahead; more than anybody sits at once."""


@dataclass(frozen=True, kw_only=True)
class Sittings:
    """What one person did with one exam: how many attempts were begun, and the one still unfinished."""

    count: int
    unfinished: ExamSession | None


@dataclass(frozen=True, kw_only=True)
class ItemResult:
    """One question of a finished session with its mark."""

    item: SessionItem
    payload: Any
    time_spent: int
    fraction: Decimal
    mark: Decimal


def sittings_of(*, exam: Exam, user: User) -> Sittings:
    """Return the sittings of ``exam`` by ``user`` in one query."""
    newest = list(ExamSession.objects.filter(exam=exam, user=user).order_by("-number")[:1])
    if not newest:
        return Sittings(count=0, unfinished=None)
    session = newest[0]
    return Sittings(count=session.number, unfinished=session if session.finished_at is None else None)


def item_count(session: ExamSession) -> int:
    """Return how many questions the session has."""
    return SessionItem.objects.filter(session=session).count()


def items_with_versions(session: ExamSession) -> list[SessionItem]:
    """Return the items in order, each with its version; versions come from the process's store."""
    items = list(SessionItem.objects.filter(session=session).order_by("position"))
    versions = versions_by_key(item.version_id for item in items)
    for item in items:
        item.version = versions[item.version_id]
    return items


def folded_answers(session: ExamSession) -> dict[int, marking.FoldedAnswer]:
    """Return the answers that count, by item key."""
    log = Answer.objects.filter(item__session=session).values_list(
        "item_id", "pk", "sequence", "kind", "payload", "time_spent", "saved_at"
    )
    return marking.fold(
        marking.GivenAnswer(
            item_id=item,
            answer_id=pk,
            sequence=sequence,
            kind=kind,
            payload=payload,
            time_spent=seconds,
            saved_at=saved,
        )
        for item, pk, sequence, kind, payload, seconds, saved in log
    )


def receipt_lines(items: Sequence[SessionItem], folded: dict[int, marking.FoldedAnswer]) -> list[ReceiptLine]:
    """Return what the receipt says of each answered question."""
    return [
        ReceiptLine(
            position=item.position,
            question_id=item.public_id,
            sequence=folded[item.pk].sequence,
            saved_at=folded[item.pk].saved_at,
            payload=folded[item.pk].payload,
        )
        for item in items
        if item.pk in folded
    ]


def submissions_since(*, user: User, since: datetime) -> int:
    """Return how many exams (not practice) the person handed in themselves since then."""
    return (
        ExamSession.objects.filter(user=user, finished_at__gte=since, source=ExamSession.Source.CANDIDATE)
        .exclude(exam_type=ExamType.PRACTICE)
        .count()
    )


def results_of(session: ExamSession) -> list[ItemResult]:
    """Return every question of a finished session with the answer that counted and its current mark. Three queries."""
    items = items_with_versions(session)
    folded = folded_answers(session)
    grades = {
        item: (fraction, mark)
        for item, fraction, mark in Grade.objects.filter(item__session=session, superseded_by=None).values_list(
            "item_id", "fraction", "mark"
        )
    }
    return [
        ItemResult(
            item=item,
            payload=folded[item.pk].payload if item.pk in folded else None,
            time_spent=folded[item.pk].time_spent if item.pk in folded else 0,
            fraction=grades[item.pk][0],
            mark=grades[item.pk][1],
        )
        for item in items
    ]


def history_of(user: User) -> ExamSessionQuerySet:
    """Return the person's sessions with their exams, for lists."""
    return ExamSession.objects.visible_to(user).filter(user=user).select_related("exam", "course")


def sees_drafts(user: User, exam: Exam) -> bool:
    """Return whether the person is among those who build this exam."""
    return can_create_exam(user, exam.organization_id)


def draft_of(exam: Exam) -> ExamRevision | None:
    """Return the draft of an exam, or None."""
    return exam.revisions.filter(published_at=None).first()


def slots_of(revision: ExamRevision) -> list[Slot]:
    """Return the slots of a revision in their order, with what they name."""
    return list(revision.slots.select_related("entry", "topic").order_by("position"))


@dataclass(frozen=True, kw_only=True)
class TopicMarks:
    """How one topic of a session went."""

    topic_id: UUID
    name: str
    mark: Decimal
    max_mark: Decimal


def marks_by_topic(session: ExamSession) -> list[TopicMarks]:
    """Return the marks of a finished session by topic, weakest first. One query."""
    rows = (
        Grade.objects.filter(item__session=session, superseded_by=None)
        .values("item__version__entry__topic__public_id", "item__version__entry__topic__name")
        .annotate(earned=Sum("mark"), possible=Sum("item__max_mark"))
    )
    topics = [
        TopicMarks(
            topic_id=row["item__version__entry__topic__public_id"],
            name=row["item__version__entry__topic__name"],
            mark=row["earned"],
            max_mark=row["possible"],
        )
        for row in rows
    ]
    return sorted(topics, key=lambda topic: (topic.mark / topic.max_mark if topic.max_mark else 1, topic.name))


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


def questions_solved_by(user: User) -> QuerySet[Any]:
    """Return a query of the primary keys of the bank's questions that a finished session of ``user`` has fully right."""
    solved = Grade.objects.filter(item=OuterRef("pk"), superseded_by=None, fraction=1)
    items = SessionItem.objects.filter(Exists(solved), session__user=user, session__finished_at__isnull=False)
    return items.values("version__entry")


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
