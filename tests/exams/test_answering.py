"""Saving answers: one function in the database, and its words."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.errors import BadInput, NotFound, NotSignedIn, WrongState
from apps.exams import answering, services
from apps.exams.models import Answer, ExamSession
from apps.questionbank.types import acceptance
from tests.exams.conftest import RIGHT
from tests.factories.accounts import DeviceSessionFactory
from tests.factories.exams import MORNING, make_exam, save_answer, start_exam

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(student, exam):
    return start_exam(student=student, exam=exam)


@pytest.fixture
def items(session):
    return list(session.items.order_by("position"))


def log_of(item):
    return list(item.answers.order_by("sequence").values_list("sequence", "kind", "payload"))


def test_saving_appends_and_counts_per_question(session, items, device):
    first = save_answer(session, items[0], "a1", device=device)
    second = save_answer(session, items[0], "a2", device=device)
    other = save_answer(session, items[1], ["a1"], device=device)

    assert [outcome.sequence for outcome in (first, second, other)] == [1, 2, 1]
    assert log_of(items[0]) == [(1, "save", "a1"), (2, "save", "a2")]
    assert log_of(items[1]) == [(1, "save", ["a1"])]


def test_saving_is_one_statement(session, items, device):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        save_answer(session, items[0], "a1", device=device)

    assert len(queries) == 1


def test_saving_keeps_everything_about_the_answer(session, items, device):
    operation = uuid4()
    outcome = save_answer(session, items[0], "a1", device=device, seconds=42, operation=operation)

    row = Answer.objects.get(item=items[0])
    assert (row.client_operation_id, row.time_spent, row.received_at, row.saved_at, row.device_session_id) == (
        operation,
        42,
        MORNING + MINUTE,
        outcome.saved_at,
        device.public_id,
    )
    assert row.organization_id == session.organization_id


def test_a_repeated_operation_returns_the_first_result(session, items, device):
    operation = uuid4()
    first = save_answer(session, items[0], "a1", device=device, operation=operation)
    save_answer(session, items[0], "a2", device=device)
    again = save_answer(session, items[0], "a1", device=device, operation=operation)

    assert again == first
    assert log_of(items[0]) == [(1, "save", "a1"), (2, "save", "a2")]


def test_null_clears(session, items, device):
    save_answer(session, items[0], "a1", device=device)
    save_answer(session, items[0], None, device=device)

    assert log_of(items[0]) == [(1, "save", "a1"), (2, "save", None)]


def test_a_stale_write_is_kept_beside_the_answer_that_stands(session, items, device):
    save_answer(session, items[0], "a1", device=device)
    save_answer(session, items[0], "a2", device=device, after=1)
    operation = uuid4()
    stale = save_answer(session, items[0], "a3", device=device, after=1, operation=operation)
    repeated = save_answer(session, items[0], "a3", device=device, after=1, operation=operation)

    assert stale.error.status == 409
    assert stale.error.as_details() == {
        "code": "stale_answer",
        "sequence": 3,
        "current": {"sequence": 2, "selected_answer": "a2"},
        "yours": {"sequence": 3, "selected_answer": "a3"},
    }
    assert repeated.error.as_details() == stale.error.as_details()
    assert log_of(items[0]) == [(1, "save", "a1"), (2, "save", "a2"), (3, "conflict", "a3")]


def test_a_conflict_does_not_make_the_next_write_stale(session, items, device):
    save_answer(session, items[0], "a1", device=device)
    save_answer(session, items[0], "a2", device=device, after=0)
    resolved = save_answer(session, items[0], "a3", device=device, after=1)

    assert resolved.error is None
    assert log_of(items[0]) == [(1, "save", "a1"), (2, "conflict", "a2"), (3, "save", "a3")]


@pytest.mark.parametrize(
    ("place", "payload"),
    [
        (0, "a9"),
        (0, ["a1"]),
        (0, 1),
        (1, "a1"),
        (1, ["a1", "a1"]),
        (1, ["a1", "a9"]),
        (2, "true"),
        (3, {"value": True}),
        (3, {"value": "1", "unit": 3}),
        (3, {"value": "1", "extra": 1}),
        (3, {"unit": "m"}),
        (3, "299"),
        (4, 7),
        (4, "x" * 100_000),
        (5, {"p9": "c1"}),
        (5, {"p1": "c9"}),
        (5, {"p1": None}),
        (5, ["p1", "c1"]),
    ],
)
def test_an_answer_of_the_wrong_shape_is_refused_and_changes_nothing(session, items, device, place, payload):
    outcome = save_answer(session, items[place], payload, device=device)

    assert (outcome.error.status, outcome.error.error_code) == (400, "invalid_answer")
    assert list(outcome.error.fields) == ["selected_answer"]
    assert not Answer.objects.exists()


@pytest.mark.parametrize("place", range(6))
def test_the_right_answer_of_each_type_is_taken(session, items, device, place):
    assert save_answer(session, items[place], RIGHT[place], device=device).error is None
    assert log_of(items[place]) == [(1, "save", RIGHT[place])]


def test_a_question_of_another_session_is_unknown(session, device, student, teacher, entries):
    other = start_exam(student=student, exam=make_exam(teacher=teacher, entries=entries[:1]))
    outcome = save_answer(session, other.items.get(), "a1", device=device)

    assert (outcome.error.status, outcome.error.error_code) == (400, "unknown_question")
    assert not Answer.objects.exists()


def test_somebody_elses_session_is_not_found(session, items, classmate):
    stranger = DeviceSessionFactory(user=classmate)
    answer = answering.AnswerIn(question_id=items[0].public_id, client_operation_id=uuid4(), selected_answer="a1")

    with pytest.raises(NotFound):
        answering.record_answers(
            session_id=session.public_id,
            user_id=classmate.pk,
            device_id=stranger.public_id,
            answers=[answer],
            received_at=MORNING + MINUTE,
        )
    assert not Answer.objects.exists()


def test_a_device_that_was_signed_out_is_refused(session, items, device):
    device.ended_at = MORNING
    device.save()

    with pytest.raises(NotSignedIn):
        save_answer(session, items[0], "a1", device=device)
    assert not Answer.objects.exists()


def test_somebody_elses_device_is_refused(session, items, classmate):
    with pytest.raises(NotSignedIn):
        save_answer(session, items[0], "a1", device=DeviceSessionFactory(user=classmate))
    assert not Answer.objects.exists()


def test_a_suspended_account_is_refused(session, items, device, student):
    student.is_active = False
    student.save()

    with pytest.raises(NotSignedIn):
        save_answer(session, items[0], "a1", device=device)
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("after_deadline", "grace", "code"),
    [(-1, 0, None), (0, 0, None), (1, 0, "closed"), (19, 20, None), (20, 20, None), (21, 20, "closed")],
)
def test_the_moment_of_arrival_decides(student, teacher, entries, device, after_deadline, grace, code):
    exam = make_exam(teacher=teacher, entries=entries[:1], grace_seconds=grace)
    session = start_exam(student=student, exam=exam)
    arrival = session.deadline_at + timedelta(seconds=after_deadline)

    if code is None:
        assert save_answer(session, session.items.get(), "a1", device=device, now=arrival).error is None
    else:
        with pytest.raises(WrongState) as refusal:
            save_answer(session, session.items.get(), "a1", device=device, now=arrival)
        assert refusal.value.error_code == code
    assert Answer.objects.count() == (code is None)


def test_a_finished_session_takes_no_answer(session, items, device, student):
    services.submit_session(actor=student, session=session, now=MORNING + MINUTE)

    with pytest.raises(WrongState) as refusal:
        save_answer(session, items[0], "a1", device=device)
    assert refusal.value.error_code == "finished"
    assert not Answer.objects.exists()


def test_without_going_back_only_the_present_question_can_change(student, teacher, entries, device):
    exam = make_exam(teacher=teacher, entries=entries, shuffle_questions=False, is_going_back_allowed=False)
    session = start_exam(student=student, exam=exam)
    first, second = session.items.order_by("position")[:2]
    save_answer(session, first, "a1", device=device)
    changed = save_answer(session, first, "a2", device=device)
    services.move_on(actor=student, session=session, now=MORNING + MINUTE)
    refused = save_answer(session, first, "a3", device=device)
    save_answer(session, second, ["a1"], device=device)

    assert changed.error is None
    assert (refused.error.status, refused.error.error_code) == (400, "question_passed")
    assert log_of(first) == [(1, "save", "a1"), (2, "save", "a2")]


def test_answering_a_later_question_leaves_the_earlier_ones_behind(student, teacher, entries, device):
    exam = make_exam(teacher=teacher, entries=entries, shuffle_questions=False, is_going_back_allowed=False)
    session = start_exam(student=student, exam=exam)
    first, _second, third = session.items.order_by("position")[:3]
    save_answer(session, third, True, device=device)

    assert save_answer(session, first, "a1", device=device).error.error_code == "question_passed"


def test_a_batch_is_answered_one_by_one(session, items, device, student):
    answers = [
        answering.AnswerIn(question_id=items[2].public_id, client_operation_id=uuid4(), selected_answer=True),
        answering.AnswerIn(question_id=items[0].public_id, client_operation_id=uuid4(), selected_answer="a9"),
        answering.AnswerIn(question_id=uuid4(), client_operation_id=uuid4(), selected_answer="a1"),
        answering.AnswerIn(question_id=items[2].public_id, client_operation_id=uuid4(), selected_answer=False),
    ]

    outcomes = answering.record_answers(
        session_id=session.public_id,
        user_id=student.pk,
        device_id=device.public_id,
        answers=answers,
        received_at=MORNING + MINUTE,
    )

    assert [(outcome.sequence, outcome.error and outcome.error.error_code) for outcome in outcomes] == [
        (1, None),
        (None, "invalid_answer"),
        (None, "unknown_question"),
        (2, None),
    ]
    assert log_of(items[2]) == [(1, "save", True), (2, "save", False)]


def test_answers_and_grades_can_neither_change_nor_go(session, items, device, student):
    save_answer(session, items[0], "a1", device=device)
    services.submit_session(actor=student, session=session, now=MORNING + MINUTE)

    for statement in (
        "UPDATE exams_answer SET payload = '\"a2\"'",
        "DELETE FROM exams_answer",
        "UPDATE exams_grade SET mark = 1",
        "DELETE FROM exams_grade",
        "UPDATE exams_examrevision SET pass_percentage = 0",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert log_of(items[0]) == [(1, "save", "a1")]


def test_only_a_demonstrations_answers_go_and_only_where_that_is_said(session, items, device):
    save_answer(session, items[0], "a1", device=device)

    def delete_aloud():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lectern.removing_demo = 'on'")
            cursor.execute("DELETE FROM exams_answer")

    with pytest.raises(DatabaseError, match="append-only"):
        delete_aloud()
    session.organization.is_demo = True
    session.organization.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Answer.objects.all().delete()
    assert Answer.objects.count() == 1
    delete_aloud()
    assert not Answer.objects.exists()


DESCRIPTIONS = st.sampled_from(
    [
        {"type": "single_choice", "options": ["a1", "a2"]},
        {"type": "multiple_choice", "options": ["a1", "a2", "a3"]},
        {"type": "true_false"},
        {"type": "numerical", "max_length": 8},
        {"type": "short_answer", "max_length": 8},
        {"type": "matching", "premises": ["p1", "p2"], "choices": ["c1"]},
    ]
)
WORDS = st.sampled_from(["a1", "a2", "a3", "p1", "p2", "c1", "value", "unit", "3.5", "−2", "123456789"]) | st.text(
    alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=10
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6).map(lambda n: round(n, 3)) | WORDS
)
PAYLOADS = (
    SCALARS
    | st.lists(SCALARS, max_size=4)
    | st.dictionaries(WORDS, SCALARS, max_size=3)
    | st.fixed_dictionaries({"value": SCALARS}, optional={"unit": SCALARS})
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(accepts=DESCRIPTIONS, payload=PAYLOADS)
def test_the_database_and_the_types_agree_on_what_fits(accepts, payload):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT exams_answer_fits(%s::jsonb, nullif(%s::jsonb, 'null'::jsonb))",
            [answering.orjson.dumps(accepts).decode(), answering.orjson.dumps(payload).decode()],
        )
        in_database = cursor.fetchone()[0]

    assert in_database == acceptance.fits(accepts, payload)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"{}", {"question_id"}),
        (b'{"question_id": "x", "client_operation_id": "y"}', {"question_id"}),
        (b'{"answers": []}', {"answers"}),
        (b'{"answers": [{"question_id": "01890a5d-ac96-774b-bcce-b302099a8057"}]}', {"answers.0.client_operation_id"}),
        (
            b'{"question_id": "01890a5d-ac96-774b-bcce-b302099a8057", "time_spent": -1,'
            b' "client_operation_id": "01890a5d-ac96-774b-bcce-b302099a8057"}',
            {"time_spent"},
        ),
        (
            b'{"question_id": "01890a5d-ac96-774b-bcce-b302099a8057", "client_at": "2026-01-01T10:00:00",'
            b' "client_operation_id": "01890a5d-ac96-774b-bcce-b302099a8057"}',
            {"client_at"},
        ),
    ],
)
def test_a_body_that_cannot_be_used_names_the_field(body, fields):
    with pytest.raises(BadInput) as refusal:
        answering.parse_answers(body)
    assert set(refusal.value.fields) == fields


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b"\xff\xfe"])
def test_a_body_that_is_not_an_answer_is_refused(body):
    with pytest.raises(BadInput):
        answering.parse_answers(body)


def test_more_than_fifty_answers_are_refused():
    identifier = b"01890a5d-ac96-774b-bcce-b302099a8057"
    part = b'{"question_id": "%b", "client_operation_id": "%b"}' % (identifier, identifier)

    assert len(answering.parse_answers(b'{"answers": [' + b",".join([part] * 50) + b"]}")[0]) == 50
    with pytest.raises(BadInput) as refusal:
        answering.parse_answers(b'{"answers": [' + b",".join([part] * 51) + b"]}")
    assert set(refusal.value.fields) == {"answers"}


def test_an_answer_that_is_the_word_answers_is_no_batch():
    body = (
        b'{"question_id": "01890a5d-ac96-774b-bcce-b302099a8057", "selected_answer": "answers",'
        b' "client_operation_id": "01890a5d-ac96-774b-bcce-b302099a8057"}'
    )

    answers, is_batch = answering.parse_answers(body)

    assert (is_batch, answers[0].selected_answer) == (False, "answers")


def test_sessions_count_is_untouched_by_saving(session, items, device):
    """Saving writes answers and nothing else: the session's row is as it was."""
    before = ExamSession.objects.values().get(pk=session.pk)
    save_answer(session, items[0], "a1", device=device)

    assert ExamSession.objects.values().get(pk=session.pk) == before
