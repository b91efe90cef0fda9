"""Sessions as a candidate sees them: plain dictionaries for the API and the pages alike."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import WrongState
from apps.questionbank import rendering

from . import marking, queries
from .models import ExamRevision, ExamSession, SessionItem


def session_head(session: ExamSession, *, now: datetime) -> dict[str, Any]:
    """Return what identifies and times a session."""
    return {
        "id": session.public_id,
        "kind": "session",
        "exam_id": session.exam.public_id if session.exam is not None else None,
        "exam_type": session.exam_type,
        "title": session.title,
        "number": session.number,
        "status": session.status_at(now),
        "started_at": session.started_at,
        "deadline_at": session.deadline_at,
        "submitted_at": session.submitted_at,
        "server_time": now,
        "is_going_back_allowed": session.is_going_back_allowed,
    }


def open_questions(session: ExamSession, *, opened: list[SessionItem] | None = None) -> list[dict[str, Any]]:
    """Return the questions the candidate may see now, in their order, without keys, each with the answer that stands.

    In a session that cannot go back these are the present question alone. ``opened`` are the items when the session was
    made a moment ago and cannot have answers.
    """
    items = opened if opened is not None else queries.items_with_versions(session)
    folded = {} if opened is not None else queries.folded_answers(session)
    if not session.is_going_back_allowed:
        reached = max([session.reached_position, *(item.position for item in items if item.pk in folded)])
        items = [item for item in items if item.position == reached]
    return [_open_question(item, folded.get(item.pk)) for item in items]


def _open_question(item: SessionItem, answer: marking.FoldedAnswer | None) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "position": item.position,
        "max_mark": item.max_mark,
        **rendering.public_question(item.version, item.option_order),
        "selected_answer": answer.payload if answer else None,
        "sequence": answer.sequence if answer else 0,
        "time_spent": answer.time_spent if answer else 0,
    }


def result_head(session: ExamSession) -> dict[str, Any]:
    """Return the marks of a finished session. Raises WrongState while it runs."""
    if session.finished_at is None or session.score is None or session.max_score is None:
        raise WrongState(_("This session is still running. Hand it in to see the result."), code="not_finished")
    return {
        "id": session.public_id,
        "exam_id": session.exam.public_id if session.exam is not None else None,
        "exam_type": session.exam_type,
        "title": session.title,
        "status": "finished",
        "started_at": session.started_at,
        "submitted_at": session.submitted_at,
        "source": session.source,
        "score": session.score,
        "max_score": session.max_score,
        "percentage": marking.percentage_of(session.score, session.max_score),
        "pass_percentage": session.pass_percentage,
        "passed": session.is_passed,
    }


def result(session: ExamSession, *, now: datetime) -> dict[str, Any]:
    """Return the marks of a finished session and, when its rules release them, every question with its key and reasons."""
    head = result_head(session)
    if not is_review_open(session, now=now):
        return {**head, "is_review_open": False, "questions": []}
    return {
        **head,
        "is_review_open": True,
        "questions": [_reviewed_question(found) for found in queries.results_of(session)],
    }


def result_page(session: ExamSession, *, now: datetime, only_open: bool) -> dict[str, Any]:
    """Return what the page of a result shows; ``only_open`` keeps the questions that were not right."""
    found = result(session, now=now)
    questions = found["questions"]
    counts = {
        "right": sum(question["is_correct"] for question in questions),
        "part": sum(0 < question["fraction"] < 1 for question in questions),
        "wrong": sum(question["fraction"] <= 0 for question in questions),
        "open": sum(question["selected_answer"] is None for question in questions),
    }
    topics = queries.marks_by_topic(session) if found["is_review_open"] else []
    weakest = topics[0] if len(topics) > 1 and topics[0].mark < topics[0].max_mark else None
    return {
        "result": found,
        "shown": [question for question in questions if not (only_open and question["is_correct"])],
        "counts": counts if found["is_review_open"] else None,
        "topics": topics,
        "weakest": weakest.name if weakest else None,
        "weakest_topic": weakest.topic_id if weakest else None,
        "receipt": session.receipt,
    }


def is_review_open(session: ExamSession, *, now: datetime) -> bool:
    """Return whether the candidate may see keys and explanations now."""
    revision = session.revision
    if revision is None or revision.review_policy == ExamRevision.ReviewPolicy.AFTER_SUBMIT:
        return True
    if revision.review_policy == ExamRevision.ReviewPolicy.NEVER:
        return False
    return revision.closes_at is None or now >= revision.closes_at


def _reviewed_question(found: queries.ItemResult) -> dict[str, Any]:
    item = found.item
    return {
        "question_id": item.public_id,
        "position": item.position,
        **rendering.review_question(item.version, item.option_order, payload=found.payload),
        "selected_answer": found.payload,
        "is_correct": found.fraction == Decimal(1),
        "fraction": found.fraction,
        "mark": found.mark,
        "max_mark": item.max_mark,
        "time_spent": found.time_spent,
    }


def history_row(session: ExamSession, *, now: datetime) -> dict[str, Any]:
    """Return one line of the history."""
    is_marked = session.score is not None and session.max_score is not None
    return {
        "id": session.public_id,
        "title": session.title,
        "exam_type": session.exam_type,
        "course": session.course,
        "status": session.status_at(now),
        "started_at": session.started_at,
        "submitted_at": session.submitted_at,
        "score": session.score,
        "max_score": session.max_score,
        "percentage": marking.percentage_of(session.score, session.max_score) if is_marked else None,  # type: ignore[arg-type]
        "passed": session.is_passed,
    }
