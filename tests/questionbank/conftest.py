"""What tests of the bank share."""

import contextlib

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import identities
from apps.questionbank.models import Enrolment
from tests.factories.questionbank import (
    CourseFactory,
    DepartmentFactory,
    EnrolmentFactory,
    FacultyFactory,
    TopicFactory,
)


@pytest.fixture
def statements():
    """Return a context manager whose ``len`` is the number of statements run inside it."""
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def department(university):
    return DepartmentFactory(faculty=FacultyFactory(university=university, name="Science"), name="Physics")


@pytest.fixture
def course(department, teacher):
    """A course of the organisation that ``teacher`` teaches."""
    course = CourseFactory(department=department, code="PHY 101", title="Mechanics")
    EnrolmentFactory(course=course, user=teacher, role=Enrolment.Role.TEACHER)
    return course


@pytest.fixture
def topic(course):
    return TopicFactory(course=course, name="Statics")


@pytest.fixture
def flat(statements):
    """Return a check that a call costs the same statements after ``more()`` made 29 rows more::

    flat(lambda: client.get("/api/v1/courses"), lambda: CourseFactory(department=department))
    """

    def counted(call):
        identities.forget_everyone()  # else it depends on the clock whether the caller is known already
        with statements() as spent:
            assert call().status_code == 200
        return spent

    def check(call, more):
        call()  # what is cached is cached before counting
        before = counted(call)
        for _number in range(29):
            more()
        after = counted(call)
        assert len(after) == len(before), "\n".join(query["sql"] for query in after.captured_queries)

    return check


@contextlib.contextmanager
def unchanged(*querysets):
    """Hold that the rows of the querysets are the same after the block."""
    before = [list(queryset.order_by("pk").values()) for queryset in querysets]
    yield
    assert [list(queryset.order_by("pk").values()) for queryset in querysets] == before
