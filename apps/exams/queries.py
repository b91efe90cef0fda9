"""Reads of sessions across tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Sum

from apps.accounts.models import User

from . import marking
from .models import Answer, Exam, ExamRevision, ExamSession, ExamSessionQuerySet, ExamType, Grade, SessionItem, Slot
from .permissions import can_create_exam
from .receipts import ReceiptLine
from .versions import versions_by_key


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


def questions_solved_by(user: User) -> QuerySet[Any]:
    """Return a query of the primary keys of the bank's questions that a finished session of ``user`` has fully right."""
    solved = Grade.objects.filter(item=OuterRef("pk"), superseded_by=None, fraction=1)
    items = SessionItem.objects.filter(Exists(solved), session__user=user, session__finished_at__isnull=False)
    return items.values("version__entry")
