"""Parts of a mark, exactly: stored as rational numbers in text, added without rounding, rounded once at the end.

So three thirds make 1, and 7 places (``0.3333333``) appear only in what is stored as a grade.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

PLACES: Final = 7
ZERO: Final = Decimal(0).scaleb(-PLACES)
_SPELLING: Final = re.compile(r"-?(?:\d{1,9}/[1-9]\d{0,8}|\d{1,9}(?:\.\d{1,12})?)", re.ASCII)


@lru_cache(maxsize=4096)
def parse_part(text: str) -> Fraction:
    """Read ``1/3``, ``-1/4``, ``0.5`` or ``1``; anything else is a ``ValueError``."""
    if not _SPELLING.fullmatch(text):
        raise ValueError(text)
    return Fraction(text)


def part_text(part: Fraction) -> str:
    """Return the one spelling of a part: ``1/3``, ``-1/4``, ``1/2``, ``0``, ``1``."""
    return str(part)


def is_part(text: str) -> bool:
    """Whether ``parse_part`` reads it and it lies between -1 and 1."""
    try:
        return -1 <= parse_part(text) <= 1
    except ValueError:
        return False


def rounded(exact: Fraction, *, floor: Fraction = Fraction(0)) -> Decimal:
    """Return the mark: held between ``floor`` and 1, then rounded half to even to seven places."""
    held = max(floor, min(exact, Fraction(1)))
    return Decimal(round(held * 10**PLACES)).scaleb(-PLACES)
