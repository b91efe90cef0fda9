"""Making a candidate's paper: drawing, shuffling and timing, as functions over plain values.

Everything random comes from the session's seed, so the same seed over the same pools gives the same paper; the result is
stored with the session and never computed again.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

PROCESSING_ALLOWANCE = timedelta(seconds=15)
"""Between the last moment an answer may arrive and the moment a session is finished without its candidate: an answer that
arrived in time but waits in a slow server still counts."""


@dataclass(frozen=True, kw_only=True)
class PaperSlot:
    """What one slot asks for: ``draw_count`` of ``candidates`` (version keys), each worth ``max_mark``."""

    candidates: tuple[int, ...]
    draw_count: int
    max_mark: Decimal


@dataclass(frozen=True, kw_only=True)
class PaperItem:
    """One question of a paper."""

    version_id: int
    max_mark: Decimal


@dataclass(frozen=True, kw_only=True)
class SessionTimes:
    """The four moments of a session; the last three are None without a time limit."""

    started_at: datetime
    deadline_at: datetime | None
    accepts_until: datetime | None
    hard_close_at: datetime | None


def new_seed() -> int:
    """Return a seed nobody can guess, within PostgreSQL's bigint."""
    return secrets.randbits(62)


def draw_paper(slots: Sequence[PaperSlot], *, seed: int, shuffle: bool) -> list[PaperItem]:
    """Return the questions of a paper in the order they are asked.

    A question is never asked twice: a pool draws from what earlier slots left. A pool smaller than its draw gives all it
    has. Fixed slots come first in drawing so that a pool cannot take their question.
    """
    rng = random.Random(f"paper:{seed}")  # noqa: S311 - reproducible by intent; the seed itself is from secrets
    drawn: dict[int, list[int]] = {}
    taken: set[int] = set()
    for index in sorted(range(len(slots)), key=lambda i: len(slots[i].candidates) > slots[i].draw_count):
        slot = slots[index]
        left = [version for version in slot.candidates if version not in taken]
        drawn[index] = rng.sample(left, min(slot.draw_count, len(left)))
        taken.update(drawn[index])
    items = [
        PaperItem(version_id=version, max_mark=slot.max_mark)
        for index, slot in enumerate(slots)
        for version in drawn[index]
    ]
    if shuffle:
        rng.shuffle(items)
    return items


def order_options(option_ids: Sequence[str], *, seed: int, position: int, shuffle: bool) -> list[str]:
    """Return the order in which the options of the question at ``position`` are shown."""
    order = list(option_ids)
    if shuffle:
        random.Random(f"options:{seed}:{position}").shuffle(order)  # noqa: S311 - as above
    return order


def sample_by_difficulty(
    pools: Mapping[str, Sequence[int]], count: int, *, seed: int, weights: dict[str, int] | None = None
) -> list[int]:
    """Return ``count`` keys drawn over difficulties in proportion to ``weights``, never one twice.

    Shares are rounded by largest remainder; what a short pool cannot give, the others do. ``weights`` defaults to the
    sizes of the pools, which is plain sampling in expectation but with less variance.
    """
    rng = random.Random(f"sample:{seed}")  # noqa: S311 - as above
    shuffled = {name: rng.sample(list(pool), len(pool)) for name, pool in pools.items() if pool}
    count = min(count, sum(len(pool) for pool in shuffled.values()))
    shares = _shares(
        {name: (weights or {}).get(name, 0) if weights else len(pool) for name, pool in shuffled.items()}, count
    )
    chosen: list[int] = []
    for name, pool in shuffled.items():
        chosen += pool[: shares.get(name, 0)]
    rest = [key for name, pool in shuffled.items() for key in pool[shares.get(name, 0) :]]
    chosen += rng.sample(rest, count - len(chosen))
    rng.shuffle(chosen)
    return chosen


def session_times(
    *,
    now: datetime,
    duration: timedelta | None,
    time_factor: Decimal = Decimal(1),
    closes_at: datetime | None = None,
    window_wins: bool = True,
    grace: timedelta = timedelta(0),
) -> SessionTimes:
    """Return the moments of a session that starts ``now``.

    A person's time factor applies to the limit and, when the window wins, to the part of it the window leaves: nobody's
    extra time is cut off by the close. Without a limit and a close there are no times.
    """
    deadline = now + duration * float(time_factor) if duration is not None else None
    if closes_at is not None and (window_wins or deadline is None):
        left = (closes_at - now) * float(time_factor)
        deadline = now + left if deadline is None else min(deadline, now + left)
    if deadline is None:
        return SessionTimes(started_at=now, deadline_at=None, accepts_until=None, hard_close_at=None)
    accepts_until = deadline + grace
    return SessionTimes(
        started_at=now,
        deadline_at=deadline,
        accepts_until=accepts_until,
        hard_close_at=accepts_until + PROCESSING_ALLOWANCE,
    )


def _shares(weights: dict[str, int], count: int) -> dict[str, int]:
    total = sum(weights.values())
    if total == 0:
        return {}
    exact = {name: Decimal(count) * weight / total for name, weight in weights.items()}
    shares = {name: int(value) for name, value in exact.items()}
    by_remainder = sorted(exact, key=lambda name: exact[name] - shares[name], reverse=True)
    for name in by_remainder[: count - sum(shares.values())]:
        shares[name] += 1
    return shares
