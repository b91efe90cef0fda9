"""Facts about the bank."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class CourseCreated(Event):
    """A course was opened."""

    course_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionCreated(Event):
    """A question came into the bank by hand; ``status`` says whether it waits for moderation."""

    question_id: int
    version_id: int
    topic_id: int
    status: str


@dataclass(frozen=True, kw_only=True)
class QuestionRevised(Event):
    """A question has a new version."""

    question_id: int
    version_id: int
    number: int


@dataclass(frozen=True, kw_only=True)
class QuestionHidden(Event):
    """A question was taken out of the bank; versions in use stay."""

    question_id: int


@dataclass(frozen=True, kw_only=True)
class ImportCompleted(Event):
    """The questions of a file came into the bank, all in one transaction: ``added`` of them, one fact for all."""

    import_id: int
    topic_id: int
    added: int
