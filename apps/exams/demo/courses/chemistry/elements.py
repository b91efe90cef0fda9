"""Atomic weights used throughout the course, and formulas made of them."""

import re
from decimal import Decimal

WEIGHTS = {
    "H": Decimal("1.008"),
    "C": Decimal("12.011"),
    "N": Decimal("14.007"),
    "O": Decimal("15.999"),
    "Na": Decimal("22.990"),
    "Mg": Decimal("24.305"),
    "Al": Decimal("26.982"),
    "S": Decimal("32.06"),
    "Cl": Decimal("35.45"),
    "K": Decimal("39.098"),
    "Ca": Decimal("40.078"),
    "Fe": Decimal("55.845"),
    "Cu": Decimal("63.546"),
}
"""In g/mol, to the places a table in a classroom has."""

_PART = re.compile(r"([A-Z][a-z]?)(\d*)")


def atoms(formula: str) -> dict[str, int]:
    """Return how many atoms of each element a formula without brackets has: ``H2O`` is ``{"H": 2, "O": 1}``."""
    counts: dict[str, int] = {}
    for symbol, count in _PART.findall(formula):
        counts[symbol] = counts.get(symbol, 0) + int(count or 1)
    return counts


def molar_mass(formula: str) -> Decimal:
    """Return the mass of a mole in grams."""
    return sum((WEIGHTS[symbol] * count for symbol, count in atoms(formula).items()), Decimal(0))


def written(formula: str) -> str:
    """Return a formula with its numbers lowered, as HTML."""
    return re.sub(r"(\d+)", r"<sub>\1</sub>", formula)
