"""Who may do what with exams. Seeing is ``visible_to``; these are the deeds."""

from apps.accounts.models import Membership, User

from .models import Exam, ExamSession


def _is_staff_in(actor: User, organization_id: int) -> bool:
    membership = actor.acting_membership()
    return (
        actor.is_active
        and membership is not None
        and membership.organization_id == organization_id
        and membership.role in Membership.STAFF_ROLES
    )


def can_create_exam(actor: User, organization_id: int) -> bool:
    """Return whether ``actor`` may build exams in this organisation."""
    return _is_staff_in(actor, organization_id)


def can_change_exam(actor: User, exam: Exam) -> bool:
    """Return whether ``actor`` may change and publish ``exam``."""
    return exam.archived_at is None and _is_staff_in(actor, exam.organization_id)


def can_start_exam(actor: User, exam: Exam) -> bool:
    """Return whether ``actor`` may sit ``exam``; its window and attempts are checked by the service."""
    membership = actor.acting_membership()
    return (
        actor.is_active
        and exam.archived_at is None
        and exam.current_id is not None
        and membership is not None
        and membership.organization_id == exam.organization_id
    )


def can_sit(actor: User, session: ExamSession) -> bool:
    """Return whether ``actor`` is the candidate of ``session``."""
    return actor.is_active and session.user_id == actor.pk


def can_see_marks(actor: User, session: ExamSession) -> bool:
    """Return whether ``actor`` may see the marks of ``session``: its candidate, or staff for an exam."""
    return can_sit(actor, session) or (session.exam_id is not None and _is_staff_in(actor, session.organization_id))


def is_candidate(user: User) -> bool:
    """Return whether ``user`` belongs to an organisation, and so may practise and sit exams."""
    return user.acting_membership() is not None
