"""How a candidate of the demonstration answers: by ability, difficulty and chance. Pure, over plain values.

Whether they know the answer follows the logistic model with one parameter: the chance is 1 / (1 + exp(b - a)) for the
ability a and the difficulty b. Those who do not know it leave it, guess, or fall for a mistake.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.questionbank import types
from apps.questionbank.models import Difficulty, QuestionType

HARDNESS = {Difficulty.EASY.value: -1.7, Difficulty.MEDIUM.value: -0.6, Difficulty.HARD.value: 0.6}
SECONDS = {Difficulty.EASY.value: 28, Difficulty.MEDIUM.value: 48, Difficulty.HARD.value: 80}
"""The median time on a question."""
SPREAD = 0.45
"""Of the logarithm of times."""
LEFT_OUT = 0.09
"""Share of unknown questions that are left unanswered."""
SECOND_THOUGHTS = 0.12
"""Share of answers that are changed once."""


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """A question as far as answering it needs."""

    type: str
    difficulty: str
    content: Mapping[str, Any]
    key: Mapping[str, Any]
    hardness: float
    """How much harder than others of its difficulty."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One answer given, ``seconds`` after the question was opened."""

    payload: Any
    seconds: int


def answer(question: AskedQuestion, *, ability: float, pace: float, rng: random.Random) -> list[Step]:
    """Return what a candidate does with a question: nothing, one answer, or one and then another.

    ``pace`` is their time on a question as a multiple of what is usual.
    """
    hardness = HARDNESS[question.difficulty] + question.hardness
    knows = rng.random() < 1 / (1 + math.exp(hardness - ability))
    seconds = max(4, round(pace * SECONDS[question.difficulty] * math.exp(rng.gauss(0, SPREAD))))
    if not knows and rng.random() < LEFT_OUT:
        return []
    right = types.get(question.type).correct_answer(question.key)
    payload = right if knows else mistaken(question, rng=rng)
    if rng.random() < SECOND_THOUGHTS:
        return [
            Step(payload=mistaken(question, rng=rng), seconds=max(3, seconds // 2)),
            Step(payload=payload, seconds=seconds),
        ]
    return [Step(payload=payload, seconds=seconds)]


def mistaken(question: AskedQuestion, *, rng: random.Random) -> Any:
    """Return an answer that does not earn the full mark; what people guess at random it may miss part of."""
    return _MISTAKES[question.type](question, rng)


def _other_option(question: AskedQuestion, rng: random.Random) -> str:
    right = types.get(question.type).correct_answer(question.key)
    return rng.choice([option["id"] for option in question.content["options"] if option["id"] != right])


def _other_options(question: AskedQuestion, rng: random.Random) -> list[str]:
    """Leave one of the right options out, and often take a wrong one."""
    right: list[str] = types.get(question.type).correct_answer(question.key)
    wrong = [option["id"] for option in question.content["options"] if option["id"] not in right]
    kept = rng.sample(right, len(right) - 1)
    return [*kept, rng.choice(wrong)] if rng.random() < 0.6 or not kept else kept


def _other_verdict(question: AskedQuestion, rng: random.Random) -> bool:
    return not question.key["correct"]


def _other_number(question: AskedQuestion, rng: random.Random) -> dict[str, Any]:
    """Slip in the sign, in a factor of ten or two, or by a little more than is allowed."""
    right = types.get(question.type).correct_answer(question.key)
    value, tolerance = Decimal(right["value"]), Decimal(question.key["answers"][0].get("tolerance", "0"))
    step = 3 * tolerance + 1
    slips = [-value, value * 10, value * 2, value / 2, value + step, value - step]
    off = [slip for slip in slips if abs(slip - value) > tolerance]
    return {**right, "value": f"{rng.choice(off).normalize():f}"}


def _other_words(question: AskedQuestion, rng: random.Random) -> str:
    """Leave out or swap letters of the right answer."""
    right: str = types.get(question.type).correct_answer(question.key)
    kind = types.get(question.type)
    tries = [right[:-1], right[::-1], right[1:] + right[:1], "?"]
    return rng.choice([text for text in tries if text and kind.mark(question.key, text) == 0])


def _other_pairs(question: AskedQuestion, rng: random.Random) -> dict[str, str]:
    """Swap the choices of two premises; the others stay right."""
    pairs: dict[str, str] = dict(types.get(question.type).correct_answer(question.key))
    first, second = rng.sample(sorted(pairs), 2)
    pairs[first], pairs[second] = pairs[second], pairs[first]
    return pairs


_MISTAKES = {
    QuestionType.SINGLE_CHOICE.value: _other_option,
    QuestionType.MULTIPLE_CHOICE.value: _other_options,
    QuestionType.TRUE_FALSE.value: _other_verdict,
    QuestionType.NUMERICAL.value: _other_number,
    QuestionType.SHORT_ANSWER.value: _other_words,
    QuestionType.MATCHING.value: _other_pairs,
}


def sitting_times(steps: Sequence[Sequence[Step]], *, pause: int) -> list[list[int]]:
    """Return when each answer is given, in seconds after the start; questions are done one after another."""
    moment, times = 0, []
    for question in steps:
        times.append([moment + step.seconds for step in question])
        moment += (question[-1].seconds if question else 12) + pause
    return times
