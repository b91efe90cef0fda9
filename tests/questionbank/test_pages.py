"""Pages of courses."""

import pytest

from apps.questionbank.models import Enrolment
from tests.factories.questionbank import (
    WRITTEN,
    CourseFactory,
    DepartmentFactory,
    EnrolmentFactory,
    QuestionEntryFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db


def test_courses_page_shows_ones_own_first(page, student, course, department):
    EnrolmentFactory(course=course, user=student)
    CourseFactory(department=department, code="ART 1", title="Drawing")
    CourseFactory(title="Elsewhere")

    answer = page(student).get("/courses")

    assert answer.status_code == 200
    assert [(row.code, row.is_mine) for row in answer.context["page"]] == [
        ("PHY 101", True),
        ("ART 1", False),
    ]
    assert "Elsewhere" not in answer.text


def test_courses_page_counts_topics_and_approved_questions(page, student, course):
    first, _second = TopicFactory(course=course), TopicFactory(course=course)
    QuestionEntryFactory.create_batch(3, topic=first)
    QuestionEntryFactory(topic=first, status="hidden")

    answer = page(student).get("/courses")

    assert [(row.topic_count, row.question_count) for row in answer.context["page"]] == [(2, 3)]


def test_courses_page_searches(page, student, course, department):
    CourseFactory(department=department, code="ART 1", title="Drawing")

    found = page(student).get("/courses", {"q": " mechan "})
    nothing = page(student).get("/courses", {"q": "<script>"})

    assert [row.code for row in found.context["page"]] == ["PHY 101"]
    assert list(nothing.context["page"]) == []
    assert "<script>" not in nothing.text.replace("<script ", "")
    assert "&lt;script&gt;" in nothing.text


def test_courses_page_has_pages(page, student, department):
    for number in range(27):
        CourseFactory(department=department, code=f"C {number:02}")

    answer = page(student).get("/courses", {"page": 2})

    assert [row.code for row in answer.context["page"]] == ["C 25", "C 26"]


def test_course_page_shows_its_topics(page, student, course):
    topic = TopicFactory(course=course, name="Statics")
    QuestionEntryFactory(topic=topic)

    answer = page(student).get(f"/courses/{course.public_id}")

    assert answer.status_code == 200
    assert [(row.name, row.question_count) for row in answer.context["topics"]] == [("Statics", 1)]
    assert f"?topic={topic.public_id}" in answer.text
    assert "Mechanics" in answer.text
    assert f"/courses/{course.public_id}/exams" in answer.text


def test_course_page_of_another_organisation_is_not_found(page, student):
    assert page(student).get(f"/courses/{CourseFactory().public_id}").status_code == 404


def test_course_page_of_an_archived_course_can_still_be_seen(page, student, teacher, department):
    archived = CourseFactory(department=department, archived_at=WRITTEN, archived_by=teacher)

    assert page(student).get(f"/courses/{archived.public_id}").status_code == 200
    assert list(page(student).get("/courses").context["page"]) == []


@pytest.mark.parametrize("path", ["/courses", "/courses/{id}"])
def test_pages_ask_strangers_to_sign_in(page, anonymous, course, path):
    answer = page(anonymous).get(path.format(id=course.public_id))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in")


def test_pages_take_no_writes(page, student, course):
    assert page(student).post("/courses").status_code == 405


@pytest.mark.parametrize("path", ["/courses", "/courses/{id}"])
def test_pages_cost_the_same_with_more_rows(page, student, course, flat, path):
    client = page(student)

    def more():
        TopicFactory(course=CourseFactory(department=DepartmentFactory(faculty=course.department.faculty)))
        TopicFactory(course=course)
        EnrolmentFactory(course=course, role=Enrolment.Role.STUDENT)

    more()
    flat(lambda: client.get(path.format(id=course.public_id)), more)
