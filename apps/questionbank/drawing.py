"""Drawing questions at random: how many of each difficulty, and which. Pure; the caller brings the randomness."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item", bound=Hashable)


def share_out(count: int, weights: Mapping[str, int], available: Mapping[str, int]) -> dict[str, int]:
    """Split ``count`` over the kinds in proportion to ``weights``, never more of a kind than is available.

    Largest remainders first (Hamilton's method), ties in the order of ``weights``. What a kind cannot give goes to the
    other weighted kinds in proportion, so the sum is ``min(count, what the weighted kinds have)``.
    """
    given = dict.fromkeys(weights, 0)
    while True:
        missing = count - sum(given.values())
        open_kinds = [kind for kind in weights if weights[kind] > 0 and given[kind] < available.get(kind, 0)]
        if missing <= 0 or not open_kinds:
            return given
        total = sum(weights[kind] for kind in open_kinds)
        whole = {kind: missing * weights[kind] // total for kind in open_kinds}
        by_remainder = sorted(open_kinds, key=lambda kind: -(missing * weights[kind] % total))
        for kind in by_remainder[: missing - sum(whole.values())]:
            whole[kind] += 1
        for kind in open_kinds:
            given[kind] = min(given[kind] + whole[kind], available.get(kind, 0))


def draw(
    candidates: Iterable[tuple[Item, str]], count: int, weights: Mapping[str, int], random: Random
) -> Sequence[Item]:
    """Choose ``count`` of the (item, difficulty) ``candidates`` without repeats, weighted, in random order.

    Fewer come back when there are not enough. Without weights every candidate is as likely as any other.
    """
    pools: defaultdict[str, list[Item]] = defaultdict(list)
    for item, difficulty in candidates:
        pools[difficulty if weights else ""].append(item)
    shares = share_out(count, weights or {"": 1}, {kind: len(pool) for kind, pool in pools.items()})
    chosen = [item for kind, share in shares.items() for item in random.sample(pools[kind], share)]
    random.shuffle(chosen)
    return chosen
