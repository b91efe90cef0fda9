"""Whether the parts work. Each app registers checks of its own parts in its ``handlers.py``::

    @health.check("lessons.transcoder")
    def transcoder() -> health.Finding: ...

``/health`` tells the public only that the process lives; with ``?ready=1`` whether it can serve. What each check found is
for operators.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from io import BytesIO

import structlog
from django import db
from django.core.files.storage import default_storage
from django.db.models import Min
from django.utils import timezone

from apps.core import outbox, valkey
from apps.core.models import ConsumerCursor, DeadLetter, Job, OutboxFact, ScheduleRun

log = structlog.get_logger(__name__)

WITHIN_SECONDS = 3.0
LATE = timedelta(seconds=60)  # after which facts, jobs and the schedule count as stuck


class State(StrEnum):
    """How a part is."""

    WELL = "well"
    IMPAIRED = "impaired"  # something is slower or missing; people can go on
    DOWN = "down"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found. ``detail`` is for operators: what is wrong, and what to do."""

    state: State
    detail: str = ""


WELL = Finding(state=State.WELL)
Check = Callable[[], Finding]


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part that can be asked how it is. Without a *critical* one this process can serve nobody."""

    name: str
    check: Check
    is_critical: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What one check found, and how long it took."""

    name: str
    finding: Finding
    milliseconds: float


_parts: dict[str, Part] = {}


def check(name: str, *, critical: bool = False) -> Callable[[Check], Check]:
    """Register a check. It may take ``WITHIN_SECONDS``; what it raises means that the part is down."""

    def register(function: Check) -> Check:
        if name in _parts:
            raise ValueError(f"Two health checks are called {name!r}.")
        _parts[name] = Part(name=name, check=function, is_critical=critical)
        return function

    return register


def parts(*, critical_only: bool = False) -> Sequence[Part]:
    """All parts, by name."""
    return [_parts[name] for name in sorted(_parts) if _parts[name].is_critical or not critical_only]


def examine(asked: Sequence[Part]) -> list[Report]:
    """Ask these parts, all at once; one that does not answer in time is down."""
    answers = {part.name: _threads().submit(_ask, part) for part in asked}
    wait(answers.values(), timeout=WITHIN_SECONDS)
    return [
        answer.result()
        if answer.done()
        else Report(
            name=name,
            finding=Finding(state=State.DOWN, detail=f"No answer within {WITHIN_SECONDS:g} s."),
            milliseconds=WITHIN_SECONDS * 1000,
        )
        for name, answer in answers.items()
    ]


def is_ready() -> bool:
    """Whether every critical part works."""
    return all(report.finding.state is not State.DOWN for report in examine(parts(critical_only=True)))


def _ask(part: Part) -> Report:
    began = time.perf_counter()
    try:
        finding = part.check()
    except Exception as error:  # whatever a check raises is its finding
        log.warning("health_check_failed", part=part.name, error=repr(error))
        finding = Finding(state=State.DOWN, detail=f"{type(error).__name__}: {error}")
    finally:
        db.connections.close_all()
    return Report(name=part.name, finding=finding, milliseconds=round((time.perf_counter() - began) * 1000, 1))


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8, thread_name_prefix="health")


# --- Core's own parts -------------------------------------------------------------------------------------------------
def database() -> Finding:
    """PostgreSQL answers."""
    with db.connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return WELL


def cache() -> Finding:
    """Valkey answers; without it people go on, more slowly."""
    try:
        valkey.attempt(lambda server: server.ping())
    except valkey.Unreachable as error:
        return Finding(
            state=State.IMPAIRED, detail=f"{error} Limits count per process and pages are slower until it is back."
        )
    return WELL


def storage() -> Finding:
    """The file storage takes, returns and deletes a file."""
    name = default_storage.save("health/probe", BytesIO(b"probe"))
    try:
        with default_storage.open(name) as stream:
            is_whole = stream.read() == b"probe"
    finally:
        default_storage.delete(name)
    return WELL if is_whole else Finding(state=State.DOWN, detail="A file read back was not what had been written.")


def facts() -> Finding:
    """The relay keeps up, and nothing lies among the dead letters."""
    late = timezone.now() - LATE
    behind = _consumers_behind()
    if OutboxFact.objects.filter(position=None, recorded_at__lt=late).exists() or behind:
        waiting = f" Behind: {', '.join(behind)}." if behind else ""
        return Finding(
            state=State.IMPAIRED, detail=f"Facts wait for more than a minute. Does `manage.py relay` run?{waiting}"
        )
    dead = DeadLetter.objects.count()
    if dead:
        return Finding(
            state=State.IMPAIRED,
            detail=f"{dead} facts were refused too often. See the dead letters, then `manage.py replay_dead_letters`.",
        )
    return WELL


def _consumers_behind() -> list[str]:
    late = timezone.now() - LATE
    cursors = dict(ConsumerCursor.objects.values_list("consumer", "position"))
    found = []
    for consumer in outbox.registry.consumers():
        waiting = OutboxFact.objects.filter(kind__in=consumer.kinds, position__gt=cursors.get(consumer.name, 0))
        oldest = waiting.aggregate(oldest=Min("recorded_at"))["oldest"]
        if oldest is not None and oldest < late:
            found.append(consumer.name)
    return found


def jobs_move() -> Finding:
    """No job has waited for long."""
    waiting = Job.objects.filter(state=Job.State.QUEUED, run_after__lt=timezone.now() - LATE).count()
    if waiting:
        return Finding(
            state=State.IMPAIRED,
            detail=f"{waiting} jobs have waited for more than a minute. Do workers run, and enough?",
        )
    return WELL


def schedule_runs() -> Finding:
    """The clock of the platform ticks: something of the schedule ran within the last minute."""
    latest = ScheduleRun.objects.order_by("-started_at").values_list("started_at", flat=True).first()
    if latest is None or latest < timezone.now() - LATE:
        return Finding(
            state=State.IMPAIRED, detail="Nothing of the schedule ran within a minute. Does `manage.py beat` run?"
        )
    return WELL
