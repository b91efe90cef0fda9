"""The geometry of the charts that pages draw as SVG: plain numbers in, plain numbers out, in user units of the viewBox."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

CHART_WIDTH: Final = 480
CHART_HEIGHT: Final = 180
BASELINE: Final = 150
TALLEST: Final = 120
LARGEST_GAP: Final = 16


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a chart: where it stands, and where its two labels go."""

    label: str
    value: str
    x: float
    y: float
    width: float
    height: float
    middle: float
    value_y: float
    label_y: float
    tone: str


def share(value: float | Decimal, maximum: float | Decimal) -> float:
    """Return a value as a percentage of its maximum, between 0 and 100; 0 where the maximum is 0."""
    if not maximum:
        return 0.0
    return round(min(100.0, max(0.0, float(value) * 100 / float(maximum))), 2)


def columns(rows: Sequence[tuple[str, float]], *, stressed: int | None = None) -> list[Column]:
    """Return the columns of a chart of (label, value) rows, evenly spaced, the largest value the tallest.

    The crowd is grey; the column at index ``stressed`` is drawn in ink, because it is the one to look at.
    """
    if not rows:
        return []
    largest = max(value for _, value in rows)
    slot = CHART_WIDTH / len(rows)
    gap = min(LARGEST_GAP, slot * 0.3)
    found = []
    for index, (label, value) in enumerate(rows):
        height = TALLEST * share(value, largest) / 100
        found.append(
            Column(
                label=label,
                value=f"{value:g}",
                x=round(index * slot + gap / 2, 2),
                y=round(BASELINE - height, 2),
                width=round(slot - gap, 2),
                height=round(height, 2),
                middle=round((index + 0.5) * slot, 2),
                value_y=round(BASELINE - height - 6, 2),
                label_y=BASELINE + 18,
                tone="1" if stressed is None or index == stressed else "mute",
            )
        )
    return found
