"""Writing mathematics as TeX."""

from collections.abc import Sequence
from fractions import Fraction
from string import Template
from typing import Any


def fill(text: str, **values: Any) -> str:
    r"""Return ``text`` with each ``$name`` or ``${name}`` replaced; numbers are written as ``fraction`` writes them."""
    return Template(text).substitute(
        {name: fraction(value) if isinstance(value, int | Fraction) else value for name, value in values.items()}
    )


def fraction(value: Fraction | int) -> str:
    r"""Return ``-\frac{3}{4}``, or the whole number."""
    value = Fraction(value)
    if value.denominator == 1:
        return str(value.numerator)
    sign = "-" if value < 0 else ""
    return rf"{sign}\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def inline(source: str) -> str:
    """Return a formula within a line."""
    return rf"\({source}\)"


def block(source: str) -> str:
    """Return a formula on its own line."""
    return rf"\[{source}\]"


def polynomial(coefficients: Sequence[Fraction | int], variable: str = "x") -> str:
    """Return a polynomial from its coefficients, the highest power first: ``[2, 0, -1]`` is ``2x^{2} - 1``."""
    highest = len(coefficients) - 1
    written = ""
    for place, coefficient in enumerate(coefficients):
        if coefficient:
            written += _term(Fraction(coefficient), variable, highest - place, is_first=not written)
    return written or "0"


def _term(coefficient: Fraction, variable: str, power: int, *, is_first: bool) -> str:
    sign = ("-" if coefficient < 0 else "") if is_first else (" - " if coefficient < 0 else " + ")
    size = "" if abs(coefficient) == 1 and power else fraction(abs(coefficient))
    letter = {0: "", 1: variable}.get(power, f"{variable}^{{{power}}}")
    return f"{sign}{size}{letter}"


def matrix(rows: Sequence[Sequence[Fraction | int]]) -> str:
    r"""Return a matrix in round brackets."""
    body = r" \\ ".join(" & ".join(fraction(cell) for cell in row) for row in rows)
    return rf"\begin{{pmatrix}} {body} \end{{pmatrix}}"


def signed(value: Fraction | int) -> str:
    """Return a number to be added: ``+ 3`` or ``- 3``."""
    return f"- {fraction(-value)}" if value < 0 else f"+ {fraction(value)}"


def bracketed(value: Fraction | int) -> str:
    """Return a factor: a negative number in brackets."""
    return f"({fraction(value)})" if value < 0 else fraction(value)
