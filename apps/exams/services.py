"""Sitting an exam: start, move on, finish. Saving an answer is ``answering``; building exams is ``authoring``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.core import events
from apps.core.errors import BadInput, NotAllowed, TooManyRequests, WrongState
from apps.questionbank import types
from apps.questionbank.models import Course, QuestionEntry, QuestionVersion, Topic

from . import marking, paper, queries, receipts
from .events import ExamSessionStarted, ExamSessionSubmitted
from .models import Exam, ExamRevision, ExamSession, ExamType, Grade, SessionItem
from .permissions import can_sit, can_start_exam
from .versions import versions_by_key

MAX_QUESTIONS = 200
SUBMISSIONS_PER_HOUR = 10
SECONDS_PER_QUESTION = 90
"""What a timed exam that a candidate makes for themselves allows for a question."""
POOL_LIMIT = 5000
"""Questions considered for one practice paper."""


Pools = Mapping[str, Sequence[int]]
"""Keys of the newest versions of the questions that may be drawn, by difficulty."""


class NotOpen(WrongState):
    """The window of the exam is not open, or no attempt is left."""

    code = "not_open"


@dataclass(frozen=True, kw_only=True)
class StartRequest:
    """What to sit: a published exam, or questions of a topic or course."""

    exam_type: str = ExamType.PRACTICE
    exam: Exam | None = None
    topic: Topic | None = None
    course: Course | None = None
    count: int = 20
    difficulty: str = ""
    question_types: tuple[str, ...] = ()


def start_session(*, actor: User, wanted: StartRequest, now: datetime) -> ExamSession:
    """Start a session, or return the one that is still unfinished for the same exam.

    Raises NotAllowed, NotOpen (outside the window, or no attempt left) and BadInput (no question to ask).
    """
    if wanted.exam is not None:
        return _start_exam(actor=actor, exam=wanted.exam, now=now)
    return _start_own(actor=actor, wanted=wanted, now=now)


def _start_exam(*, actor: User, exam: Exam, now: datetime) -> ExamSession:
    if not can_start_exam(actor, exam):
        raise NotAllowed(_("You may not sit this exam."))
    revision = exam.current
    if revision is None or revision.paper is None:
        raise NotOpen(_("This exam is not published."))
    sat = queries.sittings_of(exam=exam, user=actor)
    if sat.unfinished is not None and not sat.unfinished.is_due_at(now):
        return sat.unfinished
    if sat.unfinished is not None:
        finish_overdue_session(session=sat.unfinished, now=now)
    _check_window(revision, attempts_used=sat.count, now=now)
    session, items = draft_exam_session(actor=actor, exam=exam, number=sat.count + 1, seed=paper.new_seed(), now=now)
    try:
        return _open_session(session, items, shuffle_options=revision.shuffle_options)
    except IntegrityError:  # the same candidate started twice at once; the constraint kept one
        first = queries.sittings_of(exam=exam, user=actor).unfinished
        if first is None:
            raise
        return first


def draft_exam_session(
    *, actor: User, exam: Exam, number: int, seed: int, now: datetime
) -> tuple[ExamSession, list[paper.PaperItem]]:
    """Return a sitting of a published exam that would start ``now``, unsaved, with the questions its seed draws."""
    revision = exam.current
    if revision is None or revision.paper is None:
        raise NotOpen(_("This exam is not published."))
    session = _sitting(actor=actor, exam=exam, revision=revision, number=number, seed=seed, now=now)
    return session, paper.draw_paper(_slots_of(revision), seed=seed, shuffle=revision.shuffle_questions)


def _sitting(*, actor: User, exam: Exam, revision: ExamRevision, number: int, seed: int, now: datetime) -> ExamSession:
    times = paper.session_times(
        now=now,
        duration=timedelta(minutes=revision.duration_minutes) if revision.duration_minutes else None,
        closes_at=revision.closes_at,
        window_wins=revision.window_policy == ExamRevision.WindowPolicy.WINDOW_WINS,
        grace=timedelta(seconds=revision.grace_seconds),
    )
    return ExamSession(
        organization_id=exam.organization_id,
        user=actor,
        exam_type=exam.exam_type,
        exam=exam,
        revision=revision,
        course_id=exam.course_id,
        title=exam.title,
        number=number,
        seed=seed,
        pass_percentage=revision.pass_percentage,
        is_going_back_allowed=revision.is_going_back_allowed,
        started_at=times.started_at,
        deadline_at=times.deadline_at,
        accepts_until=times.accepts_until,
        hard_close_at=times.hard_close_at,
    )


def _slots_of(revision: ExamRevision) -> list[paper.PaperSlot]:
    """Return what publishing pinned."""
    return [
        paper.PaperSlot(
            candidates=tuple(slot["candidates"]), draw_count=slot["draw_count"], max_mark=Decimal(slot["max_mark"])
        )
        for slot in revision.paper or ()
    ]


def _check_window(revision: ExamRevision, *, attempts_used: int, now: datetime) -> None:
    if revision.opens_at is not None and now < revision.opens_at:
        raise NotOpen(_("This exam has not opened yet."), details={"opens_at": revision.opens_at.isoformat()})
    if revision.closes_at is not None and now >= revision.closes_at:
        raise NotOpen(_("This exam has closed."), details={"closed_at": revision.closes_at.isoformat()})
    if revision.attempts_allowed and attempts_used >= revision.attempts_allowed:
        raise NotOpen(
            ngettext(
                "You have used the one attempt at this exam.",
                "You have used all %(count)d attempts at this exam.",
                revision.attempts_allowed,
            )
            % {"count": revision.attempts_allowed},
            code="no_attempt_left",
        )


def _start_own(*, actor: User, wanted: StartRequest, now: datetime) -> ExamSession:
    course = wanted.topic.course if wanted.topic is not None else wanted.course
    if course is None:
        raise BadInput(fields={"topic": [_("Name a topic, a course or an exam.")]})
    if not 1 <= wanted.count <= MAX_QUESTIONS:
        raise BadInput(fields={"count": [_("Choose from 1 to %(most)d questions.") % {"most": MAX_QUESTIONS}]})
    session, items = draft_own_session(
        actor=actor, wanted=wanted, course=course, pools=_own_pools(actor, wanted), seed=paper.new_seed(), now=now
    )
    if not items:
        raise BadInput(
            _("There is no such question here yet. Choose another topic or difficulty."),
            code="no_questions",
            fields={"topic": [_("It has no question that fits.")]},
        )
    return _open_session(session, items, shuffle_options=True)


def draft_own_session(
    *, actor: User, wanted: StartRequest, course: Course, pools: Pools, seed: int, now: datetime
) -> tuple[ExamSession, list[paper.PaperItem]]:
    """Return a practice or timed session of one's own that would start ``now``, unsaved, drawn from ``pools``."""
    chosen = paper.sample_by_difficulty(pools, wanted.count, seed=seed)
    is_timed = wanted.exam_type != ExamType.PRACTICE
    times = paper.session_times(
        now=now, duration=timedelta(seconds=SECONDS_PER_QUESTION * len(chosen)) if is_timed else None
    )
    session = ExamSession(
        organization_id=course.organization_id,
        user=actor,
        exam_type=wanted.exam_type,
        course=course,
        title=f"{course.title}: {wanted.topic.name}" if wanted.topic is not None else course.title,
        seed=seed,
        started_at=times.started_at,
        deadline_at=times.deadline_at,
        accepts_until=times.accepts_until,
        hard_close_at=times.hard_close_at,
    )
    return session, [paper.PaperItem(version_id=key, max_mark=Decimal(1)) for key in chosen]


def _own_pools(actor: User, wanted: StartRequest) -> Pools:
    entries = QuestionEntry.objects.visible_to(actor).drawable()
    within = {"topic": wanted.topic} if wanted.topic is not None else {"topic__course": wanted.course}
    entries = entries.filter(**within)
    if wanted.difficulty:
        entries = entries.filter(difficulty=wanted.difficulty)
    if wanted.question_types:
        entries = entries.filter(type__in=wanted.question_types)
    pools: dict[str, list[int]] = {}
    for difficulty, latest in entries.order_by("pk").values_list("difficulty", "latest")[:POOL_LIMIT]:
        pools.setdefault(difficulty, []).append(latest)
    return pools


def _open_session(session: ExamSession, items: list[paper.PaperItem], *, shuffle_options: bool) -> ExamSession:
    versions = versions_by_key(item.version_id for item in items)
    with transaction.atomic():
        session.save(force_insert=True)
        session.opened_items = SessionItem.objects.bulk_create(
            session_items(session, items, versions, shuffle_options=shuffle_options)
        )
        events.publish(started(session))
    return session


def session_items(
    session: ExamSession,
    items: list[paper.PaperItem],
    versions: dict[int, QuestionVersion],
    *,
    shuffle_options: bool,
) -> list[SessionItem]:
    """Return the questions of a session as rows, unsaved; the orders of their options come from the session's seed."""
    rows = []
    for position, item in enumerate(items, start=1):
        version = versions[item.version_id]
        question_type = types.get(version.type)
        rows.append(
            SessionItem(
                organization_id=session.organization_id,
                session=session,
                position=position,
                version=version,
                option_order=paper.order_options(
                    question_type.option_ids(version.content),
                    seed=session.seed,
                    position=position,
                    shuffle=shuffle_options,
                ),
                accepts=question_type.accepts(version.content),
                max_mark=item.max_mark,
            )
        )
    return rows


def started(session: ExamSession) -> ExamSessionStarted:
    """Return the fact that a session began."""
    return ExamSessionStarted(
        organization_id=session.organization_id,
        session_id=session.pk,
        user_id=session.user_id,
        exam_id=session.exam_id,
        occurred_at=session.started_at,
    )


def move_on(*, actor: User, session: ExamSession, now: datetime) -> ExamSession:
    """Leave the present question of a session that cannot go back for the next one; at the last one nothing moves."""
    with transaction.atomic():
        session = ExamSession.objects.select_for_update().get(pk=session.pk)
        if not can_sit(actor, session):
            raise NotAllowed(_("Only the candidate can do this."))
        if session.status_at(now) != "running":
            raise WrongState(_("This session is over."), code="finished")
        last = queries.item_count(session)
        if not session.is_going_back_allowed and session.reached_position < last:
            session.reached_position += 1
            session.save(update_fields=["reached_position"])
    return session


def submit_session(*, actor: User, session: ExamSession, now: datetime) -> ExamSession:
    """Hand in a session: close it and mark it.

    A late call counts as handed in at the deadline. A repeated call returns the first submission untouched. Exams, not
    practice, may be handed in ``SUBMISSIONS_PER_HOUR`` times an hour. Raises NotAllowed and TooManyRequests.
    """
    if not can_sit(actor, session):
        raise NotAllowed(_("Only the candidate can hand this in."))
    if session.finished_at is None and session.exam_type != ExamType.PRACTICE:
        used = queries.submissions_since(user=actor, since=now - timedelta(hours=1))
        if used >= SUBMISSIONS_PER_HOUR:
            raise TooManyRequests(
                _("You have handed in %(count)d exams within an hour. This one stays open; hand it in a little later.")
                % {"count": used},
                headers={"Retry-After": "60"},
            )
    return _finish(session=session, now=now, source=ExamSession.Source.CANDIDATE)


def finish_overdue_session(*, session: ExamSession, now: datetime) -> ExamSession:
    """Close and mark a session whose time is over; leave any other as it is."""
    if not session.is_due_at(now):
        return session
    return _finish(session=session, now=now, source=ExamSession.Source.TIMEOUT)


def finish_overdue_sessions(*, now: datetime, at_most: int = 500) -> int:
    """Close and mark the sessions whose time is over, oldest first; return how many. Safe to run many times at once."""
    due = ExamSession.objects.unfinished().filter(hard_close_at__lte=now).order_by("hard_close_at")[:at_most]
    for session in due:
        finish_overdue_session(session=session, now=now)
    return len(due)


@transaction.atomic
def _finish(*, session: ExamSession, now: datetime, source: str) -> ExamSession:
    """Close a session once, whoever comes first; the others get what the first one made."""
    if session.finished_at is not None:
        return session
    with connection.cursor() as cursor:  # alone with the session: no answer is being saved past this line
        cursor.execute("SELECT pg_advisory_xact_lock(exams_lock_key(%s))", [session.public_id])
    session = ExamSession.objects.select_for_update(of=("self",)).select_related("user").get(pk=session.pk)
    if session.finished_at is not None:
        return session
    items = queries.items_with_versions(session)
    Grade.objects.bulk_create(close(session, items, queries.folded_answers(session), now=now, source=source))
    session.save(update_fields=["score", "max_score", "is_passed", "submitted_at", "finished_at", "source", "receipt"])
    events.publish(submitted(session))
    return session


def close(
    session: ExamSession,
    items: list[SessionItem],
    folded: dict[int, marking.FoldedAnswer],
    *,
    now: datetime,
    source: str,
) -> list[Grade]:
    """Mark a session from the answers that count, and issue its receipt; return the grades. Nothing is saved."""
    grades = [_grade(item, folded.get(item.pk), now=now) for item in items]
    session.max_score = sum((item.max_mark for item in items), Decimal(0))
    session.score = max(sum((grade.mark for grade in grades), Decimal(0)), Decimal(0))
    session.is_passed = marking.is_pass(session.score, session.max_score, session.pass_percentage)
    session.submitted_at = min(now, session.deadline_at) if session.deadline_at is not None else now
    session.finished_at = now
    session.source = source
    session.receipt = receipts.issue(
        session_id=session.public_id,
        candidate_id=session.user.public_id,
        submitted_at=session.submitted_at,
        lines=queries.receipt_lines(items, folded),
    )
    return grades


def _grade(item: SessionItem, answer: marking.FoldedAnswer | None, *, now: datetime) -> Grade:
    fraction = marking.mark_answer(
        type_code=item.version.type, key=item.version.key, payload=answer.payload if answer else None
    )
    return Grade(
        organization_id=item.organization_id,
        item=item,
        answer_id=answer.answer_id if answer else None,
        key_version_id=item.version_id,
        fraction=fraction,
        mark=marking.to_mark(fraction, item.max_mark),
        created_at=now,
    )


def submitted(session: ExamSession) -> ExamSessionSubmitted:
    """Return the fact that a session was closed and marked."""
    return ExamSessionSubmitted(
        organization_id=session.organization_id,
        session_id=session.pk,
        user_id=session.user_id,
        exam_id=session.exam_id,
        source=session.source,
        occurred_at=session.submitted_at or session.started_at,
    )
