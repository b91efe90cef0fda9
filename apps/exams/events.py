"""Facts about exams."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class ExamPublished(Event):
    """A revision was frozen and opened by its window."""

    exam_id: int
    revision_id: int


@dataclass(frozen=True, kw_only=True)
class ExamSessionStarted(Event):
    """A candidate began."""

    session_id: int
    user_id: int
    exam_id: int | None


@dataclass(frozen=True, kw_only=True)
class ExamSessionSubmitted(Event):
    """A session was closed and marked; ``occurred_at`` is when it counts as handed in."""

    session_id: int
    user_id: int
    exam_id: int | None
    source: str
