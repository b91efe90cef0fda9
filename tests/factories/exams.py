"""Rows of the exam engine, made by its own services so that they are what people would have made."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from apps.exams import answering, authoring, services

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When everything in these tests happens unless said otherwise."""


def make_exam(
    *,
    teacher,
    entries=(),
    topic=None,
    draw_count=1,
    course=None,
    publish=True,
    title="Final paper",
    published_at=MORNING - timedelta(days=1),
    **rules,
):
    """Return an exam over fixed entries, or drawn from a topic; ``rules`` are fields of its revision."""
    slots = [authoring.SlotInput(entry=entry) for entry in entries]
    if topic is not None:
        slots.append(authoring.SlotInput(topic=topic, draw_count=draw_count))
    course = course or (entries[0].topic.course if entries else topic.course)
    exam = authoring.create_exam(
        actor=teacher,
        course=course,
        title=title,
        changes=authoring.ExamChanges(
            rules={"duration_minutes": 60, "pass_percentage": Decimal(50), **rules}, slots=tuple(slots)
        ),
    )
    if publish:
        exam = authoring.publish_exam(actor=teacher, exam=exam, now=published_at)
    return exam


def start_exam(*, student, exam, now=MORNING):
    """Return a session of ``exam`` started at ``now``."""
    exam = type(exam).objects.select_related("current").get(pk=exam.pk)
    return services.start_session(actor=student, wanted=services.StartRequest(exam=exam), now=now)


def save_answer(
    session, item, payload, *, device, now=MORNING + timedelta(minutes=1), seconds=10, after=None, operation=None
):
    """Save one answer of the session's candidate and return what became of it."""
    answer = answering.AnswerIn(
        question_id=item.public_id,
        client_operation_id=operation or uuid4(),
        selected_answer=payload,
        time_spent=seconds,
        after=after,
    )
    return answering.record_answers(
        session_id=session.public_id,
        user_id=session.user_id,
        device_id=device.public_id,
        answers=[answer],
        received_at=now,
    )[0]
