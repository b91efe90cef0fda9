"""A sitting written with many others is what start, save and submit make of the same answers at the same times."""

import random
from datetime import timedelta

import pytest

from apps.exams import answering, paper, services
from apps.exams.demo import history
from apps.exams.demo.sittings import SWEEP, Sitting, write_sittings
from apps.exams.events import ExamSessionStarted, ExamSessionSubmitted
from apps.exams.models import Answer, ExamSession, Grade, SessionItem
from tests.factories.exams import MORNING, make_exam
from tests.people import device_of

EVENING = MORNING + timedelta(hours=10)


@pytest.fixture
def exam(teacher, entries):
    """Shuffled, unlike the one of other tests: what the seed decides is compared too."""
    return make_exam(teacher=teacher, entries=entries, duration_minutes=60)


@pytest.fixture
def bank(entries):
    return history.as_bank(entries)


def sitting_of(exam, user, *, seed, pace=1.0, now=MORNING, ability=0.5):
    session, items = services.draft_exam_session(actor=user, exam=exam, number=1, seed=seed, now=now)
    return Sitting(session=session, paper=items, ability=ability, pace=pace, rng=random.Random("sitting"))


def items_of(session):
    return list(
        SessionItem.objects.filter(session=session)
        .order_by("position")
        .values("position", "version_id", "option_order", "accepts", "max_mark", "organization_id")
    )


def grades_of(session):
    return list(
        Grade.objects.filter(item__session=session)
        .order_by("item__position")
        .values("item__position", "fraction", "mark", "key_version_id", "grader", "created_at", "superseded_by")
    )


def answers_of(session):
    return list(
        Answer.objects.filter(item__session=session)
        .order_by("item__position", "sequence")
        .values("item__position", "sequence", "kind", "payload", "time_spent", "received_at", "organization_id")
    )


SAME = [
    "organization_id",
    "exam_type",
    "exam_id",
    "revision_id",
    "course_id",
    "title",
    "number",
    "seed",
    "time_factor",
    "pass_percentage",
    "is_going_back_allowed",
    "reached_position",
    "started_at",
    "deadline_at",
    "accepts_until",
    "hard_close_at",
    "submitted_at",
    "finished_at",
    "source",
    "score",
    "max_score",
    "is_passed",
]


def head_of(session):
    return {name: getattr(session, name) for name in SAME}


def receipt_of(session):
    told = {name: session.receipt[name] for name in ("submitted_at", "answer_count", "public_key")}
    return told | {
        "answers": [(line["position"], line["sequence"], line["sha256"]) for line in session.receipt["answers"]]
    }


def test_a_written_sitting_equals_one_made_by_the_services(exam, bank, student, classmate, published):
    served = services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=MORNING)

    with published() as facts:
        (written,) = write_sittings([sitting_of(exam, classmate, seed=served.seed)], bank=bank, now=EVENING)
    _answer_alike(served, written, device=device_of(student))
    served = services.submit_session(actor=student, session=served, now=written.finished_at)

    written.refresh_from_db()
    served.refresh_from_db()
    assert head_of(written) == head_of(served)
    assert items_of(written) == items_of(served)
    assert answers_of(written) == answers_of(served)
    assert grades_of(written) == grades_of(served)
    assert receipt_of(written) == receipt_of(served)
    session = {"session_id": written.pk, "user_id": classmate.pk, "exam_id": exam.pk}
    assert facts == [
        ExamSessionStarted(organization_id=exam.organization_id, occurred_at=MORNING, **session),
        ExamSessionSubmitted(
            organization_id=exam.organization_id, occurred_at=written.submitted_at, source="candidate", **session
        ),
    ]


def _answer_alike(served, written, *, device):
    """Save in ``served`` what was answered in ``written``, question by question, at the same times."""
    places = dict(SessionItem.objects.filter(session=served).values_list("position", "public_id"))
    for row in Answer.objects.filter(item__session=written).order_by("received_at").select_related("item"):
        (outcome,) = answering.record_answers(
            session_id=served.public_id,
            user_id=served.user_id,
            device_id=device.public_id,
            answers=[
                answering.AnswerIn(
                    question_id=places[row.item.position],
                    client_operation_id=row.client_operation_id,
                    selected_answer=row.payload,
                    time_spent=row.time_spent,
                )
            ],
            received_at=row.received_at,
        )
        assert outcome.error is None


def test_a_slow_candidate_is_closed_by_the_sweep_and_late_answers_are_not_there(exam, bank, student):
    (session,) = write_sittings([sitting_of(exam, student, seed=7, pace=60)], bank=bank, now=EVENING)

    session.refresh_from_db()
    assert session.source == ExamSession.Source.TIMEOUT
    assert session.submitted_at == session.deadline_at
    assert session.finished_at == session.hard_close_at + SWEEP
    answers = Answer.objects.filter(item__session=session)
    assert all(answer.received_at <= session.deadline_at for answer in answers)
    assert len(answers) < len(items_of(session)) == Grade.objects.filter(item__session=session).count()


def test_who_is_in_the_middle_has_answers_up_to_now_and_no_marks(exam, bank, student, published):
    now = MORNING + timedelta(seconds=100)

    with published() as facts:
        (session,) = write_sittings([sitting_of(exam, student, seed=7)], bank=bank, now=now)

    session.refresh_from_db()
    assert (session.finished_at, session.score, session.receipt, session.source) == (None, None, None, "")
    answers = Answer.objects.filter(item__session=session)
    assert 0 < len(answers) < len(items_of(session))
    assert all(answer.received_at <= now for answer in answers)
    assert not Grade.objects.filter(item__session=session).exists()
    assert [type(fact) for fact in facts] == [ExamSessionStarted]


def test_a_running_session_goes_on_where_the_demonstration_left_it(exam, bank, student):
    (session,) = write_sittings([sitting_of(exam, student, seed=7)], bank=bank, now=MORNING + timedelta(seconds=100))
    later = MORNING + timedelta(minutes=20)

    again = services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=later)
    finished = services.submit_session(actor=student, session=again, now=later)

    assert again.pk == session.pk
    assert finished.finished_at == later
    assert Grade.objects.filter(item__session=session).count() == len(items_of(session))


def test_the_same_sittings_come_every_time(exam, bank, student, classmate):
    first, second = (
        write_sittings([sitting_of(exam, person, seed=11)], bank=bank, now=EVENING)[0]
        for person in (student, classmate)
    )

    assert answers_of(first) == answers_of(second)
    assert first.score == second.score


@pytest.mark.parametrize("count", [1, 3])
def test_writing_costs_the_same_few_statements_for_any_number(exam, bank, student, count, django_assert_num_queries):
    sittings = []
    for number in range(count):
        sitting = sitting_of(exam, student, seed=paper.new_seed())
        sitting.session.number = number + 1
        sittings.append(sitting)

    with django_assert_num_queries(8):  # three for keys, five inserts
        write_sittings(sittings, bank=bank, now=EVENING)
