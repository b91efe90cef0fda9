"""Saving answers: the hot path. One round trip to the database, no query for the user, no ORM.

The migration ``0003_answers_are_saved_by_one_function`` holds the function that checks and appends; this module puts its words
into the product's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson
from django.db import connection
from django.utils.translation import gettext as _

from apps.core.errors import BadInput, Conflict, LecternError, NotFound, NotSignedIn, WrongState

BATCH_LIMIT = 50


class AnswerIn(msgspec.Struct, kw_only=True):
    """One answer as sent. ``after`` is the last sequence the client has seen of this question."""

    question_id: UUID
    client_operation_id: UUID
    selected_answer: Any = None
    time_spent: int = msgspec.field(default=0)
    after: int | None = None
    client_at: datetime | None = None


class AnswersIn(msgspec.Struct, kw_only=True):
    """Up to ``BATCH_LIMIT`` answers in one request."""

    answers: list[AnswerIn]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one answer: its sequence and time, or the error that speaks for it."""

    sequence: int | None = None
    saved_at: datetime | None = None
    error: LecternError | None = None


_single = msgspec.json.Decoder(AnswerIn)
_batch = msgspec.json.Decoder(AnswersIn)
_BATCH_KEY = re.compile(rb'"answers"\s*:')
_TIME_LIMIT = 30 * 24 * 3600


def parse_answers(body: bytes) -> tuple[list[AnswerIn], bool]:
    """Return the answers in ``body`` and whether it was a batch. Raises BadInput naming the field."""
    # a key, as no value is followed by a colon; ids of premises are ours and never this word
    is_batch = _BATCH_KEY.search(body) is not None
    try:
        answers = _batch.decode(body).answers if is_batch else [_single.decode(body)]
    except msgspec.ValidationError as error:
        raise BadInput(fields=_field_of(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            _("The body is not valid JSON."), code="malformed_json", details={"reason": str(error)}
        ) from None
    if not 1 <= len(answers) <= BATCH_LIMIT:
        raise BadInput(fields={"answers": [_("Send from 1 to %(most)d answers.") % {"most": BATCH_LIMIT}]})
    for place, answer in enumerate(answers):
        _check(answer, f"answers.{place}." if is_batch else "")
    return answers, is_batch


def record_answers(
    *, session_id: UUID, user_id: int, device_id: UUID, answers: Sequence[AnswerIn], received_at: datetime
) -> list[Outcome]:
    """Append answers to a session and return what became of each, in the order given.

    Repeating a ``client_operation_id`` returns the first result. Raises NotFound (not this candidate's session), NotSignedIn
    (the device was signed out or the account suspended) and WrongState (``finished``, ``closed``), in which cases nothing
    was saved. One statement, its own transaction.
    """
    payload = orjson.dumps(
        [
            {
                "q": answer.question_id,
                "a": answer.selected_answer,
                "t": answer.time_spent,
                "o": answer.client_operation_id,
                "f": answer.after,
                "c": answer.client_at,
            }
            for answer in answers
        ]
    ).decode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ordinal, outcome, sequence, saved_at, current"
            " FROM exams_record_answers(%s::uuid, %s::bigint, %s::uuid, %s::timestamptz, %s::jsonb)",
            [session_id, user_id, device_id, received_at, payload],
        )
        rows = cursor.fetchall()
    if rows and rows[0][0] == 0:
        raise _refusal(rows[0][1])
    outcomes: list[Outcome] = [Outcome()] * len(answers)
    for ordinal, outcome, sequence, saved_at, current in rows:
        answer = answers[ordinal - 1]
        outcomes[ordinal - 1] = Outcome(
            sequence=sequence, saved_at=saved_at, error=_error_of(outcome, answer, sequence, current)
        )
    return outcomes


def _refusal(outcome: str) -> LecternError:
    match outcome:
        case "not_found":
            return NotFound(_("You have no session under this address."))
        case "signed_out":
            return NotSignedIn(_("You were signed out. Sign in again; your answers are kept on this device."))
        case "finished":
            return WrongState(_("This session was handed in; its answers no longer change."), code="finished")
        case _:
            return WrongState(_("The time is up; this answer arrived too late to count."), code="closed")


def _error_of(outcome: str, answer: AnswerIn, sequence: int | None, current: Any) -> LecternError | None:
    match outcome:
        case "saved" | "repeat":
            return None
        case "conflict":
            stands = orjson.loads(current) if isinstance(current, (str, bytes)) else current
            return Conflict(
                _("This question was answered elsewhere in the meantime. Both answers are kept; the other one stands."),
                code="stale_answer",
                details={
                    "sequence": sequence,
                    "current": stands,
                    "yours": {"sequence": sequence, "selected_answer": answer.selected_answer},
                },
            )
        case "unknown_item":
            return BadInput(code="unknown_question", fields={"question_id": [_("This session has no such question.")]})
        case "passed":
            return WrongState(
                _("You have moved on from this question; it can no longer change."), code="question_passed"
            )
        case _:
            return BadInput(
                code="invalid_answer",
                fields={"selected_answer": [_("This is not an answer this question takes.")]},
            )


def _field_of(message: str) -> dict[str, list[str]]:
    """Turn msgspec's ``… - at `$.answers[0].after` `` and ``missing required field `x` `` into a field and its message."""
    reason, _mark, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".").replace("[", ".").replace("]", "")
    if "missing required field" in reason:
        name = reason.rpartition("`")[0].rpartition("`")[2]
        field = f"{field}.{name}" if field else name
    return {field or "body": [reason]}


def _check(answer: AnswerIn, prefix: str) -> None:
    if not 0 <= answer.time_spent <= _TIME_LIMIT:
        raise BadInput(fields={f"{prefix}time_spent": [_("Give seconds, from 0 to 30 days.")]})
    if answer.after is not None and not 0 <= answer.after < 2**31:
        raise BadInput(fields={f"{prefix}after": [_("Give the last sequence you have seen.")]})
    if answer.client_at is not None and answer.client_at.tzinfo is None:
        raise BadInput(fields={f"{prefix}client_at": [_("Give a time with its offset from UTC.")]})
