"""What the bank tells the floors below at start: its place in the navigation, and which rows organisations own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core import navigation, removal

from .models import (
    Course,
    Department,
    Enrolment,
    Faculty,
    ImportJob,
    ImportRow,
    Media,
    QuestionEntry,
    QuestionVersion,
    Topic,
)


def _is_member(user: Any) -> bool:
    """Whether somebody acts in an organisation; known since they signed in."""
    return user.acting_membership() is not None


navigation.register(
    navigation.Place(label=_("Courses"), url_name="questionbank:courses", icon="course", order=20, is_for=_is_member)
)
removal.register(
    ImportRow, ImportJob, Media, QuestionVersion, QuestionEntry, Topic, Enrolment, Course, Department, Faculty
)
