"""What exams tell the floors below at start: places to go, and what to do every few seconds."""

from django.utils.translation import gettext_lazy as _

from apps.core import navigation, removal

from .models import Answer, Exam, ExamRevision, ExamSession, Grade, SessionEvent, SessionItem, Slot, SlotCandidate
from .permissions import is_candidate

navigation.register(
    navigation.Place(label=_("Today"), url_name="exams:today", icon="home", order=10, is_for=is_candidate)
)
navigation.register(
    navigation.Place(label=_("Results"), url_name="exams:history", icon="result", order=40, is_for=is_candidate)
)
removal.register(SessionEvent, Grade, Answer, SessionItem, ExamSession, Slot, ExamRevision, Exam)
removal.register_parts(SlotCandidate, of="slot")
