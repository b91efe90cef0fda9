"""Numerical answers, with tolerance, ranges and units.

content  {"stem_html": "…", "unit_entry": "none" | "choice" | "text", "units": ["m", "km"]}
key      {"answers": [{"value": "9.81", "tolerance": "0.05"}, {"minimum": "1", "maximum": "5", "fraction": "1/2"},
                      {"any": true, "fraction": "0", "feedback_html": "…"}],
          "unit_factors": {"m": "1", "km": "1000"}, "is_unit_required": true, "unit_penalty": "1",
          "decimal_comma": false}
answer   {"value": "9.8", "unit": "m"}   value as text or number; unit may be missing or null

The first answer of the list that holds decides the part of the mark. ``tolerance`` is absolute, or with ``is_relative``
a share of the value. A unit's factor says how many base units one of it is; the answers are in base units. A wrong
unit, or a missing one that is required, costs ``unit_penalty`` of the part. All arithmetic is exact.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from django.utils.translation import gettext as _

from . import acceptance, marks
from .kind import Kind
from .numbers import in_digits, read_number
from .shapes import OutcomeFeedback, Report, Shape, check_html, outcome_feedback

MAX_LENGTH: Final = 64  # characters of a typed number, and of a unit
MAX_ANSWERS: Final = 50
MAX_UNITS: Final = 50
_NUMBER_THEN_UNIT: Final = re.compile(r"(.*[\d٠-٩۰-۹０-９⁰¹²³⁴⁵⁶⁷⁸⁹.,)])\s*([^\d\s.,)].*)", re.DOTALL)


class NumericalContent(Shape, frozen=True, kw_only=True):
    """A question for a number. ``units`` are those offered when the unit is chosen from a list."""

    stem_html: str
    unit_entry: Literal["none", "choice", "text"] = "none"
    units: list[str] = []


class NumericalAnswer(Shape, frozen=True, kw_only=True):
    """One accepted value or range, or with ``any`` whatever else was answered."""

    value: str | None = None
    tolerance: str = "0"
    is_relative: bool = False
    minimum: str | None = None
    maximum: str | None = None
    any: bool = False
    fraction: str = "1"
    feedback_html: str = ""


class NumericalKey(Shape, frozen=True, kw_only=True):
    """What is accepted. ``decimal_comma``: how candidates of this question write decimals."""

    answers: list[NumericalAnswer]
    unit_factors: dict[str, str] = {}
    is_unit_required: bool = False
    unit_penalty: str = "1"
    decimal_comma: bool = False
    outcome_feedback: OutcomeFeedback = OutcomeFeedback()


def _exact(text: str | None) -> Fraction | None:
    """Read a number of the key; there the decimal sign is always a point."""
    return None if text is None or len(text) > 40 else read_number(text)


def unit_symbol(text: str) -> str:
    """Return the one spelling under which a unit is looked up: ``µm`` and ``μm``, ``m²`` and ``m^2`` are the same."""
    return re.sub(r"[\s^]", "", unicodedata.normalize("NFKC", text))


class Numerical(Kind[NumericalContent, NumericalKey]):
    """Answer with a number."""

    code = "numerical"
    content_shape = NumericalContent
    key_shape = NumericalKey

    def _check(self, report: Report, content: NumericalContent, key: NumericalKey) -> None:
        check_html(report, "content.stem_html", content.stem_html)
        if not 1 <= len(key.answers) <= MAX_ANSWERS:
            report.add("key.answers", _("Needs 1 to %(most)d answers.") % {"most": MAX_ANSWERS})
        for number, answer in enumerate(key.answers):
            _check_answer(report, f"key.answers.{number}", answer)
        _check_units(report, content, key)

    def accepts(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": self.code, "max_length": MAX_LENGTH}

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        if acceptance.fits(self.accepts(content), payload):
            return []
        return [
            _("Write a number of at most %(limit)d characters, and a unit if one is asked for.") % {"limit": MAX_LENGTH}
        ]

    def option_ids(self, content: Mapping[str, Any]) -> list[str]:
        return []

    def public(self, content: Mapping[str, Any], order: Iterable[str] = ()) -> dict[str, Any]:
        return {
            "stem_html": content["stem_html"],
            "unit_entry": content.get("unit_entry", "none"),
            "units": content.get("units", []),
        }

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        answer, share = self._deciding(key, payload)
        return marks.rounded(marks.parse_part(answer.get("fraction", "1")) * share) if answer else marks.ZERO

    def correct_answer(self, key: Mapping[str, Any]) -> dict[str, Any]:
        full = (one for one in key["answers"] if marks.parse_part(one.get("fraction", "1")) == 1 and not one.get("any"))
        units = [symbol for symbol, factor in key.get("unit_factors", {}).items() if _exact(factor) == 1]
        return {"value": _representative(next(full, {})), "unit": units[0] if units else None}

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        answer, _share = self._deciding(key, payload)
        own = answer.get("feedback_html") if answer else None
        return [html for html in (own, *outcome_feedback(key, self.mark(key, payload))) if html]

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        if not isinstance(payload, dict):
            return ""
        return f"{payload.get('value', '')} {payload.get('unit') or ''}".strip()

    def _deciding(self, key: Mapping[str, Any], payload: object) -> tuple[Mapping[str, Any] | None, Fraction]:
        """Return the answer of the key that holds for this payload, and the share of it the unit leaves."""
        number, share = _in_base_units(key, payload)
        if number is None:
            return None, Fraction(0)
        return next((answer for answer in key["answers"] if _holds(answer, number)), None), share


def _in_base_units(key: Mapping[str, Any], payload: object) -> tuple[Fraction | None, Fraction]:
    if not isinstance(payload, dict) or not isinstance(payload.get("value"), str | int | float):
        return None, Fraction(0)
    value, unit = str(payload["value"]), str(payload.get("unit") or "")
    factors = {unit_symbol(symbol): factor for symbol, factor in key.get("unit_factors", {}).items()}
    if (
        factors
        and not unit
        and (apart := _NUMBER_THEN_UNIT.fullmatch(value.strip()))
        and unit_symbol(apart[2]) in factors
    ):
        value, unit = apart[1], apart[2]
    is_typed = isinstance(payload["value"], str)
    number = read_number(value, decimal_comma=is_typed and bool(key.get("decimal_comma")))
    if number is None or not factors:
        return number, Fraction(1)
    factor = _exact(factors.get(unit_symbol(unit)))
    if factor is not None:
        return number * factor, Fraction(1)
    if not unit and not key.get("is_unit_required"):
        return number, Fraction(1)
    return number, 1 - marks.parse_part(key.get("unit_penalty", "1"))


def _holds(answer: Mapping[str, Any], number: Fraction) -> bool:
    if answer.get("any"):
        return True
    value, low, high = (_exact(answer.get(name)) for name in ("value", "minimum", "maximum"))
    if value is None:
        return low is not None and high is not None and low <= number <= high
    tolerance = _exact(answer.get("tolerance", "0")) or Fraction(0)
    return abs(number - value) <= (tolerance * abs(value) if answer.get("is_relative") else tolerance)


def _representative(answer: Mapping[str, Any]) -> str:
    """Return the value, or the middle of the range where that is a short decimal, else its lower end."""
    if answer.get("value") is not None:
        return str(answer["value"])
    low, high = _exact(answer.get("minimum")), _exact(answer.get("maximum"))
    middle = in_digits((low + high) / 2) if low is not None and high is not None else None
    return middle or str(answer.get("minimum", ""))


def _check_answer(report: Report, at: str, answer: NumericalAnswer) -> None:
    check_html(report, f"{at}.feedback_html", answer.feedback_html, may_be_blank=True)
    if not marks.is_part(answer.fraction) or marks.parse_part(answer.fraction) < 0:
        report.add(f"{at}.fraction", _("Must be a number from 0 to 1, such as 1/2 or 0.5."))
    if answer.any:
        return
    value, low, high = _exact(answer.value), _exact(answer.minimum), _exact(answer.maximum)
    tolerance = _exact(answer.tolerance)
    if answer.value is None:
        if low is None or high is None or low > high:
            report.add(at, _("Needs a value, or a minimum and a maximum not below it, like 1.5 or 2e-3."))
    elif value is None:
        report.add(f"{at}.value", _("Not a number. Write it like 1.5 or 2e-3."))
    if tolerance is None or tolerance < 0:
        report.add(f"{at}.tolerance", _("Must be a number of 0 or more."))


def _check_units(report: Report, content: NumericalContent, key: NumericalKey) -> None:
    if len(key.unit_factors) > MAX_UNITS:
        report.add("key.unit_factors", _("At most %(most)d units.") % {"most": MAX_UNITS})
    for symbol, factor in key.unit_factors.items():
        if not unit_symbol(symbol) or len(symbol) > MAX_LENGTH or not (_exact(factor) or 0) > 0:
            report.add(f"key.unit_factors.{symbol}", _("Needs a symbol and a factor above 0."))
    if key.unit_factors and not any(_exact(factor) == 1 for factor in key.unit_factors.values()):
        report.add("key.unit_factors", _("One unit must have the factor 1: the one the answers are in."))
    if not marks.is_part(key.unit_penalty) or marks.parse_part(key.unit_penalty) < 0:
        report.add("key.unit_penalty", _("Must be a number from 0 to 1."))
    if key.is_unit_required and not key.unit_factors:
        report.add("key.unit_factors", _("A unit is required, but none is accepted. Name the accepted units."))
    if content.unit_entry == "choice" and not content.units:
        report.add("content.units", _("Name the units to choose from."))
