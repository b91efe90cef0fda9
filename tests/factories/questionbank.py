"""The bank's rows: required fields, fixed dates, nothing else. Everything hangs in one organisation."""

from datetime import UTC, datetime

import factory

from apps.accounts.models import Membership
from apps.core.models import StoredFile
from apps.questionbank.drafts import QuestionDraft, prepare
from apps.questionbank.models import (
    Course,
    Department,
    Enrolment,
    Faculty,
    ImportJob,
    ImportRow,
    Media,
    QuestionEntry,
    QuestionVersion,
    Topic,
)
from tests.factories.accounts import MembershipFactory, UniversityFactory, UserFactory

WRITTEN = datetime(2026, 2, 2, 10, 0, tzinfo=UTC)
SHA256 = "ab" * 32

# a valid content and key of each type; each stem is made different by the factory
SAMPLES = {
    "single_choice": (
        {
            "stem_html": "Which of these is a prime number?",
            "options": [{"id": "a1", "html": "21"}, {"id": "a2", "html": "23"}, {"id": "a3", "html": "25"}],
        },
        {"fractions": {"a2": "1"}, "feedback": {"a1": "21 is 3 times 7."}},
    ),
    "multiple_choice": (
        {
            "stem_html": "Which of these are even?",
            "options": [{"id": "a1", "html": "2"}, {"id": "a2", "html": "3"}, {"id": "a3", "html": "4"}],
        },
        {"fractions": {"a1": "1/2", "a3": "1/2", "a2": "-1/2"}},
    ),
    "true_false": (
        {"stem_html": 'The square of <span data-tex="i">i</span> is negative.'},
        {"correct": True, "feedback": {"false": "It is −1."}},
    ),
    "numerical": (
        {"stem_html": "How far does light travel in 1 µs?", "unit_entry": "text"},
        {
            "answers": [{"value": "299.79", "tolerance": "0.5"}],
            "unit_factors": {"m": "1", "km": "1000"},
            "is_unit_required": True,
        },
    ),
    "short_answer": (
        {"stem_html": "Which gas do plants take in?"},
        {"patterns": [{"text": "carbon dioxide"}, {"text": "CO2"}, {"text": "*carbon*", "fraction": "1/2"}]},
    ),
    "matching": (
        {
            "stem_html": "Match each country with its capital.",
            "premises": [{"id": "p1", "html": "Kenya"}, {"id": "p2", "html": "Chile"}],
            "choices": [{"id": "c1", "html": "Santiago"}, {"id": "c2", "html": "Nairobi"}],
        },
        {"pairs": {"p1": "c2", "p2": "c1"}},
    ),
}


def draft(type_code="single_choice", *, words="", **fields):
    """Return a valid draft of a type; ``words`` at the end of its stem make it another question."""
    content, key = SAMPLES[type_code]
    stem = f"{content['stem_html']} {words}".strip()
    return QuestionDraft(
        **{"type": type_code, "content": {**content, "stem_html": stem}, "key": key, "title": "", **fields}
    )


class FacultyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Faculty

    university = factory.SubFactory(UniversityFactory)
    organization = factory.SelfAttribute("university.organization")
    name = factory.Sequence(lambda number: f"Faculty {number}")


class DepartmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Department

    faculty = factory.SubFactory(FacultyFactory)
    organization = factory.SelfAttribute("faculty.organization")
    name = factory.Sequence(lambda number: f"Department {number}")


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    department = factory.SubFactory(DepartmentFactory)
    organization = factory.SelfAttribute("department.organization")
    code = factory.Sequence(lambda number: f"MAT {number}")
    title = factory.Sequence(lambda number: f"Course {number}")
    created_at = WRITTEN


class EnrolmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Enrolment

    course = factory.SubFactory(CourseFactory)
    organization = factory.SelfAttribute("course.organization")
    user = factory.SubFactory(UserFactory)
    role = Enrolment.Role.STUDENT
    created_at = WRITTEN


class TopicFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Topic

    course = factory.SubFactory(CourseFactory)
    organization = factory.SelfAttribute("course.organization")
    name = factory.Sequence(lambda number: f"Topic {number}")


class QuestionEntryFactory(factory.django.DjangoModelFactory):
    """An approved question with its first version; ``type`` chooses the sample, ``words`` end its stem."""

    class Meta:
        model = QuestionEntry
        skip_postgeneration_save = True

    topic = factory.SubFactory(TopicFactory)
    organization = factory.SelfAttribute("topic.organization")
    owner = factory.SubFactory(UserFactory)
    type = "single_choice"
    status = QuestionEntry.Status.APPROVED
    created_at = WRITTEN

    @factory.post_generation
    def words(self, create, extracted, **fields):
        version = QuestionVersionFactory(entry=self, words=extracted or f"({self.pk})", **fields)
        self.latest = version
        self.save(update_fields=["latest"])


class QuestionVersionFactory(factory.django.DjangoModelFactory):
    """A version of an entry, its first unless ``number`` says otherwise; the entry's ``latest`` is not moved."""

    class Meta:
        model = QuestionVersion

    class Params:
        words = factory.Sequence(lambda number: f"({number})")
        draft = factory.LazyAttribute(lambda version: prepare(draft(version.entry.type, words=version.words)))

    entry = factory.SubFactory(QuestionEntryFactory)
    organization = factory.SelfAttribute("entry.organization")
    number = 1
    type = factory.SelfAttribute("entry.type")
    title = factory.SelfAttribute("draft.title")
    stem_text = factory.SelfAttribute("draft.stem_text")
    content = factory.SelfAttribute("draft.content")
    key = factory.SelfAttribute("draft.key")
    explanation_html = factory.SelfAttribute("draft.explanation_html")
    content_hash = factory.SelfAttribute("draft.content_hash")
    created_by = factory.SelfAttribute("entry.owner")
    created_at = WRITTEN


class StoredFileFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StoredFile

    organization = None
    owner = factory.SubFactory(UserFactory)
    sha256 = SHA256
    storage_name = factory.Sequence(lambda number: f"objects/{number}")
    filename = "questions.csv"
    media_type = "text/csv"
    kind = StoredFile.Kind.DOCUMENT
    size_bytes = 1
    created_at = WRITTEN


class MediaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Media

    organization = factory.SelfAttribute("file.organization")
    sha256 = factory.SelfAttribute("file.sha256")
    file = factory.SubFactory(StoredFileFactory)


class ImportJobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportJob

    topic = factory.SubFactory(TopicFactory)
    organization = factory.SelfAttribute("topic.organization")
    created_by = factory.SubFactory(UserFactory)
    filename = "questions.csv"
    created_at = WRITTEN


class ImportRowFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ImportRow

    job = factory.SubFactory(ImportJobFactory)
    organization = factory.SelfAttribute("job.organization")
    number = factory.Sequence(lambda number: number + 1000)
    line = factory.SelfAttribute("number")
    state = ImportRow.State.PROBLEM


def member(organization, role=Membership.Role.STUDENT, **fields):
    """Return a new member of an organisation."""
    return MembershipFactory(organization=organization, role=role, user=UserFactory(**fields)).user


def teacher_of(course, **fields):
    """Return a new teacher of a course."""
    user = member(course.organization, Membership.Role.TEACHER, **fields)
    EnrolmentFactory(course=course, user=user, role=Enrolment.Role.TEACHER)
    return user
