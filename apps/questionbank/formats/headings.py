"""Which column of a table holds what."""

from collections.abc import Sequence
from dataclasses import dataclass

from . import wording


@dataclass(frozen=True, kw_only=True)
class Headings:
    """Which column holds what. ``options`` maps an option's number (from 1) to its column; columns count from 0."""

    columns: dict[str, int]
    options: dict[int, int]
    width: int


def understand(row: Sequence[str]) -> Headings | None:
    """Return what the row says the columns mean, or None if it is no row of headings for questions.

    Headings name a question, and a right answer or at least two options.
    """
    columns: dict[str, int] = {}
    options: dict[int, int] = {}
    for place, cell in enumerate(row):
        if meaning := wording.COLUMNS.get(wording.folded(cell)):
            columns.setdefault(meaning, place)
        elif number := wording.option_number(cell):
            options.setdefault(number, place)
    if "question" not in columns or ("correct" not in columns and len(options) < 2):
        return None
    return Headings(columns=columns, options=options, width=len(row))
