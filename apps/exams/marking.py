"""From a log of answers to marks: pure functions over plain values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from apps.questionbank import types

PLACES = Decimal("0.0000001")


@dataclass(frozen=True, kw_only=True)
class GivenAnswer:
    """One row of the answer log, as far as folding needs it."""

    item_id: int
    answer_id: int
    sequence: int
    kind: str
    payload: Any
    time_spent: int
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class FoldedAnswer:
    """The answer that counts for one item: the last saved payload; time spent is the largest ever reported, in seconds."""

    item_id: int
    answer_id: int
    sequence: int
    payload: Any
    time_spent: int
    saved_at: datetime


def fold(log: Iterable[GivenAnswer]) -> dict[int, FoldedAnswer]:
    """Return the answer that counts for each item that has one. The order of ``log`` does not matter; conflicts never count."""
    folded: dict[int, FoldedAnswer] = {}
    for given in log:
        if given.kind != "save":
            continue
        before = folded.get(given.item_id)
        newest: GivenAnswer | FoldedAnswer = given if before is None or given.sequence > before.sequence else before
        folded[given.item_id] = FoldedAnswer(
            item_id=given.item_id,
            answer_id=newest.answer_id,
            sequence=newest.sequence,
            payload=newest.payload,
            time_spent=max(given.time_spent, before.time_spent if before else 0),
            saved_at=newest.saved_at,
        )
    return folded


def mark_answer(*, type_code: str, key: Mapping[str, Any], payload: Any) -> Decimal:
    """Return the fraction an answer earns, seven places; nothing given earns 0."""
    if payload is None:
        return Decimal(0)
    return types.get(type_code).mark(key, payload)


def to_mark(fraction: Decimal, max_mark: Decimal) -> Decimal:
    """Return ``fraction × max_mark`` at seven places, half to even."""
    return (fraction * max_mark).quantize(PLACES, rounding=ROUND_HALF_EVEN)


def percentage_of(score: Decimal, max_score: Decimal) -> Decimal | None:
    """Return 100 × score / max_score unrounded but for seven places, or None when nothing could be earned."""
    if max_score == 0:
        return None
    return (100 * score / max_score).quantize(PLACES, rounding=ROUND_HALF_EVEN)


def is_pass(score: Decimal, max_score: Decimal, pass_percentage: Decimal) -> bool | None:
    """Return whether the unrounded score reaches the passing mark; None when nothing could be earned.

    Cross-multiplied, so that no division rounds a candidate over or under the line.
    """
    if max_score == 0:
        return None
    return score * 100 >= pass_percentage * max_score
