"""Questions by API."""

import pytest

from apps.questionbank.models import QuestionEntry
from tests.factories.questionbank import (
    SAMPLES,
    CourseFactory,
    QuestionEntryFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db
SECRETS = ("correct_answer", "explanation_html", "content", "key")


@pytest.fixture
def question(topic, teacher):
    return QuestionEntryFactory(
        topic=topic,
        owner=teacher,
        idnumber="Q-1",
        words="(on primes)",
        words__title="Primes",
        words__explanation_html="23 has no divisors.",
    )


def body(topic, type_code="single_choice", **fields):
    content, key = SAMPLES[type_code]
    return {"topic": str(topic.public_id), "type": type_code, "content": content, "key": key, **fields}


def post(client, path, data):
    return client.post(path, data, content_type="application/json")


def patch(client, question, data, **headers):
    return client.patch(f"/api/v1/questions/{question.public_id}", data, content_type="application/json", **headers)


def ids(answer):
    return {row["id"] for row in answer.json()["data"]}


def test_question_list_shows_staff_the_answer(api, teacher, question):
    answer = api(teacher).get("/api/v1/questions")

    assert answer.json()["data"] == [
        {
            "id": str(question.public_id),
            "type": "single_choice",
            "difficulty": "medium",
            "status": "approved",
            "topic": {"id": str(question.topic.public_id), "name": "Statics"},
            "course": {"id": str(question.topic.course.public_id), "code": "PHY 101", "title": "Mechanics"},
            "title": "Primes",
            "idnumber": "Q-1",
            "version": 1,
            "stem_html": "Which of these is a prime number? (on primes)",
            "options": [{"id": "a1", "html": "21"}, {"id": "a2", "html": "23"}, {"id": "a3", "html": "25"}],
            "premises": [],
            "choices": [],
            "unit_entry": "none",
            "units": [],
            "max_length": None,
            "correct_answer": "a2",
            "explanation_html": "23 has no divisors.",
            "created_at": "2026-02-02T10:00:00Z",
        }
    ]


@pytest.mark.parametrize("tier", ["free", "premium"])
@pytest.mark.parametrize("path", ["questions", "questions/random?topic={topic}", "questions/{id}"])
@pytest.mark.parametrize("type_code", SAMPLES)
def test_keys_never_reach_a_student(api, student, topic, tier, path, type_code):
    question = QuestionEntryFactory(topic=topic, type=type_code, words__explanation_html="the secret reason")
    student.tier = tier
    student.save()

    answer = api(student).get("/api/v1/" + path.format(topic=topic.public_id, id=question.public_id))

    data = answer.json()["data"]
    shown = data if isinstance(data, dict) else data[0]
    assert shown["id"] == str(question.public_id)
    assert [shown[name] for name in SECRETS if name in shown] == [None] * (4 if isinstance(data, dict) else 2)
    assert not [word for word in ("secret", "fraction", "pattern", "pairs", "3 times 7") if word in answer.text]


def test_question_detail_is_seen_by_members_and_its_key_by_staff(api, people, question):
    def key(person):
        answer = api(person).get(f"/api/v1/questions/{question.public_id}")
        return answer.json()["data"]["key"] if answer.status_code == 200 else answer.status_code

    the_key = question.latest.key
    assert people.table(key) == {
        "student": None,
        "classmate": None,
        "teacher": the_key,
        "foreign_teacher": 404,
        "parent": None,
        "org_admin": the_key,
        "operator": 404,
        "admin": 404,
        "anonymous": 401,
    }


@pytest.mark.parametrize(
    ("status", "seen_by_student", "seen_by_staff"),
    [("approved", 200, 200), ("pending", 404, 200), ("rejected", 404, 200), ("hidden", 404, 200)],
)
def test_only_approved_questions_are_for_students(api, student, teacher, topic, status, seen_by_student, seen_by_staff):
    path = f"/api/v1/questions/{QuestionEntryFactory(topic=topic, status=status).public_id}"

    assert (api(student).get(path).status_code, api(teacher).get(path).status_code) == (seen_by_student, seen_by_staff)


def test_question_list_filters(api, teacher, question, department):
    other_course = CourseFactory(department=department, level=300)
    other = QuestionEntryFactory(
        topic=TopicFactory(course=other_course), type="numerical", difficulty="hard", status="pending", words="(light)"
    )
    QuestionEntryFactory()  # of another organisation
    client = api(teacher)

    def found(**query):
        return ids(client.get("/api/v1/questions", query))

    first, second = str(question.public_id), str(other.public_id)
    assert found() == {first, second}
    assert found(topic=str(question.topic.public_id)) == {first}
    assert found(course=str(other_course.public_id)) == {second}
    assert found(department=str(department.public_id)) == {first, second}
    assert found(level=300) == {second}
    assert found(difficulty="hard") == {second}
    assert found(type="single_choice") == {first}
    assert found(status="pending") == {second}
    assert found(search="PRIMES") == {first}
    assert found(search="(light)") == {second}
    assert found(search="nowhere") == set()


def test_question_list_hides_hidden_ones_unless_asked(api, teacher, topic):
    hidden = QuestionEntryFactory(topic=topic, status="hidden")

    assert ids(api(teacher).get("/api/v1/questions")) == set()
    assert ids(api(teacher).get("/api/v1/questions", {"status": "hidden"})) == {str(hidden.public_id)}


def test_question_list_sorts_difficulties_from_easy_to_hard(api, teacher, topic):
    for difficulty in ("hard", "easy", "medium"):
        QuestionEntryFactory(topic=topic, difficulty=difficulty)

    answer = api(teacher).get("/api/v1/questions", {"sort": "difficulty"})

    assert [row["difficulty"] for row in answer.json()["data"]] == ["easy", "medium", "hard"]


@pytest.mark.parametrize("sort", ["difficulty", "-title,created_at", "type", "status"])
def test_question_list_walks_every_question_once(api, teacher, topic, sort):
    made = {str(QuestionEntryFactory(topic=topic).public_id) for _number in range(5)}
    client, cursor, seen = api(teacher), "", []

    while cursor is not None:
        answer = client.get("/api/v1/questions", {"sort": sort, "limit": 2, "cursor": cursor}).json()
        seen += [row["id"] for row in answer["data"]]
        cursor = answer["pagination"]["nextCursor"]

    assert (len(seen), set(seen)) == (5, made)


@pytest.mark.parametrize("person", ["student", "teacher"])
def test_question_list_costs_the_same_with_more_rows(api, request, question, flat, person):
    client = api(request.getfixturevalue(person))
    types = iter(list(SAMPLES) * 5)

    flat(
        lambda: client.get("/api/v1/questions", {"limit": 100}),
        lambda: QuestionEntryFactory(topic=TopicFactory(course=question.topic.course), type=next(types)),
    )


@pytest.mark.parametrize("type_code", SAMPLES)
def test_question_create_of_every_type(api, teacher, topic, type_code):
    answer = post(api(teacher), "/api/v1/questions", body(topic, type_code, difficulty="easy", title="Mine"))

    data = answer.json()["data"]
    assert (answer.status_code, data["type"], data["status"], data["difficulty"]) == (
        201,
        type_code,
        "approved",
        "easy",
    )
    assert (data["content"], data["key"]) == SAMPLES[type_code]
    assert answer["ETag"] == api(teacher).get(f"/api/v1/questions/{data['id']}")["ETag"]


def test_question_create_is_for_staff(api, people, topic):
    def create(person):
        answer = post(api(person), "/api/v1/questions", body(topic))
        return answer.json()["data"]["status"] if answer.status_code == 201 else answer.status_code

    assert people.table(create) == {
        "student": 403,
        "classmate": 403,
        "teacher": "approved",
        "foreign_teacher": 400,
        "parent": 403,
        "org_admin": "approved",
        "operator": 403,
        "admin": 400,
        "anonymous": 401,
    }


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"type": "essay"}, ["type"]),
        ({"content": {"stem_html": "x", "options": []}}, ["content.options", "key.fractions.a2", "key.feedback.a1"]),
        ({"content": "x"}, ["content"]),
        ({"key": {}}, ["key"]),
        ({"topic": "x"}, ["topic"]),
        ({"difficulty": "brutal"}, ["difficulty"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_question_create_names_the_fields_that_are_wrong(api, teacher, topic, fields, wrong):
    answer = post(api(teacher), "/api/v1/questions", {**body(topic), **fields})

    assert (answer.status_code, set(answer.json()["details"]["fields"])) == (400, set(wrong))
    assert not QuestionEntry.objects.exists()


def test_question_change_writes_a_new_version(api, teacher, question):
    answer = patch(api(teacher), question, {"key": {"fractions": {"a1": "1"}}, "title": "Odd one out"})

    data = answer.json()["data"]
    assert (answer.status_code, data["version"], data["title"]) == (200, 2, "Odd one out")
    assert (data["key"], data["correct_answer"]) == ({"fractions": {"a1": "1"}}, "a1")
    assert data["content"] == question.latest.content


def test_question_change_with_the_present_etag_succeeds_and_with_an_old_one_does_not(api, teacher, question):
    client = api(teacher)
    read = client.get(f"/api/v1/questions/{question.public_id}")["ETag"]

    first = patch(client, question, {"title": "One"}, HTTP_IF_MATCH=read)
    second = patch(client, question, {"title": "Two"}, HTTP_IF_MATCH=read)

    assert (first.status_code, second.status_code) == (200, 412)
    assert second["ETag"] == first["ETag"] != read
    assert list(question.versions.order_by("number").values_list("title", flat=True)) == ["Primes", "One"]


def test_question_change_of_an_old_version_is_a_conflict(api, teacher, question):
    client = api(teacher)
    patch(client, question, {"title": "One", "version": 1})

    answer = patch(client, question, {"title": "Two", "version": 1})

    assert (answer.status_code, answer.json()["details"]) == (409, {"code": "conflict", "version": 2})
    assert question.versions.count() == 2


@pytest.mark.parametrize(("method", "done"), [("patch", 200), ("delete", 200)])
def test_question_change_and_hide_are_for_its_author_and_course_teachers(api, people, question, method, done):
    QuestionEntry.objects.update(owner=people.org_admin)

    def call(person):
        client = api(person)
        path = f"/api/v1/questions/{question.public_id}"
        return getattr(client, method)(path, {"title": "x"}, content_type="application/json").status_code

    assert people.table(call) == {
        "student": 403,
        "classmate": 403,
        "teacher": done,
        "foreign_teacher": 404,
        "parent": 403,
        "org_admin": done,
        "operator": 403,
        "admin": 404,
        "anonymous": 401,
    }


def test_question_hide_takes_it_from_the_lists(api, teacher, student, question):
    answer = api(teacher).delete(f"/api/v1/questions/{question.public_id}")

    assert answer.status_code == 200
    assert ids(api(student).get("/api/v1/questions")) == set()
    assert question.versions.count() == 1


def test_question_versions_tell_what_changed(api, teacher, question):
    client = api(teacher)
    patch(client, question, {"title": "Odd one out"})

    answer = client.get(f"/api/v1/questions/{question.public_id}/versions")

    newest, oldest = answer.json()["data"]
    assert (newest["number"], oldest["number"]) == (2, 1)
    assert newest["differences"] == [{"field": "title", "before": "Primes", "after": "Odd one out"}]
    assert newest["created_by"] == {"id": str(teacher.public_id), "full_name": "Teodor Lind"}
    assert oldest["differences"] == []


def test_question_versions_are_for_staff(api, people, question):
    path = f"/api/v1/questions/{question.public_id}/versions"

    assert people.table(lambda person: api(person).get(path).status_code) == {
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


def test_question_versions_cost_the_same_with_more_rows(api, teacher, question, flat):
    client, titles = api(teacher), iter(range(100))

    flat(
        lambda: client.get(f"/api/v1/questions/{question.public_id}/versions", {"limit": 100}),
        lambda: patch(client, question, {"title": f"Title {next(titles)}"}),
    )


def test_random_questions_come_from_the_course_and_once_each(api, student, course):
    expected = {str(QuestionEntryFactory(topic=TopicFactory(course=course)).public_id) for _number in range(3)}
    QuestionEntryFactory(topic=TopicFactory(course=CourseFactory(department=course.department)))
    QuestionEntryFactory(topic=TopicFactory(course=course), status="pending")

    answer = api(student).get("/api/v1/questions/random", {"course": str(course.public_id), "count": 50})

    assert (len(answer.json()["data"]), ids(answer)) == (3, expected)


def test_random_questions_follow_the_weights(api, student, topic):
    for difficulty in ("easy", "medium", "hard"):
        QuestionEntryFactory.create_batch(4, topic=topic, difficulty=difficulty)

    answer = api(student).get(
        "/api/v1/questions/random", {"topic": str(topic.public_id), "count": 4, "easy": 3, "hard": 1}
    )

    assert sorted(row["difficulty"] for row in answer.json()["data"]) == ["easy", "easy", "easy", "hard"]


def test_random_questions_of_one_session_do_not_repeat(api, student, classmate, topic):
    QuestionEntryFactory.create_batch(5, topic=topic)
    query = {"topic": str(topic.public_id), "count": 2, "session": "monday"}

    calls = [ids(api(student).get("/api/v1/questions/random", query)) for _number in range(4)]

    assert [len(found) for found in calls] == [2, 2, 1, 0]
    assert len(set().union(*calls)) == 5
    assert len(ids(api(classmate).get("/api/v1/questions/random", query))) == 2
    assert len(ids(api(student).get("/api/v1/questions/random", {**query, "session": "tuesday"}))) == 2


def test_random_questions_need_a_topic_or_a_course(api, student):
    answer = api(student).get("/api/v1/questions/random")

    assert (answer.status_code, list(answer.json()["details"]["fields"])) == (400, ["topic"])


def test_random_questions_cost_the_same_with_more_rows(api, student, topic, flat):
    client = api(student)
    QuestionEntryFactory(topic=topic)

    flat(
        lambda: client.get("/api/v1/questions/random", {"topic": str(topic.public_id), "count": 100}),
        lambda: QuestionEntryFactory(topic=topic),
    )
