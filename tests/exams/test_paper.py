"""Drawing, shuffling and timing."""

import statistics
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.exams import paper

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

slots = st.lists(
    st.builds(
        lambda candidates, draw: paper.PaperSlot(candidates=tuple(candidates), draw_count=draw, max_mark=Decimal(1)),
        st.lists(st.integers(1, 40), min_size=1, max_size=30, unique=True),
        st.integers(1, 5),
    ),
    min_size=1,
    max_size=6,
)


@given(slots=slots, seed=st.integers(0, 2**62), shuffle=st.booleans())
def test_draw_paper_never_asks_a_question_twice_and_only_from_its_pools(slots, seed, shuffle):
    drawn = [item.version_id for item in paper.draw_paper(slots, seed=seed, shuffle=shuffle)]

    assert len(drawn) == len(set(drawn))
    assert set(drawn) <= {candidate for slot in slots for candidate in slot.candidates}
    assert len(drawn) <= sum(slot.draw_count for slot in slots)


@given(slots=slots, seed=st.integers(0, 2**62))
def test_draw_paper_repeats_itself_for_the_same_seed(slots, seed):
    assert paper.draw_paper(slots, seed=seed, shuffle=True) == paper.draw_paper(slots, seed=seed, shuffle=True)


def test_draw_paper_gives_a_fixed_question_to_its_slot_before_a_pool_can_take_it():
    pool = paper.PaperSlot(candidates=(1, 2, 3), draw_count=2, max_mark=Decimal(1))
    fixed = paper.PaperSlot(candidates=(2,), draw_count=1, max_mark=Decimal(4))

    for seed in range(50):
        drawn = paper.draw_paper([pool, fixed], seed=seed, shuffle=False)
        assert drawn[2] == paper.PaperItem(version_id=2, max_mark=Decimal(4))
        assert {item.version_id for item in drawn[:2]} == {1, 3}


def test_draw_paper_differs_between_seeds():
    pool = paper.PaperSlot(candidates=tuple(range(100)), draw_count=20, max_mark=Decimal(1))

    papers = {
        tuple(item.version_id for item in paper.draw_paper([pool], seed=seed, shuffle=True)) for seed in range(100)
    }

    assert len(papers) == 100


@given(ids=st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=8), seed=st.integers(0, 2**62))
def test_order_options_keeps_every_option(ids, seed):
    assert sorted(paper.order_options(ids, seed=seed, position=1, shuffle=True)) == sorted(ids)
    assert paper.order_options(ids, seed=seed, position=1, shuffle=False) == ids


@given(
    sizes=st.dictionaries(st.sampled_from(["easy", "medium", "hard"]), st.integers(0, 40), min_size=1),
    count=st.integers(0, 60),
    seed=st.integers(0, 2**62),
)
def test_sample_by_difficulty_is_full_without_repeats_and_proportional(sizes, count, seed):
    pools = {name: [f"{name}{n}" for n in range(size)] for name, size in sizes.items()}
    total = sum(sizes.values())

    chosen = paper.sample_by_difficulty(pools, count, seed=seed)

    assert len(chosen) == len(set(chosen)) == min(count, total)
    for name, size in sizes.items():
        share = sum(1 for key in chosen if key.startswith(name))
        assert abs(share - len(chosen) * size / max(total, 1)) < 1


def test_sample_by_difficulty_follows_the_weights_and_fills_up_from_the_others():
    pools = {"easy": list(range(10)), "hard": list(range(100, 103))}

    chosen = paper.sample_by_difficulty(pools, 10, seed=1, weights={"easy": 1, "hard": 1})

    assert sum(key >= 100 for key in chosen) == 3
    assert len(chosen) == 10


def test_sample_by_difficulty_varies_less_than_plain_sampling():
    """Strata hold the mean difficulty of a paper steady: over 1,000 papers the share of hard questions never moves."""
    pools = {"easy": list(range(60)), "hard": list(range(100, 160))}

    shares = [sum(key >= 100 for key in paper.sample_by_difficulty(pools, 20, seed=seed)) for seed in range(1000)]

    assert statistics.pstdev(shares) == 0


@pytest.mark.parametrize(
    ("duration", "factor", "closes_in", "window_wins", "deadline_in"),
    [
        (60, "1", None, True, 60),
        (60, "1.5", None, True, 90),
        (60, "1", 5, True, 5),
        (60, "1", 5, False, 60),
        (60, "1.5", 60, True, 90),
        (60, "1.5", 5, True, 7.5),
        (60, "1.5", 5, False, 90),
        (None, "1", 30, True, 30),
        (None, "1", 30, False, 30),
    ],
)
def test_session_times_by_limit_window_and_extra_time(duration, factor, closes_in, window_wins, deadline_in):
    times = paper.session_times(
        now=NOW,
        duration=timedelta(minutes=duration) if duration else None,
        time_factor=Decimal(factor),
        closes_at=NOW + timedelta(minutes=closes_in) if closes_in else None,
        window_wins=window_wins,
        grace=timedelta(seconds=20),
    )

    deadline = NOW + timedelta(minutes=deadline_in)
    assert times == paper.SessionTimes(
        started_at=NOW,
        deadline_at=deadline,
        accepts_until=deadline + timedelta(seconds=20),
        hard_close_at=deadline + timedelta(seconds=35),
    )


def test_session_times_without_limit_and_close_has_none():
    assert paper.session_times(now=NOW, duration=None) == paper.SessionTimes(
        started_at=NOW, deadline_at=None, accepts_until=None, hard_close_at=None
    )
