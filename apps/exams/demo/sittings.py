"""Writing many sittings at once that are what the services would have made of the same answers at the same times.

One at a time, starting, answering and finishing 500 sittings takes half a minute; here the same functions draw, fold and
mark, and the rows of all sittings go in together.
"""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models

from apps.core import events
from apps.exams import marking, services
from apps.exams.models import Answer, ExamSession, Grade, SessionItem
from apps.exams.paper import PaperItem
from apps.questionbank.models import QuestionVersion

from .candidates import AskedQuestion, Step, answer, sitting_times

BATCH = 1000
SAVING = timedelta(milliseconds=9)
"""Between the arrival of an answer and its row."""
SWEEP = timedelta(seconds=4)
"""Between the end of a session and the sweep that closes it."""


@dataclass(frozen=True, kw_only=True)
class Bank:
    """The versions that can be asked, by key."""

    versions: Mapping[int, QuestionVersion]
    asked: Mapping[int, AskedQuestion]


@dataclass(frozen=True, kw_only=True)
class Sitting:
    """A session that is to be written, and how its candidate goes about it."""

    session: ExamSession
    paper: list[PaperItem]
    ability: float
    pace: float
    rng: random.Random
    shuffle_options: bool = True


@dataclass(kw_only=True)
class _Rows:
    sessions: list[ExamSession] = field(default_factory=list)
    items: list[SessionItem] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    grades: list[Grade] = field(default_factory=list)
    facts: list[events.Event] = field(default_factory=list)


def write_sittings(sittings: Sequence[Sitting], *, bank: Bank, now: datetime) -> list[ExamSession]:
    """Write sittings that began before ``now``; those not ended by then are left running. Call inside a transaction."""
    rows = _Rows()
    keys = {
        SessionItem: _new_keys(SessionItem, sum(len(sitting.paper) for sitting in sittings)),
        Answer: _new_keys(Answer, 2 * sum(len(sitting.paper) for sitting in sittings)),
    }
    for sitting, key in zip(sittings, _new_keys(ExamSession, len(sittings)), strict=True):
        sitting.session.pk = key
        _sit(sitting, bank, keys, rows, now)
    ExamSession.objects.bulk_create(rows.sessions, batch_size=BATCH)
    SessionItem.objects.bulk_create(rows.items, batch_size=BATCH)
    Answer.objects.bulk_create(rows.answers, batch_size=BATCH)
    Grade.objects.bulk_create(rows.grades, batch_size=BATCH)
    events.publish_all(sorted(rows.facts, key=lambda fact: fact.occurred_at))
    return rows.sessions


def _new_keys(model: type[models.Model], count: int) -> Iterator[int]:
    """Take keys from a table's sequence before its rows exist, so that rows can refer to each other unsaved."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([key for (key,) in cursor.fetchall()])


def _sit(sitting: Sitting, bank: Bank, keys: Mapping[Any, Iterator[int]], rows: _Rows, now: datetime) -> None:
    session = sitting.session
    items = services.session_items(session, sitting.paper, dict(bank.versions), shuffle_options=sitting.shuffle_options)
    for item in items:
        item.pk = next(keys[SessionItem])
    steps = [
        answer(bank.asked[item.version_id], ability=sitting.ability, pace=sitting.pace, rng=sitting.rng)
        for item in items
    ]
    pause = sitting.rng.randint(1, 5)
    until = min(filter(None, (now, session.deadline_at)))
    given = [
        made for made in _answers(sitting, items, steps, sitting_times(steps, pause=pause)) if made.received_at <= until
    ]
    for made in given:
        made.pk = next(keys[Answer])
    handed_in = session.started_at + timedelta(seconds=_length(steps, pause))
    rows.sessions.append(session)
    rows.items += items
    rows.answers += given
    rows.facts.append(services.started(session))
    _end(session, items, given, rows, handed_in=handed_in, now=now)


def _length(steps: Sequence[Sequence[Step]], pause: int) -> int:
    """Return the seconds from the start until a candidate hands in."""
    return sum((question[-1].seconds if question else 12) + pause for question in steps) + 20


def _answers(
    sitting: Sitting,
    items: Sequence[SessionItem],
    steps: Sequence[Sequence[Step]],
    times: Sequence[Sequence[int]],
) -> Iterator[Answer]:
    for item, question, moments in zip(items, steps, times, strict=True):
        for sequence, (step, moment) in enumerate(zip(question, moments, strict=True), start=1):
            received_at = sitting.session.started_at + timedelta(seconds=moment)
            yield Answer(
                organization_id=item.organization_id,
                item=item,
                sequence=sequence,
                client_operation_id=UUID(int=sitting.rng.getrandbits(128), version=4),
                kind=Answer.Kind.SAVE,
                payload=step.payload,
                time_spent=step.seconds,
                received_at=received_at,
                saved_at=received_at + SAVING,
                client_at=received_at,
            )


def _end(
    session: ExamSession,
    items: list[SessionItem],
    given: Sequence[Answer],
    rows: _Rows,
    *,
    handed_in: datetime,
    now: datetime,
) -> None:
    """Close the session when its candidate hands it in, or its time is over; leave it open when that is still to come."""
    source, ended_at = ExamSession.Source.CANDIDATE, handed_in
    if session.deadline_at is not None and session.hard_close_at is not None and handed_in > session.deadline_at:
        source, ended_at = ExamSession.Source.TIMEOUT, session.hard_close_at + SWEEP
    if ended_at > now:
        return
    rows.grades += services.close(session, items, marking.fold(_as_given(given)), now=ended_at, source=source)
    rows.facts.append(services.submitted(session))


def _as_given(answers: Iterable[Answer]) -> Iterator[marking.GivenAnswer]:
    for made in answers:
        yield marking.GivenAnswer(
            item_id=made.item.pk,
            answer_id=made.pk,
            sequence=made.sequence,
            kind=made.kind,
            payload=made.payload,
            time_spent=made.time_spent,
            saved_at=made.saved_at,
        )
