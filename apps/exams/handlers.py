"""What exams tell the floors below at start: places to go, what happens by the clock, who hears of what."""

from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import live, navigation, outbox, removal, schedule
from apps.core.outbox import FactReference
from apps.questionbank import solved

from . import (
    queries,
    services,
    sorted_fields,  # noqa: F401 - says what the columns of the exam engine hold
)
from .events import ExamSessionSubmitted
from .models import Answer, Exam, ExamRevision, ExamSession, Grade, SessionEvent, SessionItem, Slot, SlotCandidate
from .permissions import is_candidate

SESSION_TOPIC = "exam-session"

navigation.register(
    navigation.Place(label=_("Today"), url_name="exams:today", icon="home", order=10, is_for=is_candidate)
)
navigation.register(
    navigation.Place(label=_("Results"), url_name="exams:history", icon="result", order=40, is_for=is_candidate)
)
removal.register(SessionEvent, Grade, Answer, SessionItem, ExamSession, Slot, ExamRevision, Exam)
removal.register_parts(SlotCandidate, of="slot")
solved.register(queries.questions_solved_by)


@schedule.every("exams.finish_overdue_sessions", seconds=5)
def finish_overdue_sessions(now: datetime) -> None:
    """Close and mark what nobody came back to."""
    services.finish_overdue_sessions(now=now)


def may_follow_session(user: AbstractBaseUser, key: str) -> bool:
    """Return whether ``user`` may listen to a session: those who may see it."""
    try:
        public_id = UUID(key)
    except ValueError:
        return False
    return ExamSession.objects.visible_to(cast(User, user)).filter(public_id=public_id).exists()


live.topic(SESSION_TOPIC, can_subscribe=may_follow_session)


@outbox.effect("exams.tell_the_other_devices", kinds=[ExamSessionSubmitted])
def tell_the_other_devices(event: ExamSessionSubmitted, fact: FactReference) -> None:
    """Tell every page that shows the session that it is over, so that none goes on asking for answers."""
    session = ExamSession.objects.get(pk=event.session_id)
    live.publish(
        f"{SESSION_TOPIC}:{session.public_id}",
        "finished",
        {"submitted_at": event.occurred_at.isoformat(), "source": event.source},
    )
