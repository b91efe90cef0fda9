"""Facts about exams."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ExamPublished:
    """A revision was frozen and opened by its window."""

    organization_id: int
    exam_id: int
    revision_id: int
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExamSessionStarted:
    """A candidate began."""

    organization_id: int
    session_id: int
    user_id: int
    exam_id: int | None
    occurred_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExamSessionSubmitted:
    """A session was closed and marked; ``occurred_at`` is when it counts as handed in."""

    organization_id: int
    session_id: int
    user_id: int
    exam_id: int | None
    source: str
    occurred_at: datetime
