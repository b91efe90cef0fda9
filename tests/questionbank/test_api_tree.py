"""Faculties, departments, courses and topics by API."""

import pytest

from apps.questionbank.models import Course, Department, Enrolment, Faculty, Topic
from tests.factories.questionbank import (
    WRITTEN,
    CourseFactory,
    DepartmentFactory,
    EnrolmentFactory,
    FacultyFactory,
    QuestionEntryFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
EVERYONE = (
    "student",
    "classmate",
    "teacher",
    "foreign_teacher",
    "parent",
    "org_admin",
    "operator",
    "admin",
    "anonymous",
)


def statuses(people, call):
    """Return who got which status, and that everybody of the cast was asked."""
    found = people.table(lambda person: call(person).status_code)
    assert tuple(found) == EVERYONE
    return found


def names(answer, field="name"):
    return [row[field] for row in answer.json()["data"]]


def test_faculty_list_shows_the_faculties_of_ones_organisation(api, student, department):
    FacultyFactory(name="Somebody else's")
    FacultyFactory(university=department.faculty.university, name="Arts")

    answer = api(student).get("/api/v1/faculties")

    assert names(answer) == ["Arts", "Science"]
    assert answer.json()["data"][1] == {
        "id": str(department.faculty.public_id),
        "university": str(department.faculty.university.public_id),
        "name": "Science",
    }


def test_faculty_list_filters_by_university(api, student, organization, department):
    other = FacultyFactory(university__organization=organization)

    answer = api(student).get("/api/v1/faculties", {"university": str(other.university.public_id)})

    assert names(answer) == [other.name]


def test_faculty_create_is_for_administrators_of_the_organisation(api, people, university):
    def create(person):
        return api(person).post(
            "/api/v1/faculties",
            {"university": str(university.public_id), "name": f"Faculty of {person}"},
            content_type="application/json",
        )

    assert statuses(people, create) == {
        "student": 403,
        "classmate": 403,
        "teacher": 403,
        "foreign_teacher": 403,
        "parent": 403,
        "org_admin": 201,
        "operator": 403,
        "admin": 403,  # sees the university, but acts in no organisation
        "anonymous": 401,
    }
    assert [faculty.university for faculty in Faculty.objects.all()] == [university]


def test_faculty_create_refuses_a_name_taken_in_any_case(api, org_admin, department):
    answer = api(org_admin).post(
        "/api/v1/faculties",
        {"university": str(department.faculty.university.public_id), "name": "SCIENCE"},
        content_type="application/json",
    )

    assert answer.status_code == 400
    assert list(answer.json()["details"]["fields"]) == ["name"]
    assert Faculty.objects.count() == 1


def test_department_create_and_list(api, org_admin, student, department):
    created = api(org_admin).post(
        "/api/v1/departments",
        {"faculty": str(department.faculty.public_id), "name": "Chemistry"},
        content_type="application/json",
    )

    assert created.status_code == 201
    assert created.json()["data"]["name"] == "Chemistry"
    assert names(api(student).get("/api/v1/departments", {"faculty": str(department.faculty.public_id)})) == [
        "Chemistry",
        "Physics",
    ]


def test_department_create_in_another_organisation_names_the_field(api, org_admin):
    answer = api(org_admin).post(
        "/api/v1/departments",
        {"faculty": str(FacultyFactory().public_id), "name": "Chemistry"},
        content_type="application/json",
    )

    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, ["faculty"])
    assert not Department.objects.exists()


def test_course_list_shows_what_a_course_is(api, teacher, course):
    answer = api(teacher).get("/api/v1/courses")

    assert answer.json()["data"] == [
        {
            "id": str(course.public_id),
            "department": str(course.department.public_id),
            "code": "PHY 101",
            "title": "Mechanics",
            "level": 100,
            "language": "en",
            "summary_html": "",
            "is_mine": True,
            "created_at": "2026-02-02T10:00:00Z",
            "archived_at": None,
        }
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["ART 1", "PHY 101", "PHY 201"]),
        ({"level": 200}, ["PHY 201"]),
        ({"search": "mech"}, ["PHY 101"]),
        ({"search": "phy 2"}, ["PHY 201"]),
        ({"mine": "true"}, ["PHY 101"]),
        ({"mine": "false"}, ["ART 1", "PHY 201"]),
        ({"sort": "-code"}, ["PHY 201", "PHY 101", "ART 1"]),
    ],
)
def test_course_list_filters_and_sorts(api, teacher, course, department, query, expected):
    CourseFactory(department=department, code="PHY 201", title="Waves", level=200)
    CourseFactory(department=DepartmentFactory(faculty=department.faculty), code="ART 1", title="Drawing")
    CourseFactory(department=department, code="OLD 1", archived_at=WRITTEN, archived_by=teacher)
    CourseFactory(code="ELSE 1")

    assert names(api(teacher).get("/api/v1/courses", query), "code") == expected


def test_course_list_filters_by_department(api, student, course):
    CourseFactory(department=DepartmentFactory(faculty=course.department.faculty))

    answer = api(student).get("/api/v1/courses", {"department": str(course.department.public_id)})

    assert names(answer, "code") == ["PHY 101"]


def test_course_create_is_for_teachers_who_then_teach_it(api, people, department):
    def create(person):
        return api(person).post(
            "/api/v1/courses",
            {"department": str(department.public_id), "code": f"C {person.pk}", "title": "Waves"},
            content_type="application/json",
        )

    assert statuses(people, create) == {
        "student": 403,
        "classmate": 403,
        "teacher": 201,
        "foreign_teacher": 400,  # the department is no department to them
        "parent": 403,
        "org_admin": 201,
        "operator": 403,
        "admin": 400,
        "anonymous": 401,
    }
    assert set(Enrolment.objects.values_list("course__code", "user", "role")) == {
        (f"C {person.pk}", person.pk, "teacher") for person in (people.teacher, people.org_admin)
    }


def test_course_create_sanitises_the_summary(api, teacher, department):
    answer = api(teacher).post(
        "/api/v1/courses",
        {
            "department": str(department.public_id),
            "code": "PHY 9",
            "title": "Waves",
            "summary_html": "<p onclick='x()'>Hello<script>x()</script></p>",
        },
        content_type="application/json",
    )

    assert answer.json()["data"]["summary_html"] == "<p>Hello</p>"


def test_course_detail_shows_its_topics_with_their_approved_questions(api, student, course):
    waves = TopicFactory(course=course, name="Waves", position=1)
    forces = TopicFactory(course=course, name="Forces", position=0)
    QuestionEntryFactory.create_batch(2, topic=forces)
    QuestionEntryFactory(topic=forces, status="pending")

    answer = api(student).get(f"/api/v1/courses/{course.public_id}")

    assert answer.json()["data"]["topics"] == [
        {"id": str(forces.public_id), "name": "Forces", "position": 0, "question_count": 2},
        {"id": str(waves.public_id), "name": "Waves", "position": 1, "question_count": 0},
    ]


def test_course_detail_of_another_organisation_is_not_found(api, student):
    assert api(student).get(f"/api/v1/courses/{CourseFactory().public_id}").status_code == 404


def test_course_change_is_for_its_teachers(api, people, course):
    EnrolmentFactory(course=course, user=people.student)

    def change(person):
        return api(person).patch(
            f"/api/v1/courses/{course.public_id}", {"title": "Mechanics I"}, content_type="application/json"
        )

    assert statuses(people, change) == {
        "student": 403,
        "classmate": 403,
        "teacher": 200,
        "foreign_teacher": 404,
        "parent": 403,
        "org_admin": 200,
        "operator": 403,
        "admin": 404,
        "anonymous": 401,
    }


def test_course_change_changes_what_is_sent_only(api, teacher, course):
    answer = api(teacher).patch(
        f"/api/v1/courses/{course.public_id}", {"title": "Mechanics I"}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["data"]["title"]) == (200, "Mechanics I")
    course.refresh_from_db()
    assert (course.code, course.title, course.level) == ("PHY 101", "Mechanics I", 100)


def test_course_archive_takes_it_out_of_the_lists_once(api, teacher, course):
    first = api(teacher).delete(f"/api/v1/courses/{course.public_id}")
    course.refresh_from_db()
    archived_at = course.archived_at
    second = api(teacher).delete(f"/api/v1/courses/{course.public_id}")

    course.refresh_from_db()
    assert (first.status_code, second.status_code) == (200, 200)
    assert (course.archived_at, course.archived_by) == (archived_at, teacher)
    assert names(api(teacher).get("/api/v1/courses")) == []


def test_topic_create_puts_it_at_the_end_of_its_course(api, teacher, course, topic):
    answer = api(teacher).post(
        "/api/v1/topics", {"course": str(course.public_id), "name": "Waves"}, content_type="application/json"
    )

    assert answer.status_code == 201
    assert answer.json()["data"] == {
        "id": str(Topic.objects.get(name="Waves").public_id),
        "course": str(course.public_id),
        "name": "Waves",
        "position": 1,
        "question_count": 0,
    }


def test_topic_create_is_for_the_teachers_of_the_course(api, people, course):
    def create(person):
        return api(person).post(
            "/api/v1/topics", {"course": str(course.public_id), "name": f"T {person}"}, content_type="application/json"
        )

    Enrolment.objects.filter(user=people.teacher).delete()

    assert statuses(people, create)["teacher"] == 403
    assert [topic.name for topic in Topic.objects.all()] == [f"T {people.org_admin}"]


def test_topic_change(api, teacher, topic):
    answer = api(teacher).patch(
        f"/api/v1/topics/{topic.public_id}", {"name": "Rotation"}, content_type="application/json"
    )

    assert (answer.status_code, answer.json()["data"]["name"]) == (200, "Rotation")
    topic.refresh_from_db()
    assert (topic.name, topic.position) == ("Rotation", 0)


def test_topic_change_refuses_a_name_taken_in_the_course(api, teacher, topic):
    TopicFactory(course=topic.course, name="Waves")

    answer = api(teacher).patch(f"/api/v1/topics/{topic.public_id}", {"name": "waves"}, content_type="application/json")

    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, ["name"])
    topic.refresh_from_db()
    assert topic.name == "Statics"


def test_topics_of_an_archived_course_are_not_listed(api, teacher, topic):
    Course.objects.update(archived_at=WRITTEN, archived_by=teacher)

    assert names(api(teacher).get("/api/v1/topics")) == []


@pytest.mark.parametrize("path", ["faculties", "departments", "courses", "topics"])
def test_lists_cost_the_same_with_more_rows(api, student, topic, path, flat):
    client = api(student)
    make = {
        "faculties": lambda: FacultyFactory(university=topic.course.department.faculty.university),
        "departments": lambda: DepartmentFactory(faculty=topic.course.department.faculty),
        "courses": lambda: CourseFactory(department=topic.course.department),
        "topics": lambda: TopicFactory(course=topic.course),
    }[path]

    flat(lambda: client.get(f"/api/v1/{path}", {"limit": 100}), make)


def test_course_detail_costs_the_same_with_more_topics(api, student, course, topic, flat):
    client = api(student)

    flat(lambda: client.get(f"/api/v1/courses/{course.public_id}"), lambda: TopicFactory(course=course))
