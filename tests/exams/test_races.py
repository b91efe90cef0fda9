"""What must hold when things happen at the same moment. Real threads on the real database, each lock with its twin.

A twin runs the same race with the lock taken out of the function's own source and must find the harm the lock prevents.
"""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from apps.core.errors import LecternError
from apps.core.models import OutboxFact
from apps.exams import answering, services
from apps.exams.models import Answer, ExamSession, Grade, SessionItem
from tests.exams.conftest import RIGHT
from tests.factories.exams import MORNING, make_exam, save_answer, start_exam

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MINUTE = timedelta(minutes=1)
SESSION_LOCK = "PERFORM pg_advisory_xact_lock_shared(exams_lock_key(p_session));"
QUESTION_LOCK = "PERFORM pg_advisory_xact_lock(exams_lock_key(given.question));"


def at_once(calls, *, threads):
    """Run the calls on that many threads, released together; return their results or exceptions in order."""
    gate = threading.Barrier(threads)

    def first_at_the_gate():
        gate.wait(30)

    def run(call):
        try:
            return call()
        except Exception as error:
            return error

    def close():
        gate.wait(30)
        connection.close()

    with ThreadPoolExecutor(threads, initializer=first_at_the_gate) as pool:
        results = list(pool.map(run, calls))
        list(pool.map(lambda _number: close(), range(threads)))
    return results


@pytest.fixture
def without_lock():
    """Take a line out of the saving function for one test, and slow its last step so that the race is wide open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('exams_record_answers'::regproc)")
        source = cursor.fetchone()[0]

    def take_out(line, *, pause=True):
        assert line in source
        changed = source.replace(line, "")
        if pause:
            moment = "saved_at := clock_timestamp();"
            assert moment in changed
            changed = changed.replace(moment, f"{moment} PERFORM pg_sleep(0.002);")
        with connection.cursor() as cursor:
            cursor.execute(changed)

    yield take_out
    with connection.cursor() as cursor:
        cursor.execute(source)


def many_sessions(student, exam, count):
    """Return the keys of ``count`` running sessions of one question each, made by set-based copies of a real one."""
    first = start_exam(student=student, exam=exam, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO exams_examsession (public_id, organization_id, user_id, exam_type, title, number, seed, time_factor,"
            " pass_percentage, is_going_back_allowed, reached_position, started_at, source)"
            " SELECT gen_random_uuid(), organization_id, user_id, 'practice', title, 1, seed, time_factor, pass_percentage,"
            " true, 1, started_at, '' FROM exams_examsession, generate_series(1, %s) WHERE id = %s",
            [count, first.pk],
        )
        cursor.execute(
            "INSERT INTO exams_sessionitem (public_id, organization_id, session_id, position, version_id, option_order,"
            " accepts, max_mark) SELECT gen_random_uuid(), i.organization_id, s.id, 1, i.version_id, i.option_order,"
            " i.accepts, i.max_mark FROM exams_sessionitem i, exams_examsession s"
            " WHERE i.session_id = %s AND i.position = 1 AND s.exam_type = 'practice'",
            [first.pk],
        )
    return list(SessionItem.objects.exclude(session=first).select_related("session__user").order_by("pk"))


def race_saving_against_finishing(items, device):
    """Save into and finish every session at once; return how many acknowledged answers the marking missed."""
    now = timezone.now()
    saved = {}

    def save(item):
        answer = answering.AnswerIn(
            question_id=item.public_id, client_operation_id=uuid4(), selected_answer="a2", time_spent=1
        )
        try:
            outcome = answering.record_answers(
                session_id=item.session.public_id,
                user_id=item.session.user_id,
                device_id=device.public_id,
                answers=[answer],
                received_at=now,
            )[0]
        except LecternError:
            return
        assert outcome.error is None
        saved[item.pk] = outcome.sequence

    def finish(item):
        services.submit_session(actor=item.session.user, session=item.session, now=now)

    calls = [call for item in items for call in (lambda item=item: save(item), lambda item=item: finish(item))]
    results = at_once(calls, threads=8)
    assert [result for result in results if isinstance(result, Exception)] == []
    marked = dict(Grade.objects.filter(item__in=items).values_list("item", "answer__sequence"))
    assert len(marked) == len(items)
    return sum(1 for item, sequence in saved.items() if marked[item] != sequence), len(saved)


def test_ten_thousand_races_of_saving_and_finishing_lose_no_acknowledged_answer(student, exam, device):
    missed = acknowledged = 0
    items = many_sessions(student, exam, 10_000)
    for start in range(0, len(items), 2500):
        part_missed, part_acknowledged = race_saving_against_finishing(items[start : start + 2500], device)
        missed += part_missed
        acknowledged += part_acknowledged

    assert missed == 0
    assert acknowledged > 100  # both sides won some of the races
    assert ExamSession.objects.filter(exam_type="practice", finished_at=None).count() == 0


def test_twin_without_the_session_lock_misses_acknowledged_answers(student, exam, device, without_lock):
    without_lock(SESSION_LOCK)

    missed, _acknowledged = race_saving_against_finishing(many_sessions(student, exam, 400), device)

    assert missed > 0


def test_fifty_finishes_and_the_sweep_make_one_finished_session(student, exam, device):
    session = start_exam(student=student, exam=exam)
    for item, payload in zip(session.items.order_by("position"), RIGHT, strict=True):
        save_answer(session, item, payload, device=device)
    OutboxFact.objects.all().delete()
    late = session.hard_close_at

    def submit():
        mine = ExamSession.objects.get(pk=session.pk)
        return services.submit_session(actor=student, session=mine, now=late)

    results = at_once([submit] * 50 + [lambda: services.finish_overdue_sessions(now=late)] * 2, threads=26)

    assert [result for result in results if isinstance(result, Exception)] == []
    finished = results[:50]
    assert {(one.submitted_at, one.score, json.dumps(one.receipt, sort_keys=True)) for one in finished} == {
        (session.deadline_at, finished[0].score, json.dumps(finished[0].receipt, sort_keys=True))
    }
    assert Grade.objects.count() == 6
    assert list(OutboxFact.objects.values_list("kind", flat=True)) == ["exams.exam_session_submitted"]


def repeat_one_operation(session, device):
    """Send one operation many times at once on one question, other saves in between; return the rows of the log."""
    item = session.items.get(position=1)
    operation = uuid4()

    def send(payload, own):
        return save_answer(session, item, payload, device=device, operation=own)

    calls = [lambda: send("a1", operation), lambda: send("a2", uuid4())] * 20
    results = at_once(calls, threads=8)
    return results, list(Answer.objects.filter(item=item).order_by("sequence"))


def test_an_operation_sent_many_times_at_once_is_stored_once(student, exam, device):
    session = start_exam(student=student, exam=exam)

    results, rows = repeat_one_operation(session, device)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert [row.sequence for row in rows] == list(range(1, 22))
    assert len({row.client_operation_id for row in rows}) == 21
    assert len({result.sequence for result in results[::2]}) == 1


def test_twin_without_the_question_lock_stores_it_twice_or_breaks(student, exam, device, without_lock):
    session = start_exam(student=student, exam=exam)
    without_lock(QUESTION_LOCK)

    results, rows = repeat_one_operation(session, device)

    broken = [result for result in results if isinstance(result, Exception)]
    repeats = len(rows) - len({row.client_operation_id for row in rows})
    assert broken or repeats


def test_starting_twice_at_once_makes_one_session(student, exam):
    exam = type(exam).objects.select_related("current").get(pk=exam.pk)

    results = at_once(
        [lambda: services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=MORNING)] * 16,
        threads=8,
    )

    assert [result for result in results if isinstance(result, Exception)] == []
    assert len({result.pk for result in results}) == 1
    assert ExamSession.objects.count() == 1


def test_two_batches_in_opposite_orders_never_wait_in_a_circle(student, teacher, entries, device):
    session = start_exam(student=student, exam=make_exam(teacher=teacher, entries=entries))
    items = list(session.items.all())

    def send(order):
        answers = [
            answering.AnswerIn(question_id=item.public_id, client_operation_id=uuid4(), selected_answer=None)
            for item in order
        ]
        return answering.record_answers(
            session_id=session.public_id,
            user_id=student.pk,
            device_id=device.public_id,
            answers=answers,
            received_at=MORNING + MINUTE,
        )

    results = at_once([lambda: send(items), lambda: send(items[::-1])] * 40, threads=8)

    assert [result for result in results if isinstance(result, Exception)] == []
    assert Answer.objects.count() == 80 * len(items)
