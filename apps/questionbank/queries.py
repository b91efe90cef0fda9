"""Reads of the bank across tables."""

from collections.abc import Collection, Mapping, Sequence
from random import Random
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat

from apps.accounts.models import User

from .drawing import draw
from .models import Course, Difficulty, Enrolment, ImportJob, QuestionEntry, QuestionEntryQuerySet, Topic
from .solved import solved_by

APPROVED = Q(questions__status=QuestionEntry.Status.APPROVED)
DIFFICULTY_RANK = Case(
    *(When(difficulty=difficulty, then=rank) for rank, difficulty in enumerate(Difficulty.values, start=1)), default=0
)


def courses_for(user: User, *, with_archived: bool = False) -> QuerySet[Any]:
    """Return the courses ``user`` may see, with ``is_mine`` (they are enrolled) and ``words`` to search in."""
    enrolled = Enrolment.objects.filter(course=OuterRef("pk"), user=user)
    courses = Course.objects.visible_to(user)
    return (
        (courses if with_archived else courses.current())
        .select_related("department")
        .annotate(is_mine=Exists(enrolled))
        .alias(words=Concat("code", Value(" "), "title"))
    )


def courses_to_choose(user: User, *, search: str = "") -> QuerySet[Any]:
    """Return ``courses_for``, one's own first, each with ``topic_count`` and ``question_count``, the approved questions.

    ``search`` is looked for in codes and titles.
    """
    topics = Topic.objects.filter(course=OuterRef("pk"))
    questions = QuestionEntry.objects.filter(topic__course=OuterRef("pk"), status=QuestionEntry.Status.APPROVED)
    found = courses_for(user).annotate(topic_count=_counted(topics), question_count=_counted(questions))
    return (found.filter(words__icontains=search) if search else found).order_by("-is_mine", "code")


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """Return the number of rows as a subquery, so that two counts of one list do not multiply each other."""
    total = rows.order_by().values(one=Value(1)).annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(total, output_field=IntegerField()), 0)


def topics_for(user: User) -> QuerySet[Topic]:
    """Return the topics ``user`` may see, each with ``question_count``, the approved questions in it."""
    return (
        Topic.objects.visible_to(user)
        .filter(course__archived_at=None)
        .select_related("course")
        .annotate(question_count=Count("questions", filter=APPROVED))
    )


def topics_of(course: Course) -> QuerySet[Any]:
    """Return the topics of a course in their order, each with ``question_count``, the approved questions in it."""
    return course.topics.annotate(question_count=Count("questions", filter=APPROVED)).order_by("position", "pk")


def questions_for(user: User) -> QuestionEntryQuerySet:
    """Return the questions ``user`` may see with what a list shows of them.

    ``difficulty_rank`` (1 is easy) is there to sort by, ``words`` to search in, ``is_solved`` (by ``user``) to filter by.
    """
    return (
        QuestionEntry.objects.visible_to(user)
        .filter(latest__isnull=False)
        .select_related("latest", "topic__course__department")
        .annotate(difficulty_rank=DIFFICULTY_RANK)
        .alias(
            words=Concat("latest__title", Value(" "), "latest__stem_text", output_field=TextField()),
            is_solved=ExpressionWrapper(Q(pk__in=solved_by(user)), output_field=BooleanField()),
        )
    )


def draw_questions(
    *,
    among: QuestionEntryQuerySet,
    count: int,
    weights: Mapping[str, int],
    random: Random,
    without: Collection[UUID] = (),
) -> Sequence[QuestionEntry]:
    """Return ``count`` drawable questions of ``among`` in random order, each once and none of ``without``.

    ``weights`` (difficulty to share) may be empty. Two statements: the candidates' ids, and the chosen rows.
    """
    candidates = among.drawable().exclude(public_id__in=without).order_by("pk").values_list("pk", "difficulty")
    chosen = draw(candidates, count, weights, random)
    found = among.in_bulk(chosen)
    return [found[pk] for pk in chosen]


def imports_for(user: User) -> QuerySet[ImportJob]:
    """Return the imports ``user`` may see with what a list shows of them."""
    return ImportJob.objects.visible_to(user).select_related("topic__course", "created_by", "reading_job")
