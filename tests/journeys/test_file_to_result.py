"""From a file of questions to a result in the history, by API alone, with the worker that reads the file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import worker
from apps.questionbank.models import QuestionEntry
from tests.factories.accounts import PASSWORD, MembershipFactory, UniversityFactory, UserFactory
from tests.factories.questionbank import (
    CourseFactory,
    DepartmentFactory,
    EnrolmentFactory,
    FacultyFactory,
    TopicFactory,
)
from tests.questionbank.files_of_questions import csv_of, gift_of, moodle_xml_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
API = "/api/v1"


@pytest.fixture
def topic(db):
    university = UniversityFactory()
    department = DepartmentFactory(faculty=FacultyFactory(university=university))
    return TopicFactory(course=CourseFactory(department=department))


class Caller:
    """Somebody who signs in and then calls the API."""

    def __init__(self, client, topic, role):
        self.client = client
        user = UserFactory()
        MembershipFactory(user=user, organization=topic.organization, role=role)
        EnrolmentFactory(course=topic.course, user=user)
        signed_in = self.post("/auth/login", {"email": user.email, "password": PASSWORD})
        self.headers = {"authorization": f"Bearer {signed_in['access']}"}

    headers = None

    def get(self, path, query=None):
        return self._data(self.client.get(API + path, query or {}, headers=self.headers))

    def post(self, path, body=None):
        return self._data(
            self.client.post(API + path, body or {}, content_type="application/json", headers=self.headers)
        )

    def upload(self, path, **fields):
        return self._data(self.client.post(API + path, fields, headers=self.headers))

    def _data(self, answer):
        assert answer.status_code in (200, 201), answer.text
        return answer.json()["data"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("bank.csv", csv_of(5)), ("bank.gift", gift_of(5)), ("bank.moodle.xml", moodle_xml_of(5))],
)
def test_a_file_becomes_an_exam_that_is_sat_and_marked(client, topic, name, content):
    author = Caller(client, topic, "org_admin")

    started = author.upload(
        "/admin/import/questions", topic=str(topic.public_id), file=SimpleUploadedFile(name, content)
    )
    worker.work(within_seconds=20)
    preview = author.get(f"/admin/import/{started['id']}/preview")
    confirmed = author.post(f"/admin/import/{started['id']}/confirm")
    assert (confirmed["status"], confirmed["success_count"], len(preview)) == ("completed", 5, 5)

    questions = author.get("/questions", {"topic": str(topic.public_id), "limit": 100})
    keys = {question["stem_html"]: question["correct_answer"] for question in questions}
    exam = author.post(
        "/exams",
        {
            "course": str(topic.course.public_id),
            "title": "Weekly test",
            "exam_type": "timed_exam",
            "duration_minutes": 30,
            "slots": [{"question": question["id"]} for question in questions],
        },
    )
    author.post(f"/exams/{exam['id']}/publish")

    candidate = Caller(client, topic, "student")
    session = candidate.post("/exams/start", {"exam_type": "timed_exam", "exam_id": exam["id"]})
    for number, question in enumerate(session["questions"]):
        candidate.post(
            f"/exams/{session['id']}/answer",
            {
                "question_id": question["id"],
                "selected_answer": keys[question["stem_html"]],
                "time_spent": 5,
                "client_operation_id": f"00000000-0000-4000-8000-{number:012}",
            },
        )
    candidate.post(f"/exams/{session['id']}/submit")
    summary = candidate.get(f"/exams/{session['id']}/summary")
    history = candidate.get("/exams/history")

    assert (float(summary["score"]), float(summary["max_score"]), summary["passed"]) == (5, 5, True)
    assert [question["is_correct"] for question in summary["questions"]] == [True] * 5
    assert [entry["id"] for entry in history] == [session["id"]]
    assert candidate.get("/questions", {"solved": "true"})[0]["correct_answer"] is None
    assert QuestionEntry.objects.count() == 5
