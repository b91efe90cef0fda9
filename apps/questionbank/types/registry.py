"""The question types there are, by code."""

from typing import Final

from .choice import MultipleChoice, SingleChoice
from .kind import QuestionType
from .matching import Matching
from .numerical import Numerical
from .short_answer import ShortAnswer
from .true_false import TrueFalse

TYPES: Final[dict[str, QuestionType]] = {
    kind.code: kind for kind in (SingleChoice(), MultipleChoice(), TrueFalse(), Numerical(), ShortAnswer(), Matching())
}


def get(code: str) -> QuestionType:
    """Return the type of this code; ``KeyError`` for one there is not."""
    return TYPES[code]
