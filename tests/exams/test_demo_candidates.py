"""Candidates who know answer rightly, those who do not are wrong, and the able know more."""

import random

import pytest

from apps.exams.demo import candidates
from apps.exams.demo.candidates import AskedQuestion, Step
from apps.questionbank import types
from tests.factories.questionbank import SAMPLES


def question(kind, difficulty="medium", hardness=0.0):
    content, key = SAMPLES[kind]
    return AskedQuestion(type=kind, difficulty=difficulty, content=content, key=key, hardness=hardness)


def fraction(asked, payload):
    return types.get(asked.type).mark(asked.key, payload)


@pytest.mark.parametrize("kind", types.TYPES)
def test_a_mistake_fits_the_question_and_never_earns_all_of_it(kind):
    asked = question(kind)

    for seed in range(60):
        payload = candidates.mistaken(asked, rng=random.Random(seed))
        assert types.get(kind).validate_answer(asked.content, payload) == []
        assert fraction(asked, payload) < 1


@pytest.mark.parametrize("kind", types.TYPES)
def test_one_who_knows_everything_earns_everything(kind):
    asked = question(kind)

    for seed in range(60):
        steps = candidates.answer(asked, ability=40, pace=1, rng=random.Random(seed))
        assert fraction(asked, steps[-1].payload) == 1


def test_one_who_knows_nothing_leaves_some_and_is_wrong_about_the_rest():
    asked = question("single_choice")

    given = [candidates.answer(asked, ability=-40, pace=1, rng=random.Random(seed)) for seed in range(300)]

    assert all(fraction(asked, steps[-1].payload) == 0 for steps in given if steps)
    assert 10 < sum(not steps for steps in given) < 60


def share_right(ability, difficulty, **fields):
    asked = question("true_false", difficulty, **fields)
    rng = random.Random("share")
    given = [candidates.answer(asked, ability=ability, pace=1, rng=rng) for _ in range(1500)]
    return sum(bool(steps) and fraction(asked, steps[-1].payload) == 1 for steps in given) / len(given)


def test_more_able_candidates_are_right_more_often_and_harder_questions_less():
    by_ability = [share_right(ability, "medium") for ability in (-2, 0, 2)]
    by_difficulty = [share_right(0, level) for level in ("easy", "medium", "hard")]

    assert by_ability == sorted(by_ability)
    assert by_difficulty == sorted(by_difficulty, reverse=True)
    assert share_right(0, "medium", hardness=candidates.HARDNESS["medium"] * -1) == pytest.approx(0.5, abs=0.05)


def test_second_thoughts_come_after_the_first_and_count():
    asked = question("matching")
    changed = [
        steps
        for seed in range(300)
        if len(steps := candidates.answer(asked, ability=40, pace=1, rng=random.Random(seed))) == 2
    ]

    assert 10 < len(changed) < 80
    for first, second in changed:
        assert first.seconds < second.seconds
        assert fraction(asked, first.payload) < 1 == fraction(asked, second.payload)


def test_sitting_times_follow_each_other_and_what_is_left_out_costs_a_glance():
    steps = [[Step(payload=1, seconds=30)], [], [Step(payload=2, seconds=10), Step(payload=3, seconds=25)]]

    assert candidates.sitting_times(steps, pause=2) == [[30], [], [56, 71]]
