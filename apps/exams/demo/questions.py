"""Questions as the authors of the demonstration write them, and the small words for writing them.

Texts are HTML with TeX between ``\\(`` and ``\\)``; ``{picture}`` in a stem is where its picture stands. ``making``
turns them into contents and keys of the bank.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from apps.questionbank.models import Difficulty, QuestionType

from .drawing import Card

EASY, MEDIUM, HARD = Difficulty.EASY, Difficulty.MEDIUM, Difficulty.HARD
OPTIONS = 4
"""Of a single choice."""

Number = int | Fraction | Decimal | str


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing and what it shows in words, for those who do not see it."""

    alt: str
    draw: Callable[[], Card]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question.

    ``right`` and ``wrong`` are the options of a choice; ``right`` is also the accepted texts of a short answer.
    ``value ± tolerance`` is in ``unit``; ``other_units`` come with what one of them is in it.
    ``pairs`` are matched, ``extra`` are choices that match nothing.
    """

    type: QuestionType
    level: Difficulty
    stem: str
    why: str
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    is_true: bool = False
    value: Decimal = Decimal(0)
    tolerance: Decimal = Decimal(0)
    unit: str = ""
    other_units: tuple[tuple[str, Decimal], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()
    picture: Picture | None = None

    def or_in(self, unit: str, size: "Number") -> "Question":
        """Return the question with a further unit for its number; ``size`` is one of it in the first unit."""
        return replace(self, other_units=(*self.other_units, (unit, decimal_of(size))))

    def showing(self, alt: str, draw: Callable[[], Card]) -> "Question":
        """Return the question with a picture after its stem."""
        return replace(self, stem=f"{self.stem}{{picture}}", picture=Picture(alt=alt, draw=draw))


def one_of(level: Difficulty, stem: str, right: Any, wrong: Iterable[Any], why: str) -> Question:
    """A single choice. Of ``wrong`` the first three that differ from ``right`` and from each other are taken."""
    options = unlike(str(right), (str(option) for option in wrong))[: OPTIONS - 1]
    if len(options) < OPTIONS - 1:
        raise ValueError(f"Too few different wrong options for: {stem}")
    return Question(
        type=QuestionType.SINGLE_CHOICE, level=level, stem=stem, why=why, right=(str(right),), wrong=tuple(options)
    )


def some_of(level: Difficulty, stem: str, right: Sequence[str], wrong: Sequence[str], why: str) -> Question:
    """A multiple choice."""
    return Question(
        type=QuestionType.MULTIPLE_CHOICE, level=level, stem=stem, why=why, right=tuple(right), wrong=tuple(wrong)
    )


def claim(level: Difficulty, stem: str, is_true: bool, why: str) -> Question:
    """True or false."""
    return Question(type=QuestionType.TRUE_FALSE, level=level, stem=stem, why=why, is_true=is_true)


def number(level: Difficulty, stem: str, value: Number, why: str, *, within: Number = 0, unit: str = "") -> Question:
    """A numerical answer of ``value ± within``, in ``unit``."""
    return Question(
        type=QuestionType.NUMERICAL,
        level=level,
        stem=stem,
        why=why,
        value=decimal_of(value),
        tolerance=decimal_of(within),
        unit=unit,
    )


def word(level: Difficulty, stem: str, right: Sequence[str], why: str) -> Question:
    """A short answer; the first of ``right`` is the one that is shown."""
    return Question(type=QuestionType.SHORT_ANSWER, level=level, stem=stem, why=why, right=tuple(right))


def match(
    level: Difficulty, stem: str, pairs: Sequence[tuple[str, str]], why: str, *, extra: Sequence[str] = ()
) -> Question:
    """Pairs to put together, with choices that match nothing."""
    return Question(type=QuestionType.MATCHING, level=level, stem=stem, why=why, pairs=tuple(pairs), extra=tuple(extra))


def unlike(right: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates without repetition and without ``right``, in their order."""
    return [candidate for candidate in dict.fromkeys(candidates) if candidate != right]


def decimal_of(value: Number) -> Decimal:
    """Return a number exactly; a fraction must end in decimals."""
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        if Fraction(exact) != value:
            raise ValueError(f"{value} does not end in decimals.")
        return exact
    return Decimal(value)


def others(rng: random.Random, row: Any, rows: Sequence[Any], count: int) -> list[Any]:
    """Return ``count`` rows of a table that are not ``row``, in random order."""
    return rng.sample([other for other in rows if other != row], count)
