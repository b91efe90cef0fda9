"""Starting, moving on, finishing."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.core import signing
from apps.core.errors import BadInput, NotAllowed, TooManyRequests, WrongState
from apps.exams import authoring, overview, presenting, queries, receipts, services
from apps.exams.events import ExamPublished, ExamSessionStarted, ExamSessionSubmitted
from apps.exams.models import ExamRevision, ExamSession, Grade, SessionItem
from tests.exams.conftest import RIGHT
from tests.factories.accounts import DeviceSessionFactory
from tests.factories.exams import MORNING, make_exam, save_answer, start_exam
from tests.factories.questionbank import QuestionEntryFactory, TopicFactory

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def practise(student, *, now=MORNING, **wanted):
    return services.start_session(actor=student, wanted=services.StartRequest(**wanted), now=now)


# --- starting -------------------------------------------------------------------------------------------------------
def test_start_session_pins_paper_and_times(student, exam, entries, published):
    with published() as facts:
        session = start_exam(student=student, exam=exam)

    assert (session.number, session.deadline_at, session.hard_close_at) == (
        1,
        MORNING + HOUR,
        MORNING + HOUR + timedelta(seconds=15),
    )
    items = list(session.items.order_by("position"))
    assert [item.version_id for item in items] == [entry.latest_id for entry in entries]
    assert items[0].accepts == {"type": "single_choice", "options": ["a1", "a2", "a3"]}
    assert facts == [
        ExamSessionStarted(
            organization_id=session.organization_id,
            session_id=session.pk,
            user_id=student.pk,
            exam_id=exam.pk,
            occurred_at=MORNING,
        )
    ]


def test_start_session_twice_returns_the_unfinished_one(student, exam):
    first = start_exam(student=student, exam=exam)
    second = start_exam(student=student, exam=exam, now=MORNING + MINUTE)

    assert first == second
    assert ExamSession.objects.count() == 1


def test_start_session_costs_few_statements_whatever_the_paper(student, teacher, topic):
    entries = [QuestionEntryFactory(topic=topic, owner=teacher) for _ in range(20)]
    exam = make_exam(teacher=teacher, entries=entries)
    exam = type(exam).objects.select_related("current").get(pk=exam.pk)
    student.acting_membership()  # known since signing in

    with CaptureQueriesContext(connection) as found:
        services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=MORNING)

    written = [query["sql"] for query in found if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(written) == 5  # sittings so far, versions (once per process), session, items, fact


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"opens_at": MORNING + MINUTE}, "not_open"),
        ({"closes_at": MORNING}, "not_open"),
        ({"opens_at": MORNING, "closes_at": MORNING + MINUTE}, None),
    ],
)
def test_start_session_only_within_the_window(student, teacher, entries, rules, code):
    exam = make_exam(teacher=teacher, entries=entries, **rules)

    if code is None:
        assert start_exam(student=student, exam=exam).exam == exam
    else:
        with pytest.raises(services.NotOpen) as refusal:
            start_exam(student=student, exam=exam)
        assert refusal.value.error_code == code
        assert not ExamSession.objects.exists()


def test_start_session_refuses_when_the_attempts_are_used(student, exam):
    session = start_exam(student=student, exam=exam)
    services.submit_session(actor=student, session=session, now=MORNING + MINUTE)

    with pytest.raises(services.NotOpen) as refusal:
        start_exam(student=student, exam=exam, now=MORNING + 2 * MINUTE)
    assert refusal.value.error_code == "no_attempt_left"
    assert ExamSession.objects.count() == 1


def test_start_session_finishes_an_overdue_one_and_counts_the_next(student, teacher, entries):
    exam = make_exam(teacher=teacher, entries=entries, attempts_allowed=2)
    first = start_exam(student=student, exam=exam)
    second = start_exam(student=student, exam=exam, now=MORNING + 2 * HOUR)

    first.refresh_from_db()
    assert (first.source, first.submitted_at) == ("timeout", MORNING + HOUR)
    assert second.number == 2


def test_start_session_of_a_stranger_to_the_organisation_is_refused(foreign_teacher, exam):
    with pytest.raises(NotAllowed):
        start_exam(student=foreign_teacher, exam=exam)
    assert not ExamSession.objects.exists()


def test_practice_asks_the_questions_of_the_topic_and_has_no_clock(student, topic, entries):
    other = QuestionEntryFactory(topic=TopicFactory(course=topic.course))
    session = practise(student, topic=topic, count=4)

    asked = set(session.items.values_list("version", flat=True))
    assert len(asked) == 4
    assert asked <= {entry.latest_id for entry in entries}
    assert other.latest_id not in asked
    assert (session.deadline_at, session.hard_close_at) == (None, None)


def test_practice_of_a_course_takes_every_topic_and_leaves_out_what_is_not_approved(student, topic, entries):
    entries[0].status = "hidden"
    entries[0].save()
    session = practise(student, course=topic.course, count=50)

    assert set(session.items.values_list("version", flat=True)) == {entry.latest_id for entry in entries[1:]}


def test_practice_without_a_fitting_question_is_refused(student, topic, entries):
    with pytest.raises(BadInput) as refusal:
        practise(student, topic=topic, difficulty="hard")
    assert refusal.value.error_code == "no_questions"
    assert not ExamSession.objects.exists()


def test_a_timed_exam_of_ones_own_has_a_deadline(student, topic, entries):
    session = practise(student, topic=topic, count=4, exam_type="timed_exam")

    assert session.deadline_at == MORNING + timedelta(seconds=4 * 90)


# --- finishing ------------------------------------------------------------------------------------------------------
@pytest.fixture
def session(student, exam):
    return start_exam(student=student, exam=exam)


@pytest.fixture
def answered(session, device):
    """All right but the last two: a wrong text, nothing to the matching."""
    items = list(session.items.order_by("position"))
    for item, payload in zip(items[:4], RIGHT[:4], strict=True):
        save_answer(session, item, payload, device=device, seconds=30)
    save_answer(session, items[4], "argon", device=device, seconds=10)
    return session


def test_submit_session_marks_every_question_once(answered, student, published):
    with published() as facts:
        finished = services.submit_session(actor=student, session=answered, now=MORNING + 10 * MINUTE)

    assert (finished.score, finished.max_score, finished.is_passed) == (Decimal(4), Decimal(6), True)
    assert (finished.submitted_at, finished.source) == (MORNING + 10 * MINUTE, "candidate")
    fractions = list(Grade.objects.order_by("item__position").values_list("fraction", flat=True))
    assert fractions == [1, 1, 1, 1, 0, 0]
    assert facts == [
        ExamSessionSubmitted(
            organization_id=answered.organization_id,
            session_id=answered.pk,
            user_id=student.pk,
            exam_id=answered.exam_id,
            source="candidate",
            occurred_at=MORNING + 10 * MINUTE,
        )
    ]


def test_submit_session_twice_keeps_the_first_submission(answered, student, published):
    first = services.submit_session(actor=student, session=answered, now=MORNING + 10 * MINUTE)
    with published() as facts:
        again = services.submit_session(actor=student, session=answered, now=MORNING + 11 * MINUTE)

    assert (again.submitted_at, again.receipt) == (first.submitted_at, first.receipt)
    assert Grade.objects.count() == 6
    assert facts == []


def test_submit_session_late_counts_as_handed_in_at_the_deadline(session, student):
    finished = services.submit_session(actor=student, session=session, now=session.deadline_at + timedelta(seconds=5))

    assert finished.submitted_at == session.deadline_at


def test_submit_session_of_somebody_else_is_refused(session, classmate, teacher):
    for person in (classmate, teacher):
        with pytest.raises(NotAllowed):
            services.submit_session(actor=person, session=session, now=MORNING + MINUTE)
    session.refresh_from_db()
    assert session.finished_at is None


def test_submit_session_stops_at_ten_exams_an_hour_and_never_at_practice(student, teacher, entries, topic):
    exam = make_exam(teacher=teacher, entries=entries[:1], attempts_allowed=0)
    for number in range(10):
        session = start_exam(student=student, exam=exam, now=MORNING + number * MINUTE)
        services.submit_session(actor=student, session=session, now=MORNING + number * MINUTE)
    one_more = start_exam(student=student, exam=exam, now=MORNING + 11 * MINUTE)

    with pytest.raises(TooManyRequests):
        services.submit_session(actor=student, session=one_more, now=MORNING + 11 * MINUTE)
    practice = practise(student, topic=topic, count=1, now=MORNING + 11 * MINUTE)
    assert services.submit_session(actor=student, session=practice, now=MORNING + 12 * MINUTE).finished_at is not None
    one_more.refresh_from_db()
    assert one_more.finished_at is None
    assert services.submit_session(actor=student, session=one_more, now=MORNING + 61 * MINUTE).finished_at is not None


def test_the_sweep_finishes_what_is_due_and_nothing_else(student, classmate, exam, device):
    due = start_exam(student=student, exam=exam)
    save_answer(due, due.items.get(position=1), "a2", device=device)
    running = start_exam(student=classmate, exam=exam, now=MORNING + 30 * MINUTE)
    moment = due.hard_close_at

    assert services.finish_overdue_sessions(now=moment - timedelta(seconds=1)) == 0
    assert services.finish_overdue_sessions(now=moment) == 1
    assert services.finish_overdue_sessions(now=moment) == 0
    due.refresh_from_db()
    running.refresh_from_db()
    assert (due.source, due.submitted_at, due.score) == ("timeout", due.deadline_at, Decimal(1))
    assert running.finished_at is None


def test_the_latest_answer_counts_and_time_is_the_longest_reported(session, device, student):
    item = session.items.get(position=1)
    save_answer(session, item, "a2", device=device, seconds=50)
    save_answer(session, item, "a1", device=device, seconds=20)
    save_answer(session, item, "a3", device=device, after=0)  # stale: kept, never counted
    services.submit_session(actor=student, session=session, now=MORNING + MINUTE)

    found = queries.results_of(ExamSession.objects.get(pk=session.pk))[0]
    assert (found.payload, found.time_spent, found.mark) == ("a1", 50, Decimal(0))


def test_a_cleared_answer_earns_nothing_and_stands_in_the_receipt_as_cleared(session, device, student):
    item = session.items.get(position=1)
    save_answer(session, item, "a2", device=device)
    save_answer(session, item, None, device=device)
    finished = services.submit_session(actor=student, session=session, now=MORNING + MINUTE)

    assert finished.score == 0
    assert [line["sha256"] for line in finished.receipt["answers"]] == [receipts.answer_digest(None)]


def test_moving_on_stops_at_the_last_question(student, teacher, entries):
    exam = make_exam(teacher=teacher, entries=entries[:2], is_going_back_allowed=False)
    session = start_exam(student=student, exam=exam)
    for _ in range(3):
        session = services.move_on(actor=student, session=session, now=MORNING + MINUTE)

    assert session.reached_position == 2
    assert [question["position"] for question in presenting.open_questions(session)] == [2]


def test_moving_on_after_the_deadline_is_refused(student, teacher, entries):
    exam = make_exam(teacher=teacher, entries=entries[:2], is_going_back_allowed=False)
    session = start_exam(student=student, exam=exam)

    with pytest.raises(WrongState):
        services.move_on(actor=student, session=session, now=MORNING + HOUR + timedelta(seconds=1))


# --- receipts -------------------------------------------------------------------------------------------------------
def test_the_receipt_is_signed_and_shows_any_change(answered, student):
    receipt = services.submit_session(actor=student, session=answered, now=MORNING + 10 * MINUTE).receipt

    assert receipts.is_genuine(receipt, public_key=signing.public_key())
    assert (receipt["answer_count"], receipt["candidate_id"]) == (5, str(student.public_id))
    for forged in (
        {**receipt, "submitted_at": "2026-03-02T09:09:00+00:00"},
        {**receipt, "answers": receipt["answers"][:-1]},
        {**receipt, "answers": [{**receipt["answers"][0], "sha256": "0" * 64}, *receipt["answers"][1:]]},
        {**receipt, "signature": receipt["signature"][::-1]},
    ):
        assert not receipts.is_genuine(forged, public_key=signing.public_key())


# --- results and review ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("policy", "minutes_after", "is_open"),
    [("after_submit", 1, True), ("after_close", 1, False), ("after_close", 200, True), ("never", 500, False)],
)
def test_questions_are_shown_when_the_rules_release_them(student, teacher, entries, policy, minutes_after, is_open):
    exam = make_exam(teacher=teacher, entries=entries, review_policy=policy, closes_at=MORNING + 2 * HOUR)
    session = start_exam(student=student, exam=exam)
    services.submit_session(actor=student, session=session, now=MORNING + MINUTE)
    session = ExamSession.objects.select_related("exam", "revision").get(pk=session.pk)

    found = presenting.result(session, now=MORNING + minutes_after * MINUTE)

    assert found["is_review_open"] is is_open
    assert len(found["questions"]) == (6 if is_open else 0)
    assert found["score"] == 0


def test_nothing_shown_before_the_end_holds_a_key(session, entries):
    shown = str(presenting.open_questions(session))

    assert "fraction" not in shown
    assert "feedback" not in shown
    assert "correct" not in shown
    assert "23" in shown  # the options themselves are there


# --- building -------------------------------------------------------------------------------------------------------
def test_publish_exam_pins_the_pool_of_that_moment(student, teacher, topic, entries):
    exam = make_exam(teacher=teacher, topic=topic, draw_count=6)
    QuestionEntryFactory(topic=topic, owner=teacher)
    session = start_exam(student=student, exam=exam)

    assert set(session.items.values_list("version", flat=True)) == {entry.latest_id for entry in entries}


def test_publish_exam_names_every_slot_that_cannot_be_asked(teacher, topic, entries):
    entries[0].status = "hidden"
    entries[0].save()
    exam = make_exam(teacher=teacher, entries=entries[:2], topic=topic, draw_count=40, publish=False)

    with pytest.raises(BadInput) as refusal:
        authoring.publish_exam(actor=teacher, exam=exam, now=MORNING)
    assert {"slots.0", "slots.2"} <= set(refusal.value.fields)
    exam.refresh_from_db()
    assert exam.current is None


def test_publish_exam_refuses_pools_that_cannot_serve_all_slots_together(teacher, topic, entries):
    exam = make_exam(teacher=teacher, topic=topic, draw_count=4, publish=False)
    slot = authoring.SlotInput(topic=topic, draw_count=4)
    authoring.change_exam(actor=teacher, exam=exam, changes=authoring.ExamChanges(slots=(slot, slot)))

    with pytest.raises(BadInput) as refusal:
        authoring.publish_exam(actor=teacher, exam=exam, now=MORNING)
    assert set(refusal.value.fields) == {"slots"}


def test_a_change_after_publishing_reaches_new_sessions_only(student, classmate, teacher, exam, entries, published):
    running = start_exam(student=student, exam=exam)
    changes = authoring.ExamChanges(rules={"duration_minutes": 5}, slots=(authoring.SlotInput(entry=entries[0]),))
    authoring.change_exam(actor=teacher, exam=exam, changes=changes)
    with published() as facts:
        changed = authoring.publish_exam(actor=teacher, exam=exam, now=MORNING)
        authoring.publish_exam(actor=teacher, exam=exam, now=MORNING)
    fresh = start_exam(student=classmate, exam=changed)

    assert (running.deadline_at, running.items.count()) == (MORNING + HOUR, 6)
    assert (fresh.deadline_at, fresh.items.count()) == (MORNING + 5 * MINUTE, 1)
    assert facts == [
        ExamPublished(
            organization_id=exam.organization_id, exam_id=exam.pk, revision_id=changed.current_id, occurred_at=MORNING
        )
    ]


def test_building_is_for_staff_of_the_organisation(people, course, exam):
    changes = authoring.ExamChanges(title="Another")

    def may(person: User) -> bool:
        try:
            authoring.change_exam(actor=person, exam=exam, changes=changes)
        except (NotAllowed, AttributeError):
            return False
        return True

    assert people.table(may) == {
        "student": False,
        "classmate": False,
        "teacher": True,
        "foreign_teacher": False,
        "parent": False,
        "org_admin": True,
        "operator": False,
        "admin": False,
        "anonymous": False,
    }


def test_a_published_revision_keeps_its_slots(exam):
    revision = ExamRevision.objects.get(exam=exam)

    assert [slot["max_mark"] for slot in revision.paper] == ["1.0000000"] * 6
    assert revision.slots.filter(version=None).count() == 0


# --- lists ----------------------------------------------------------------------------------------------------------
def count_queries(call) -> int:
    with CaptureQueriesContext(connection) as found:
        call()
    return len(found)


def test_a_days_page_costs_the_same_with_one_session_and_thirty(student, teacher, entries, topic, device):
    def add(number):
        exam = make_exam(teacher=teacher, entries=entries[:2], attempts_allowed=0, shuffle_questions=False)
        done = start_exam(student=student, exam=exam)
        save_answer(done, done.items.get(position=1), "a1", device=device)
        services.submit_session(
            actor=student, session=practise(student, topic=topic, count=2), now=MORNING + number * MINUTE
        )
        make_exam(teacher=teacher, entries=entries[:2], opens_at=MORNING + HOUR)

    add(0)
    one = count_queries(lambda: overview.day_of(student, now=MORNING + MINUTE))
    for number in range(1, 10):
        add(number)
    many = count_queries(lambda: overview.day_of(student, now=MORNING + MINUTE))

    assert one == many == 4
    day = overview.day_of(student, now=MORNING + MINUTE)
    assert [len(day[name]) for name in ("running", "open", "upcoming", "results", "courses")] == [10, 0, 10, 5, 1]
    assert (day["running"][0].answered, day["running"][0].question_count) == (1, 2)


def test_marks_by_topic_puts_the_weakest_first(student, teacher, topic, entries, device):
    strong = TopicFactory(course=topic.course, name="Algebra")
    extra = QuestionEntryFactory(topic=strong, owner=teacher)
    exam = make_exam(teacher=teacher, entries=[entries[0], extra], shuffle_questions=False, shuffle_options=False)
    session = start_exam(student=student, exam=exam)
    save_answer(session, session.items.get(position=2), "a2", device=device)
    services.submit_session(actor=student, session=session, now=MORNING + MINUTE)

    assert [(found.name, found.mark, found.max_mark) for found in queries.marks_by_topic(session)] == [
        ("Numbers", 0, 1),
        ("Algebra", 1, 1),
    ]


def test_sessions_are_seen_by_their_candidate_and_exams_by_staff_too(people, exam, topic):
    sat = start_exam(student=people.student, exam=exam)
    practised = practise(people.student, topic=topic, count=1)
    persons = {name: person for name, person in people if name != "anonymous"}

    seen = {
        name: (
            ExamSession.objects.visible_to(person).filter(pk=sat.pk).exists(),
            ExamSession.objects.visible_to(person).filter(pk=practised.pk).exists(),
        )
        for name, person in persons.items()
    }

    nothing = (False, False)
    assert seen == {
        "student": (True, True),
        "classmate": nothing,
        "teacher": (True, False),
        "foreign_teacher": nothing,
        "parent": nothing,
        "org_admin": (True, False),
        "operator": nothing,
        "admin": nothing,
    }


def test_a_device_of_another_person_is_no_key_to_a_session(session, classmate):
    """Twin of the permission table on the hot path: the log stays empty."""
    item = SessionItem.objects.filter(session=session).first()
    with pytest.raises(Exception, match="signed out"):
        save_answer(session, item, "a1", device=DeviceSessionFactory(user=classmate), operation=uuid4())
    assert not item.answers.exists()
