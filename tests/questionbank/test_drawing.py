"""How many questions of each difficulty, and which."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.questionbank.drawing import draw, share_out

KINDS = ("easy", "medium", "hard")
counts = st.integers(min_value=0, max_value=200)
weights = st.fixed_dictionaries({kind: st.integers(min_value=0, max_value=20) for kind in KINDS})
stocks = st.fixed_dictionaries({kind: st.integers(min_value=0, max_value=100) for kind in KINDS})


@pytest.mark.parametrize(
    ("count", "weight", "stock", "expected"),
    [
        (10, (5, 3, 2), (99, 99, 99), (5, 3, 2)),
        (10, (1, 1, 1), (99, 99, 99), (4, 3, 3)),
        (7, (5, 3, 2), (99, 99, 99), (4, 2, 1)),
        (10, (5, 3, 2), (2, 99, 99), (2, 5, 3)),
        (10, (1, 0, 0), (4, 99, 99), (4, 0, 0)),
        (0, (1, 1, 1), (9, 9, 9), (0, 0, 0)),
    ],
)
def test_share_out_follows_the_weights_and_the_stock(count, weight, stock, expected):
    shares = share_out(count, dict(zip(KINDS, weight, strict=True)), dict(zip(KINDS, stock, strict=True)))

    assert tuple(shares.values()) == expected


@given(count=counts, weights=weights, available=stocks)
def test_share_out_gives_all_that_can_be_given_and_no_more(count, weights, available):
    shares = share_out(count, weights, available)

    assert sum(shares.values()) == min(count, sum(available[kind] for kind in KINDS if weights[kind]))
    assert all(shares[kind] <= available[kind] for kind in KINDS)
    assert all(shares[kind] == 0 for kind in KINDS if not weights[kind])


@given(count=counts, weights=weights)
def test_share_out_stays_within_one_of_proportion_when_stock_is_no_limit(count, weights):
    shares = share_out(count, weights, dict.fromkeys(KINDS, 10_000))

    total = sum(weights.values())
    assert all(abs(shares[kind] * total - count * weights[kind]) < total for kind in KINDS if total)


@given(count=counts, stock=stocks, seed=st.integers())
def test_draw_never_repeats_and_takes_only_candidates(count, stock, seed):
    candidates = [((kind, number), kind) for kind in KINDS for number in range(stock[kind])]

    chosen = draw(candidates, count, {"easy": 5, "medium": 3, "hard": 2}, Random(seed))

    assert len(chosen) == len(set(chosen)) == min(count, len(candidates))
    assert set(chosen) <= {item for item, _kind in candidates}


def test_draw_without_weights_reaches_every_candidate():
    candidates = [(number, "easy" if number % 2 else "odd kind") for number in range(20)]

    seen = {item for seed in range(100) for item in draw(candidates, 3, {}, Random(seed))}

    assert seen == set(range(20))


def test_draw_with_one_seed_is_the_same_draw():
    candidates = [(number, KINDS[number % 3]) for number in range(50)]

    assert draw(candidates, 10, {"easy": 1, "hard": 1}, Random(7)) == draw(
        candidates, 10, {"easy": 1, "hard": 1}, Random(7)
    )
