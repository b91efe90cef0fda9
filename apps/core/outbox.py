"""Who hears of facts, and how far each has come.

A consumer registers in its app's ``handlers.py``::

    @outbox.effect("alerts.mail_exam_result", kinds=[ExamSessionSubmitted])
    def mail_exam_result(event, fact):
        jobs.enqueue("alerts.mail_exam_result", {"session_id": event.session_id}, dedupe_key=f"mail:{fact.id}")

    @outbox.projection("analytics.daily_rollup", kinds=[ExamSessionSubmitted], reset=empty_rollups)
    def count_submission(event, fact): ...

An *effect* gets each fact once. A *projection* can be emptied and fed again from the oldest fact kept. Handlers run in
a transaction of their own with their cursor, in the order of positions, and reach nothing outside the database: what
must happen outside is a job.
"""

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Min

from apps.core import events, metrics
from apps.core.events import Event
from apps.core.models import ConsumerCursor, DeadLetter, Delivery, OutboxFact, OutboxHead

log = structlog.get_logger(__name__)

STAMP_BATCH = 1000
HAND_ON_BATCH = 100
RETRY_SECONDS = (0.2, 1.0, 5.0, 15.0)  # waits between the attempts on one fact; then it is a dead letter
DEATHS_BEFORE_SINGLE = 3  # batches that never ended: from then on fact by fact, so that the deadly one is found
DEATHS_BEFORE_DEAD_LETTER = 6
SKIP_AFTER = 200  # a cursor is moved past facts of other kinds only this seldom
ERROR_CHARACTERS = 4000


@dataclass(frozen=True, kw_only=True)
class FactReference:
    """A fact as its handler may cite it: ``id`` is the same in every attempt, so it serves as a dedupe key."""

    id: UUID
    position: int
    recorded_at: datetime


Handler = Callable[[Any, FactReference], None]
Reset = Callable[[datetime | None], None]
HandlerT = TypeVar("HandlerT", bound=Handler)


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A handler with its name and the kinds of facts it hears of. Projections have a ``reset``."""

    name: str
    kinds: tuple[str, ...]
    handler: Handler
    reset: Reset | None = None

    @property
    def is_effect(self) -> bool:
        """Whether each fact is handed on once and never again."""
        return self.reset is None


class Registry:
    """The consumers of a process."""

    def __init__(self) -> None:
        self._consumers: dict[str, Consumer] = {}

    def projection(self, name: str, *, kinds: Iterable[type[Event]], reset: Reset) -> Callable[[HandlerT], HandlerT]:
        """Register a projection.

        ``reset`` empties it before a replay. It is given the time before which facts are no longer kept (None: all are)
        and leaves alone what those contributed, where that can be told apart.
        """
        return self._register(name, kinds, reset)

    def effect(self, name: str, *, kinds: Iterable[type[Event]]) -> Callable[[HandlerT], HandlerT]:
        """Register an effect."""
        return self._register(name, kinds, None)

    def consumers(self) -> Sequence[Consumer]:
        """All consumers, by name."""
        return [self._consumers[name] for name in sorted(self._consumers)]

    def get(self, name: str) -> Consumer:
        """Return a consumer; LookupError names those that exist."""
        try:
            return self._consumers[name]
        except KeyError:
            known = ", ".join(sorted(self._consumers)) or "none"
            raise LookupError(f"No consumer is called {name!r}. There are: {known}.") from None

    def _register(self, name: str, kinds: Iterable[type[Event]], reset: Reset | None) -> Callable[[HandlerT], HandlerT]:
        def register(handler: HandlerT) -> HandlerT:
            if name in self._consumers:
                raise ValueError(f"Two consumers are called {name!r}.")
            self._consumers[name] = Consumer(
                name=name, kinds=tuple(kind.kind for kind in kinds), handler=handler, reset=reset
            )
            return handler

        return register


registry = Registry()
projection = registry.projection
effect = registry.effect


# --- Stamping ---------------------------------------------------------------------------------------------------------
def stamp() -> int:
    """Give the next positions to committed facts without one, oldest first; return how many.

    The lock on the head excludes a second stamper, so positions are gapless. A fact whose transaction is still open is
    not seen and gets its position when it is: it delays nobody else.
    """
    if not OutboxFact.objects.filter(position=None).exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        position = _locked_head(cursor)
        cursor.execute(
            """
            UPDATE core_outboxfact AS fact SET position = %s + waiting.number
            FROM (
                SELECT id, row_number() OVER (ORDER BY id) AS number
                FROM (SELECT id FROM core_outboxfact WHERE position IS NULL ORDER BY id LIMIT %s) AS oldest
            ) AS waiting
            WHERE fact.id = waiting.id
            """,
            [position, STAMP_BATCH],
        )
        stamped = cursor.rowcount
        OutboxHead.objects.filter(pk=1).update(position=F("position") + stamped)
    return stamped


def _locked_head(cursor: Any) -> int:
    cursor.execute("INSERT INTO core_outboxhead (id, position, pruned_to) VALUES (1, 0, 0) ON CONFLICT DO NOTHING")
    # a statement of its own: what follows must see what the previous holder of the lock wrote
    cursor.execute("SELECT position FROM core_outboxhead WHERE id = 1 FOR UPDATE")
    return cursor.fetchone()[0]


def head_position() -> int:
    """Return the position given last."""
    return OutboxHead.objects.values_list("position", flat=True).first() or 0


# --- Handing on -------------------------------------------------------------------------------------------------------
def register_cursors(consumers: Iterable[Consumer]) -> None:
    """Give new consumers a cursor: an effect begins with what is stamped next, a projection with the oldest fact kept.

    Runs after migrations and at the start of the relay, before it stamps anything.
    """
    head = OutboxHead.objects.first() or OutboxHead()
    ConsumerCursor.objects.bulk_create(
        [
            ConsumerCursor(consumer=consumer.name, position=head.position if consumer.is_effect else head.pruned_to)
            for consumer in consumers
        ],
        ignore_conflicts=True,
    )


def hand_on(consumer: Consumer, *, now: datetime) -> float | None:
    """Hand the next facts to a consumer.

    Return the seconds after which to come again: 0 when there may be more, None when all has been handed on. Raises
    only what is wrong with the connection.
    """
    cursor = ConsumerCursor.objects.get(consumer=consumer.name)
    if cursor.retry_at and cursor.retry_at > now:
        return (cursor.retry_at - now).total_seconds()
    head = head_position()
    facts = list(
        OutboxFact.objects.filter(kind__in=consumer.kinds, position__gt=cursor.position, position__lte=head).order_by(
            "position"
        )[:HAND_ON_BATCH]
    )
    if not facts:
        if head - cursor.position >= SKIP_AFTER:
            ConsumerCursor.objects.filter(pk=cursor.pk, position=cursor.position).update(position=head)
        return None
    # committed before the handlers run: a fact that ends this process is counted all the same
    ConsumerCursor.objects.filter(pk=cursor.pk).update(begun=F("begun") + 1)
    if cursor.begun >= DEATHS_BEFORE_DEAD_LETTER:
        _give_up_deadly(consumer, facts[0], cursor)
        return 0
    if cursor.begun >= DEATHS_BEFORE_SINGLE:
        facts = facts[:1]
    return _hand_over(consumer, facts, cursor.position, now)


def _hand_over(consumer: Consumer, facts: Sequence[OutboxFact], expected: int, now: datetime) -> float:
    with transaction.atomic():
        _limit_waiting()
        cursor = ConsumerCursor.objects.select_for_update().get(consumer=consumer.name)
        if cursor.position != expected:
            return 0  # another relay, still alive, was here meanwhile
        wait, handed_on = 0.0, 0
        for fact in facts:
            error = _try(consumer, fact)
            if error is not None:
                wait = _refused(cursor, fact, error, now)
                break
            cursor.position, cursor.failures, cursor.retry_at = fact.position or 0, 0, None
            handed_on += 1
        cursor.begun = 0
        cursor.save()
    if handed_on:
        metrics.facts_handed_on.labels(consumer.name).inc(handed_on)
    return wait


def _limit_waiting() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', '10s', true), set_config('statement_timeout', '60s', true)")


def _try(consumer: Consumer, fact: OutboxFact) -> Exception | None:
    """Run the handler on one fact in a savepoint; return what it refused with."""
    try:
        with transaction.atomic():
            if consumer.is_effect and not _is_first_delivery(consumer, fact):
                return None
            event = events.from_payload(fact.kind, fact.payload, organization_id=fact.organization_id)
            consumer.handler(event, _reference(fact))
    except (OperationalError, InterfaceError) as error:
        if connection.connection is None or connection.connection.closed:
            raise
        return error
    except Exception as error:  # whatever a handler raises is kept with the fact
        return error
    return None


def _is_first_delivery(consumer: Consumer, fact: OutboxFact) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_delivery (consumer, fact_id) VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [consumer.name, fact.pk],
        )
        return cursor.rowcount == 1


def _reference(fact: OutboxFact) -> FactReference:
    return FactReference(id=fact.public_id, position=fact.position or 0, recorded_at=fact.recorded_at)


def _refused(cursor: ConsumerCursor, fact: OutboxFact, error: Exception, now: datetime) -> float:
    """Note a refusal on the cursor; return the seconds to wait. After the last attempt the fact is a dead letter."""
    cursor.failures += 1
    metrics.facts_refused.labels(cursor.consumer).inc()
    if cursor.failures > len(RETRY_SECONDS):
        _bury(cursor, fact, attempts=cursor.failures, error=_described(error))
        return 0
    wait = RETRY_SECONDS[cursor.failures - 1]
    cursor.retry_at = now + timedelta(seconds=wait)
    log.warning(
        "fact_refused", consumer=cursor.consumer, fact=fact.public_id, kind=fact.kind, attempt=cursor.failures,
        error=repr(error),
    )  # fmt: skip
    return wait


def _bury(cursor: ConsumerCursor, fact: OutboxFact, *, attempts: int, error: str) -> None:
    DeadLetter.objects.update_or_create(
        consumer=cursor.consumer, fact=fact, defaults={"attempts": attempts, "error": error}
    )
    cursor.position, cursor.failures, cursor.begun, cursor.retry_at = fact.position or 0, 0, 0, None
    log.error("fact_given_up", consumer=cursor.consumer, fact=fact.public_id, kind=fact.kind, attempts=attempts)


def _give_up_deadly(consumer: Consumer, fact: OutboxFact, seen: ConsumerCursor) -> None:
    with transaction.atomic():
        cursor = ConsumerCursor.objects.select_for_update().get(consumer=consumer.name)
        if cursor.position == seen.position:
            _bury(cursor, fact, attempts=seen.begun, error="The relay ended each time while this fact was handed on.")
            cursor.save()


def _described(error: Exception) -> str:
    return "".join(traceback.format_exception(error))[-ERROR_CHARACTERS:]


# --- Again ------------------------------------------------------------------------------------------------------------
class NotReplayable(ValueError):
    """An effect happened once; it is not repeated."""


@transaction.atomic
def replay(consumer: Consumer) -> int:
    """Empty a projection and let the relay feed it again; return from which position on."""
    if consumer.reset is None:
        raise NotReplayable(
            f"{consumer.name} is an effect: every fact reaches it once. Only what it refused can be tried again, with "
            "`manage.py replay_dead_letters`."
        )
    register_cursors([consumer])
    cursor = ConsumerCursor.objects.select_for_update().get(consumer=consumer.name)
    head = OutboxHead.objects.first() or OutboxHead()
    consumer.reset(head.pruned_before)
    DeadLetter.objects.filter(consumer=consumer.name).delete()
    cursor.position, cursor.failures, cursor.begun, cursor.retry_at = head.pruned_to, 0, 0, None
    cursor.save()
    return cursor.position + 1


def replay_dead_letters(consumers: Iterable[Consumer]) -> tuple[int, int]:
    """Try what these consumers refused once more; return how many were taken and how many refused again."""
    taken = refused = 0
    for consumer in consumers:
        for pk in (
            DeadLetter.objects.filter(consumer=consumer.name).order_by("fact__position").values_list("pk", flat=True)
        ):
            if _replay_dead_letter(consumer, pk):
                taken += 1
            else:
                refused += 1
    return taken, refused


@transaction.atomic
def _replay_dead_letter(consumer: Consumer, pk: int) -> bool:
    letter = DeadLetter.objects.select_for_update(of=("self",)).select_related("fact").filter(pk=pk).first()
    if letter is None:
        return True
    error = _try(consumer, letter.fact)
    if error is None:
        letter.delete()
        return True
    letter.attempts += 1
    letter.error = _described(error)
    letter.save(update_fields=["attempts", "error"])
    return False


# --- Keeping ----------------------------------------------------------------------------------------------------------
def prune(consumers: Iterable[Consumer], *, now: datetime, batch: int = 5000) -> int:
    """Remove facts older than ``FACT_RETENTION_DAYS`` that every consumer has passed; return how many.

    Facts with a dead letter stay. One call removes at most ``batch``; call again until it returns 0.
    """
    before = now - timedelta(days=settings.FACT_RETENTION_DAYS)
    with transaction.atomic(), connection.cursor() as cursor:
        _locked_head(cursor)
        passed = ConsumerCursor.objects.filter(consumer__in=[consumer.name for consumer in consumers]).aggregate(
            least=Min("position")
        )["least"]
        old = OutboxFact.objects.filter(recorded_at__lt=before, position__isnull=False, dead_letters=None)
        if passed is not None:
            old = old.filter(position__lte=passed)
        doomed = {pk: position or 0 for pk, position in old.order_by("position").values_list("pk", "position")[:batch]}
        if doomed:
            Delivery.objects.filter(fact__in=list(doomed)).delete()
            OutboxFact.objects.filter(pk__in=list(doomed)).delete()
            OutboxHead.objects.filter(pk=1).update(pruned_to=max(doomed.values()), pruned_before=before)
    return len(doomed)
