"""A course with one question of each type, its candidate, and an exam over it."""

import pytest

from apps.exams import versions
from tests.factories.accounts import DeviceSessionFactory
from tests.factories.exams import make_exam
from tests.factories.questionbank import (
    SAMPLES,
    CourseFactory,
    DepartmentFactory,
    EnrolmentFactory,
    FacultyFactory,
    QuestionEntryFactory,
    TopicFactory,
)


@pytest.fixture(autouse=True)
def _versions_are_fresh():
    """No question version is remembered from the test before."""
    versions.forget_all()


@pytest.fixture
def course(university, student):
    department = DepartmentFactory(faculty=FacultyFactory(university=university))
    course = CourseFactory(department=department, code="MAT 101", title="Mathematics")
    EnrolmentFactory(course=course, user=student)
    return course


@pytest.fixture
def topic(course):
    return TopicFactory(course=course, name="Numbers")


@pytest.fixture
def entries(topic, teacher):
    """One approved question of each type, in the order of ``SAMPLES``."""
    return [QuestionEntryFactory(topic=topic, owner=teacher, type=code) for code in SAMPLES]


@pytest.fixture
def exam(teacher, entries):
    """Six questions, an hour, half to pass, in the order written."""
    return make_exam(teacher=teacher, entries=entries, shuffle_questions=False, shuffle_options=False)


@pytest.fixture
def device(student):
    return DeviceSessionFactory(user=student)


RIGHT = ["a2", ["a1", "a3"], True, {"value": "299.8", "unit": "m"}, "carbon dioxide", {"p1": "c2", "p2": "c1"}]
"""The right answers to ``entries``."""
