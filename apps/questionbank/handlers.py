"""What the bank tells the floors below at start: its place in the navigation, its work, and which rows organisations own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.core import jobs, navigation, removal
from apps.core.worker import JobContext

from . import (
    imports,
    sorted_fields,  # noqa: F401 - says what the columns of the bank hold
)
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


@jobs.kind(imports.READ, attempts=3, limit_seconds=1800)
def read_import(context: JobContext, *, import_id: int) -> None:
    """Read the file of an import; after the last failed attempt the import is given up, so that nobody waits for it."""

    def report(rows: int) -> None:
        context.stop_if_cancelled()
        context.progress(rows)

    try:
        imports.read_import(import_id=import_id, report=report)
    except Exception:
        if context.job.attempts >= context.job.max_attempts:
            imports.fail_import(import_id=import_id)
        raise
