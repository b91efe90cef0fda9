"""Four weeks of the demonstration: who practised what and when, and which exams were held.

Everything random has a seed of its own, so the same people do the same things every time; times count from ``now``.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from apps.accounts.models import User
from apps.exams import authoring, services
from apps.exams.models import Exam, ExamRevision
from apps.questionbank.models import Course, Difficulty, QuestionEntry, Topic

from .candidates import AskedQuestion
from .people import StudentPlan
from .sittings import Bank, Sitting

DAYS = 28
GROWTH_A_DAY = 0.015
"""How much abilities grow with practice."""
ABSENT = 0.08
SEED_BITS = 62


@dataclass(frozen=True, kw_only=True)
class Student:
    """A student with what they take. ``abilities`` is by the key of the course."""

    user: User
    plan: StudentPlan
    courses: tuple[Course, ...]
    abilities: Mapping[int, float]
    pace: float


@dataclass(frozen=True, kw_only=True)
class ExamPlan:
    """An exam of a course. ``opens`` is days from now, counted from its hour; or hours when it ``is_running``."""

    code: str
    title: str
    opens: int
    hour: int
    duration_minutes: int
    is_running: bool = False


FINISHED = (
    ExamPlan(code="MATH101", title="Mid-term: Algebra and Calculus", opens=-20, hour=9, duration_minutes=25),
    ExamPlan(code="PHYS110", title="Contrôle continu : mécanique et circuits", opens=-13, hour=10, duration_minutes=30),
    ExamPlan(code="DATA150", title="Programming test", opens=-6, hour=14, duration_minutes=25),
)
RUNNING = ExamPlan(
    code="CHEM120", title="Chemistry: first examination", opens=0, hour=0, duration_minutes=40, is_running=True
)
UPCOMING = ExamPlan(code="MATH101", title="Final: Algebra and Calculus", opens=3, hour=9, duration_minutes=60)

RUNNING_SINCE = timedelta(minutes=32)
RUNNING_FOR = timedelta(days=14)
WINDOW = timedelta(hours=3)
PUBLISHED_BEFORE = timedelta(days=4)

_STRATA = ((Difficulty.EASY, 1, Decimal(1)), (Difficulty.MEDIUM, 2, Decimal(1)), (Difficulty.HARD, 1, Decimal(2)))
"""What an exam draws from each topic: difficulty, how many, marks for each."""


def as_bank(entries: Sequence[QuestionEntry]) -> Bank:
    """Return the questions of the demonstration as those who sit its exams meet them."""
    versions, asked = {}, {}
    for entry in entries:
        version = entry.latest
        if version is None:
            continue
        versions[version.pk] = version
        asked[version.pk] = AskedQuestion(
            type=version.type,
            difficulty=entry.difficulty,
            content=version.content,
            key=version.key,
            hardness=_chance("hardness", entry.idnumber).gauss(0, 0.45),
        )
    return Bank(versions=versions, asked=asked)


def enrolled(plan: StudentPlan, courses: Sequence[Course]) -> list[Course]:
    """Return what a student takes: all courses for the one whose sign-in is shown, else three to five of them."""
    if plan.person.email.startswith("student@"):
        return list(courses)
    rng = _chance("courses", plan.person.email)
    wishes = {
        course.code: rng.random() * (0.6 if course.code.startswith(("MATH", "CHEM", "DATA")) else 1.0)
        for course in courses
    }
    if plan.person.language in {"fr", "ar"}:
        wishes |= {course.code: -1.0 for course in courses if course.language == plan.person.language}
    chosen = sorted(courses, key=lambda course: wishes[course.code])[: rng.randint(3, 5)]
    return [course for course in courses if course in chosen]


def abilities(plan: StudentPlan, courses: Sequence[Course]) -> dict[int, float]:
    """Return how able a student is in each course today: as in general, more or less."""
    return {
        course.pk: plan.ability + _chance("ability", plan.person.email, course.code).gauss(0, 0.4) for course in courses
    }


def pace(plan: StudentPlan) -> float:
    """Return how long a student takes for a question, as a multiple of what is usual."""
    return math.exp(_chance("pace", plan.person.email).gauss(0, 0.22))


# --- Practice ---------------------------------------------------------------------------------------------------------
def practice(
    students: Sequence[Student],
    *,
    topics: Mapping[int, Sequence[Topic]],
    pools: Mapping[int, services.Pools],
    now: datetime,
) -> Iterator[Sitting]:
    """Yield the practice of four weeks. ``topics`` are by the key of the course, ``pools`` by that of the topic."""
    for student in students:
        rng = _chance("practice", student.plan.person.email)
        busy = 13 if student.plan.person.email.startswith("student@") else rng.randint(3, 10)
        for day in sorted(rng.sample(range(1, DAYS), busy), reverse=True):
            course = rng.choice(student.courses)
            topic = rng.choice(topics[course.pk])
            started_at = _day(now, -day, hour=rng.choice((8, 12, 16, 17, 18, 19, 20, 21)), minute=rng.randint(0, 59))
            session, items = services.draft_own_session(
                actor=student.user,
                wanted=services.StartRequest(topic=topic, count=rng.choice((8, 10, 10, 12))),
                course=course,
                pools=pools[topic.pk],
                seed=rng.getrandbits(SEED_BITS),
                now=started_at,
            )
            yield Sitting(
                session=session, paper=items, ability=_ability(student, course, day), pace=student.pace, rng=rng
            )


# --- Exams ------------------------------------------------------------------------------------------------------------
def hold_exam(plan: ExamPlan, *, course: Course, topics: Sequence[Topic], teacher: User, now: datetime) -> Exam:
    """Build and publish an exam as its teacher would have, some days before it opens."""
    opens_at = now - RUNNING_SINCE if plan.is_running else _day(now, plan.opens, hour=plan.hour, minute=0)
    published_at = min(opens_at, now) - PUBLISHED_BEFORE
    exam = authoring.create_exam(
        actor=teacher,
        course=course,
        title=plan.title,
        changes=authoring.ExamChanges(
            rules=_rules(plan, opens_at),
            slots=tuple(
                authoring.SlotInput(topic=topic, difficulty=difficulty, draw_count=count, max_mark=mark)
                for topic in topics
                for difficulty, count, mark in _STRATA
            ),
        ),
    )
    # an exam is as old as its making says, not as the moment in which the demonstration was loaded
    Exam.objects.filter(pk=exam.pk).update(created_at=published_at - timedelta(hours=2))
    exam.revisions.update(created_at=published_at - timedelta(hours=2))
    return authoring.publish_exam(actor=teacher, exam=exam, now=published_at)


def _rules(plan: ExamPlan, opens_at: datetime) -> dict[str, Any]:
    return {
        "instructions_html": "<p>Answer all questions. You may go back and change your answers until you hand in.</p>",
        "duration_minutes": plan.duration_minutes,
        "opens_at": opens_at,
        "closes_at": opens_at + (RUNNING_FOR if plan.is_running else WINDOW),
        "pass_percentage": Decimal(50),
        "grace_seconds": 10,
        "review_policy": ExamRevision.ReviewPolicy.AFTER_CLOSE,
    }


def sittings_of(exam: Exam, *, students: Sequence[Student], now: datetime) -> Iterator[Sitting]:
    """Yield how the students of the course sat a finished exam; a few were absent."""
    opens_at = exam.current.opens_at if exam.current is not None else None
    if opens_at is None:
        return
    for student in _takers(exam, students):
        rng = _chance("exam", exam.title, student.plan.person.email)
        if rng.random() < ABSENT and not student.plan.person.email.startswith("student@"):
            continue
        started_at = opens_at + timedelta(seconds=rng.randint(20, 900))
        yield _exam_sitting(exam, student, rng, started_at=started_at, now=now)


def sittings_under_way(exam: Exam, *, students: Sequence[Student], now: datetime) -> Iterator[Sitting]:
    """Yield those who began the running exam: some have handed in by now, more are in the middle of it."""
    for place, student in enumerate(_takers(exam, students)):
        if student.plan.person.email.startswith("student@") or place % 2:
            continue
        rng = _chance("exam", exam.title, student.plan.person.email)
        started_at = now - timedelta(seconds=rng.randint(150, 1750))
        yield _exam_sitting(exam, student, rng, started_at=started_at, now=now)


def _exam_sitting(exam: Exam, student: Student, rng: random.Random, *, started_at: datetime, now: datetime) -> Sitting:
    session, items = services.draft_exam_session(
        actor=student.user, exam=exam, number=1, seed=rng.getrandbits(SEED_BITS), now=started_at
    )
    days = max(0, (now - started_at).days)
    return Sitting(
        session=session, paper=items, ability=_ability(student, exam.course, days), pace=student.pace, rng=rng
    )


def _takers(exam: Exam, students: Sequence[Student]) -> list[Student]:
    return [student for student in students if exam.course in student.courses]


def _ability(student: Student, course: Course, days_ago: int) -> float:
    return student.abilities[course.pk] - GROWTH_A_DAY * days_ago


def _day(now: datetime, days: int, *, hour: int, minute: int) -> datetime:
    return (now + timedelta(days=days)).replace(hour=hour, minute=minute, second=0, microsecond=0)


def _chance(*words: str) -> random.Random:
    return random.Random(" ".join(words))  # noqa: S311 - the same every time by intent
