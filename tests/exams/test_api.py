"""The exam endpoints, as an integrator calls them."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import DeviceSession
from apps.exams import services
from apps.exams.api import saving
from apps.exams.models import Answer, ExamSession
from tests.exams.conftest import RIGHT
from tests.factories.exams import make_exam
from tests.factories.questionbank import EnrolmentFactory, QuestionEntryFactory

pytestmark = pytest.mark.django_db

JSON = "application/json"


def send(client, path, body=None, *, method="post", **headers):
    """Send JSON and return the status and the body."""
    response = getattr(client, method)(f"/api/v1{path}", json.dumps(body or {}), content_type=JSON, headers=headers)
    return response.status_code, response.json()


def read(client, path):
    response = client.get(f"/api/v1{path}")
    return response.status_code, response.json()


def an_answer(question, payload, **fields):
    return {
        "question_id": question["id"],
        "selected_answer": payload,
        "client_operation_id": str(uuid4()),
        "time_spent": 5,
        **fields,
    }


@pytest.fixture
def sitting(api, student, exam):
    """A client of the student and the data of the session it started."""
    client = api(student)
    status, body = send(client, "/exams/start", {"exam_id": str(exam.public_id)})
    assert status == 201
    return client, body["data"]


def test_an_exam_is_started_answered_handed_in_and_read(sitting, exam):
    client, session = sitting
    questions = session["questions"]
    assert session["exam_type"] == "timed_exam"
    assert [question["type"] for question in questions] == [
        "single_choice",
        "multiple_choice",
        "true_false",
        "numerical",
        "short_answer",
        "matching",
    ]
    for question, payload in zip(questions, RIGHT, strict=True):
        status, body = send(client, f"/exams/{session['id']}/answer", an_answer(question, payload))
        assert (status, body["data"]["sequence"]) == (200, 1)

    status, body = send(client, f"/exams/{session['id']}/submit")
    assert (status, body["data"]["status"], body["data"]["receipt"]["answer_count"]) == (200, "finished", 6)
    again = send(client, f"/exams/{session['id']}/submit")[1]
    assert again["data"] == body["data"]

    status, body = read(client, f"/exams/{session['id']}/summary")
    result = body["data"]
    assert (status, result["score"], result["max_score"], result["percentage"], result["passed"]) == (
        200,
        "6.0000000",
        "6.0000000",
        "100.0000000",
        True,
    )
    assert [question["selected_answer"] for question in result["questions"]] == RIGHT
    assert all(question["is_correct"] for question in result["questions"])
    assert result["questions"][0]["correct_answer"] == "a2"
    assert read(client, f"/exams/{session['id']}/results")[1]["data"] == result
    assert read(client, f"/exams/{session['id']}/receipt")[1]["data"] == again["data"]["receipt"]

    status, body = read(client, "/exams/history")
    assert [(row["id"], row["status"], row["passed"]) for row in body["data"]] == [(session["id"], "finished", True)]
    assert body["pagination"] == {"page": 1, "limit": 10, "total": 1, "pages": 1, "hasNext": False, "hasPrev": False}


def test_the_start_of_an_exam_shows_no_key(sitting):
    _client, session = sitting
    text = json.dumps(session)

    for word in ("fractions", "correct", "feedback", "explanation", "pairs", "patterns"):
        assert word not in text


def test_saving_answers_in_the_envelope_with_what_is_left(sitting):
    client, session = sitting
    response = client.post(
        f"/api/v1/exams/{session['id']}/answer", json.dumps(an_answer(session["questions"][0], "a1")), content_type=JSON
    )

    body = response.json()
    assert set(body) == {"success", "data", "message", "timestamp"}
    assert set(body["data"]) == {"question_id", "sequence", "saved_at"}
    assert response["RateLimit-Policy"] == '"answers";q=60;w=6'
    assert response["RateLimit"].startswith('"answers";r=')


def test_a_save_by_token_costs_one_statement(sitting):
    client, session = sitting
    body = json.dumps(an_answer(session["questions"][0], "a1"))

    with CaptureQueriesContext(connection) as queries:
        client.post(f"/api/v1/exams/{session['id']}/answer", body, content_type=JSON)

    assert len(queries) == 1


def test_a_batch_says_of_each_answer_what_became_of_it(sitting):
    client, session = sitting
    first, second = session["questions"][:2]
    known = an_answer(first, "a1")
    status, body = send(
        client,
        f"/exams/{session['id']}/answer",
        {"answers": [known, known, an_answer(second, "a1"), an_answer(first, "a2", after=0)]},
    )

    assert status == 200
    assert [(part["status"], part["sequence"]) for part in body["data"]["answers"]] == [
        (200, 1),
        (200, 1),
        (400, None),
        (409, 2),
    ]
    assert body["data"]["answers"][2]["details"]["fields"] == {
        "selected_answer": ["This is not an answer this question takes."]
    }


def test_a_stale_write_is_answered_409_with_both_values(sitting):
    client, session = sitting
    question = session["questions"][0]
    send(client, f"/exams/{session['id']}/answer", an_answer(question, "a1"))
    status, body = send(client, f"/exams/{session['id']}/answer", an_answer(question, "a2", after=0))

    assert (status, body["success"]) == (409, False)
    assert body["details"] == {
        "code": "stale_answer",
        "sequence": 2,
        "current": {"sequence": 1, "selected_answer": "a1"},
        "yours": {"sequence": 2, "selected_answer": "a2"},
    }


@pytest.mark.parametrize(
    ("body", "code"), [(b"", "malformed_json"), (b"{", "malformed_json"), (b"{}", "invalid"), (b"[]", "invalid")]
)
def test_a_malformed_answer_is_refused_in_the_envelope(sitting, body, code):
    client, session = sitting
    response = client.post(f"/api/v1/exams/{session['id']}/answer", body, content_type=JSON)

    assert (response.status_code, response.json()["details"]["code"]) == (400, code)
    assert not Answer.objects.exists()


def test_other_methods_on_the_answer_path_are_refused_in_the_envelope(sitting):
    client, session = sitting
    response = client.get(f"/api/v1/exams/{session['id']}/answer")

    assert (response.status_code, response.json()["success"]) == (405, False)


def test_saving_without_signing_in_is_refused(sitting, anonymous, api):
    _client, session = sitting
    status, body = send(api(anonymous), f"/exams/{session['id']}/answer", an_answer(session["questions"][0], "a1"))

    assert (status, body["details"]["code"]) == (401, "not_signed_in")


def test_saving_after_signing_out_is_refused_at_once(sitting):
    client, session = sitting
    DeviceSession.objects.filter(pk=client.device.pk).update(ended_at=timezone.now())
    status, body = send(client, f"/exams/{session['id']}/answer", an_answer(session["questions"][0], "a1"))

    assert (status, body["details"]["code"]) == (401, "not_signed_in")
    assert not Answer.objects.exists()


def test_a_page_saves_with_its_cookie_only_from_this_site_and_with_our_header(page, student, sitting):
    _client, session = sitting
    browser = page(student)
    body = an_answer(session["questions"][0], "a1")
    path = f"/exams/{session['id']}/answer"

    foreign = send(browser, path, body, **{"Origin": "http://elsewhere.test", "X-Lectern-Client": "web"})
    bare = send(browser, path, body, Origin="http://testserver")
    own = send(browser, path, body, **{"Origin": "http://testserver", "X-Lectern-Client": "web"})

    assert [(status, answer.get("details", {}).get("code")) for status, answer in (foreign, bare, own)] == [
        (403, "cross_site_request"),
        (403, "client_header_missing"),
        (200, None),
    ]


def test_a_client_gone_wild_is_slowed_down_and_loses_nothing(sitting, monkeypatch):
    client, session = sitting
    monkeypatch.setattr(saving, "guard", saving.Bucket(capacity=2, per_second=0.001, keys=10))
    bodies = [an_answer(session["questions"][0], "a1") for _ in range(3)]
    statuses = [send(client, f"/exams/{session['id']}/answer", body)[0] for body in bodies]

    assert statuses == [200, 200, 429]
    assert Answer.objects.count() == 2


@pytest.mark.parametrize("path", ["questions", "next", "summary", "results", "receipt", "submit", "answer"])
def test_somebody_elses_session_does_not_exist(api, classmate, teacher, foreign_teacher, sitting, path):
    _client, session = sitting
    for person in (classmate, teacher, foreign_teacher):
        client = api(person)
        if path in ("submit", "answer"):
            body = an_answer(session["questions"][0], "a1") if path == "answer" else {}
            status, _body = send(client, f"/exams/{session['id']}/{path}", body)
        else:
            status, _body = read(client, f"/exams/{session['id']}/{path}")
        assert status == 404
    assert ExamSession.objects.get(public_id=session["id"]).finished_at is None


def test_questions_come_back_with_the_answers_that_stand(sitting):
    client, session = sitting
    send(client, f"/exams/{session['id']}/answer", an_answer(session["questions"][1], ["a3"]))
    status, body = read(client, f"/exams/{session['id']}/questions")

    assert status == 200
    shown = body["data"]["questions"]
    assert [(question["id"], question["selected_answer"], question["sequence"]) for question in shown] == [
        (question["id"], ["a3"] if place == 1 else None, int(place == 1))
        for place, question in enumerate(session["questions"])
    ]


def test_without_going_back_one_question_is_shown_at_a_time(api, student, teacher, entries):
    exam = make_exam(teacher=teacher, entries=entries[:3], is_going_back_allowed=False, shuffle_questions=False)
    client = api(student)
    session = send(client, "/exams/start", {"exam_id": str(exam.public_id)})[1]["data"]
    positions = [[question["position"] for question in session["questions"]]]
    for _ in range(3):
        body = read(client, f"/exams/{session['id']}/next")[1]
        positions.append([question["position"] for question in body["data"]["questions"]])

    assert positions == [[1], [2], [3], [3]]


def test_the_result_of_a_running_session_is_refused(sitting):
    client, session = sitting
    for path in ("summary", "receipt"):
        status, body = read(client, f"/exams/{session['id']}/{path}")
        assert (status, body["details"]["code"]) == (400, "not_finished")


def test_reading_an_overdue_session_finishes_it(sitting):
    client, session = sitting
    past = timezone.now() - timedelta(hours=3)
    ExamSession.objects.filter(public_id=session["id"]).update(
        started_at=past,
        deadline_at=past + timedelta(minutes=1),
        accepts_until=past + timedelta(minutes=1),
        hard_close_at=past + timedelta(minutes=2),
    )
    status, body = read(client, f"/exams/{session['id']}/summary")

    assert (status, body["data"]["source"]) == (200, "timeout")


def test_practice_by_topic(api, student, topic, entries):
    status, body = send(api(student), "/exams/start", {"topic": str(topic.public_id), "count": 3})

    assert (status, body["data"]["exam_type"], body["data"]["deadline_at"]) == (201, "practice", None)
    assert len(body["data"]["questions"]) == 3


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"topic"}),
        ({"topic": str(uuid4())}, {"topic"}),
        ({"course": "x"}, {"course"}),
        ({"count": 0}, {"count"}),
        ({"exam_type": "quiz"}, {"exam_type"}),
        ({"colour": "red"}, {"colour"}),
    ],
)
def test_a_start_that_cannot_be_used_names_the_field(api, student, body, fields):
    status, answer = send(api(student), "/exams/start", body)

    assert (status, set(answer["details"]["fields"])) == (400, fields)


def test_an_exam_of_another_organisation_cannot_be_started(api, foreign_teacher, exam):
    status, body = send(api(foreign_teacher), "/exams/start", {"exam_id": str(exam.public_id)})

    assert (status, body["details"]["code"]) == (404, "not_found")


def test_a_teacher_builds_changes_and_publishes_by_api(api, teacher, student, course, topic, entries):
    client = api(teacher)
    status, body = send(
        client,
        "/exams",
        {
            "course": str(course.public_id),
            "title": "Mid-term",
            "duration_minutes": 30,
            "slots": [
                {"question": str(entries[0].public_id), "max_mark": "2.5"},
                {"topic": str(topic.public_id), "draw_count": 3},
            ],
        },
    )
    exam = body["data"]
    assert (status, exam["kind"], exam["status"], exam["rules"]) == (201, "exam", "draft", None)
    assert [(slot["kind"], slot["draw_count"], slot["max_mark"]) for slot in exam["draft"]["slots"]] == [
        ("fixed", 1, "2.5000000"),
        ("pool", 3, "1.0000000"),
    ]
    assert read(api(student), f"/exams/{exam['id']}")[0] == 404

    status, body = send(client, f"/exams/{exam['id']}", {"pass_percentage": "60"}, method="patch")
    assert (status, body["data"]["draft"]["rules"]["pass_percentage"]) == (200, "60.0000000")
    status, body = send(client, f"/exams/{exam['id']}/publish")
    assert (status, body["data"]["status"], body["data"]["rules"]["number"], body["data"]["draft"]) == (
        200,
        "open",
        1,
        None,
    )

    shown = read(api(student), f"/exams/{exam['id']}")[1]["data"]
    assert "draft" not in shown
    started = send(api(student), "/exams/start", {"exam_id": exam["id"]})[1]["data"]
    assert sum(Decimal(question["max_mark"]) for question in started["questions"]) == Decimal("5.5")


def test_a_student_builds_nothing(api, student, course, exam):
    client = api(student)
    attempts = [
        send(client, "/exams", {"course": str(course.public_id), "title": "Mine"}),
        send(client, f"/exams/{exam.public_id}", {"title": "Mine"}, method="patch"),
        send(client, f"/exams/{exam.public_id}/publish"),
    ]

    assert [status for status, _body in attempts] == [403, 403, 403]


def test_one_path_serves_exams_and_sessions_and_says_which(sitting, exam):
    client, session = sitting

    assert read(client, f"/exams/{exam.public_id}")[1]["data"]["kind"] == "exam"
    shown = read(client, f"/exams/{session['id']}")[1]["data"]
    assert (shown["kind"], shown["status"], shown["deadline_at"]) == ("session", "running", session["deadline_at"])


@pytest.mark.parametrize("path", ["/exams?limit=100", "/exams/history?limit=100"])
def test_lists_cost_the_same_with_one_row_and_thirty(api, student, teacher, entries, path):
    client = api(student)

    def cost():
        read(client, path)  # who is calling is known for two seconds; counted is what the list itself asks
        with CaptureQueriesContext(connection) as queries:
            rows = read(client, path)[1]["data"]
        return len(queries), len(rows)

    def add():
        exam = make_exam(teacher=teacher, entries=entries[:1])
        exam = type(exam).objects.select_related("current").get(pk=exam.pk)
        services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=timezone.now())

    read(client, path)
    add()
    one = cost()
    for _ in range(29):
        add()
    many = cost()

    assert (one[1], many[1]) == (1, 30)
    assert one[0] == many[0]


def test_a_drawn_paper_differs_between_candidates_and_stays_for_one(api, student, classmate, teacher, topic, course):
    for _ in range(12):
        QuestionEntryFactory(topic=topic, owner=teacher)
    exam = make_exam(teacher=teacher, topic=topic, draw_count=6)
    EnrolmentFactory(course=course, user=classmate)

    def paper(person):
        body = send(api(person), "/exams/start", {"exam_id": str(exam.public_id)})[1]["data"]
        return [question["stem_html"] for question in body["questions"]]

    assert paper(student) == paper(student)
    assert paper(student) != paper(classmate)
