"""Loading the demonstration: one organisation with people, a bank, four weeks of history, and exams."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from apps.accounts import people as accounts_people
from apps.accounts.demo_accounts import DEMO_PASSWORD
from apps.accounts.models import Organization, User
from apps.exams.models import ExamSession
from apps.questionbank import media
from apps.questionbank import services as bank
from apps.questionbank.formats.records import Media as Picture
from apps.questionbank.models import Course, Enrolment, QuestionEntry, Topic

from . import catalogue, history, people
from .making import MadeQuestion, make_question
from .people import StudentPlan
from .sittings import Bank, Sitting, write_sittings

NAME = "Orchard Demonstration University"
SLUG = "orchard-demo"
LOCK = 4_201_002
"""Any number that no other advisory lock of ours uses."""
FOUNDED_BEFORE = timedelta(days=60)
TERM_BEFORE = timedelta(days=35)

Say = Callable[[str], object]


class DemoRefused(RuntimeError):
    """The demonstration has known passwords, so it has no place on a site that real people use."""

    def __init__(self) -> None:
        super().__init__(
            "The demonstration is refused because ENVIRONMENT is production: everybody knows its passwords. "
            "Load it on a site of its own."
        )


@dataclass(frozen=True, kw_only=True)
class Extent:
    """How much to load; all of it unless a test needs less."""

    students: int = len(people.STUDENTS)
    topics: int = 5
    """Of each course."""


@dataclass(kw_only=True)
class _School:
    """What was made so far."""

    organization: Organization
    now: datetime
    users: dict[str, User] = field(default_factory=dict)
    courses: list[Course] = field(default_factory=list)
    topics: dict[int, list[Topic]] = field(default_factory=dict)
    entries: list[QuestionEntry] = field(default_factory=list)
    students: list[history.Student] = field(default_factory=list)

    @property
    def term(self) -> datetime:
        """When courses, topics and questions were made."""
        return self.now - TERM_BEFORE

    def course(self, code: str) -> Course:
        """Return a course by its code."""
        return next(course for course in self.courses if course.code == code)

    def teacher_of(self, code: str) -> User:
        """Return who teaches a course."""
        plan = next(plan for plan in catalogue.courses() if plan.code == code)
        return self.users[people.TEACHERS[plan.teacher].email]


def find() -> Organization | None:
    """Return the demonstration if it is loaded."""
    return Organization.objects.filter(is_demo=True).first()


def take_turn() -> None:
    """Wait while another loads or removes the demonstration; held until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def load(*, now: datetime, say: Say, extent: Extent | None = None) -> tuple[Organization, bool]:
    """Load the demonstration, all or nothing; return it and whether it was made now. A repeated call finds it.

    ``say`` is told of each step. Raises DemoRefused in production.
    """
    if settings.ENVIRONMENT == "production":
        raise DemoRefused
    take_turn()
    found = find()
    if found is not None:
        return found, False
    extent = extent or Extent()
    school = _found(now, people.STUDENTS[: extent.students])
    say(f"  {len(school.users)} people of {school.organization.name}")
    _build_bank(school, extent)
    say(f"  {len(school.entries)} questions in {len(school.courses)} courses")
    _enrol(school, people.STUDENTS[: extent.students])
    sessions = _history(school)
    running = sum(session.finished_at is None for session in sessions)
    say(f"  {len(sessions)} sittings of four weeks, {running} of them under way")
    return school.organization, True


def _found(now: datetime, students: Sequence[StudentPlan]) -> _School:
    organization = accounts_people.create_organization(name=NAME, slug=SLUG, is_demo=True, now=now - FOUNDED_BEFORE)
    everybody = [
        people.ADMINISTRATOR,
        people.OPERATOR,
        *people.TEACHERS,
        people.PARENT,
        *(plan.person for plan in students),
    ]
    users = accounts_people.create_people(
        organization=organization, people=everybody, password=DEMO_PASSWORD, now=now - FOUNDED_BEFORE
    )
    return _School(organization=organization, now=now, users={user.email: user for user in users})


def _build_bank(school: _School, extent: Extent) -> None:
    administrator = school.users[people.ADMINISTRATOR.email]
    university = school.organization.universities.get()
    for faculty_plan in catalogue.FACULTIES:
        faculty = bank.create_faculty(actor=administrator, university=university, name=faculty_plan.name)
        for department_plan in faculty_plan.departments:
            department = bank.create_department(actor=administrator, faculty=faculty, name=department_plan.name)
            for plan in department_plan.courses:
                teacher = school.teacher_of(plan.code)
                course = bank.create_course(
                    actor=teacher,
                    department=department,
                    now=school.term,
                    code=plan.code,
                    title=plan.title,
                    level=plan.level,
                    language=plan.language,
                    summary_html=f'<p lang="{plan.language}">{plan.summary}</p>',
                )
                school.courses.append(course)
                _write_topics(school, course, plan.topics[: extent.topics], teacher)


def _write_topics(school: _School, course: Course, plans: Sequence[catalogue.TopicPlan], teacher: User) -> None:
    for plan in plans:
        topic = bank.create_topic(actor=teacher, course=course, name=plan.name)
        made = [
            make_question(question, language=course.language, idnumber=f"{plan.code}-{place:02}")
            for place, question in enumerate(plan.questions(), start=1)
        ]
        media.keep_pictures(organization_id=school.organization.pk, owner=teacher, pictures=_pictures(made))
        school.topics.setdefault(course.pk, []).append(topic)
        school.entries += bank.add_questions(
            actor=teacher,
            topic=topic,
            questions=[
                bank.NewQuestion(draft=one.draft, difficulty=one.difficulty, idnumber=one.idnumber) for one in made
            ],
            now=school.term,
        )


def _pictures(made: Sequence[MadeQuestion]) -> list[Picture]:
    return [
        Picture(name=f"{one.idnumber.lower()}.png", content=one.picture.content)
        for one in made
        if one.picture is not None
    ]


def _enrol(school: _School, plans: Sequence[StudentPlan]) -> None:
    administrator = school.users[people.ADMINISTRATOR.email]
    for plan in plans:
        user = school.users[plan.person.email]
        courses = history.enrolled(plan, school.courses)
        for course in courses:
            bank.enrol(actor=administrator, course=course, user=user, role=Enrolment.Role.STUDENT, now=school.term)
        school.students.append(
            history.Student(
                user=user,
                plan=plan,
                courses=tuple(courses),
                abilities=history.abilities(plan, courses),
                pace=history.pace(plan),
            )
        )


def _history(school: _School) -> list[ExamSession]:
    asked: Bank = history.as_bank(school.entries)
    pools: dict[int, dict[str, list[int]]] = {}
    for entry in school.entries:
        pools.setdefault(entry.topic_id, {}).setdefault(entry.difficulty, []).append(entry.latest_id or 0)
    sittings = list(history.practice(school.students, topics=school.topics, pools=pools, now=school.now))
    sittings += _exam_sittings(school)
    sittings.sort(key=lambda sitting: sitting.session.started_at)
    return write_sittings(sittings, bank=asked, now=school.now)


def _exam_sittings(school: _School) -> list[Sitting]:
    sittings: list[Sitting] = []
    for plan in (*history.FINISHED, history.RUNNING, history.UPCOMING):
        course = school.course(plan.code)
        exam = history.hold_exam(
            plan,
            course=course,
            topics=school.topics[course.pk],
            teacher=school.teacher_of(plan.code),
            now=school.now,
        )
        if plan is history.RUNNING:
            sittings += history.sittings_under_way(exam, students=school.students, now=school.now)
        elif plan is not history.UPCOMING:
            sittings += history.sittings_of(exam, students=school.students, now=school.now)
    return sittings
