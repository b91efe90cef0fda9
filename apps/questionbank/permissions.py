"""Who may do what with the bank. Seeing is ``visible_to``; these are the deeds."""

from apps.accounts.models import Membership, User

from .models import Course, Enrolment, QuestionEntry, staff_membership


def _is_staff_in(actor: User, organization_id: int) -> bool:
    membership = staff_membership(actor)
    return membership is not None and membership.organization_id == organization_id


def _administers(actor: User, organization_id: int) -> bool:
    membership = staff_membership(actor)
    if membership is None or membership.organization_id != organization_id:
        return False
    return membership.role == Membership.Role.ORG_ADMIN or actor.platform_role == User.PlatformRole.ADMIN


def _teaches(actor: User, course_id: int) -> bool:
    return Enrolment.objects.filter(course=course_id, user=actor, role=Enrolment.Role.TEACHER).exists()


def can_manage_structure(actor: User, organization_id: int) -> bool:
    """Return whether ``actor`` may make faculties and departments: the organisation's administrators."""
    return _administers(actor, organization_id)


def can_create_course(actor: User, organization_id: int) -> bool:
    """Return whether ``actor`` may open courses: any teacher."""
    return _is_staff_in(actor, organization_id)


def can_change_course(actor: User, course: Course) -> bool:
    """Return whether ``actor`` may change ``course``, its topics and who is in it: its teachers and administrators."""
    if _administers(actor, course.organization_id):
        return True
    return _is_staff_in(actor, course.organization_id) and _teaches(actor, course.pk)


def can_write_question(actor: User, course: Course) -> bool:
    """Return whether ``actor`` may write questions for ``course``: any teacher; they may wait for moderation."""
    return course.archived_at is None and _is_staff_in(actor, course.organization_id)


def can_publish_question(actor: User, course: Course) -> bool:
    """Return whether what ``actor`` writes for ``course`` is approved at once: its teachers and administrators."""
    return course.archived_at is None and can_change_course(actor, course)


def can_change_question(actor: User, entry: QuestionEntry) -> bool:
    """Return whether ``actor`` may write a new version of ``entry`` or hide it: who may publish it, or wrote it."""
    course = entry.topic.course
    if not can_write_question(actor, course):
        return False
    return entry.owner_id == actor.pk or can_publish_question(actor, course)


def can_see_keys(actor: User, organization_id: int) -> bool:
    """Return whether ``actor`` may see what the right answers are outside a finished session: staff only."""
    return _is_staff_in(actor, organization_id)


def can_import_questions(actor: User, course: Course) -> bool:
    """Return whether ``actor`` may import files of questions into ``course``: any teacher, as with single questions."""
    return can_write_question(actor, course)
