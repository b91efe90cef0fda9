"""Whether an answer fits its question, from the small description that ``accepts`` makes.

This is the Python twin of the check inside the database's saving function. A description:

    {"type": "single_choice", "options": ["a1", "a2"]}
    {"type": "multiple_choice", "options": ["a1", "a2"]}
    {"type": "true_false"}
    {"type": "numerical", "max_length": 64}          of the value and of the unit, as text
    {"type": "short_answer", "max_length": 255}
    {"type": "matching", "premises": ["p1"], "choices": ["c1"]}
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def fits(accepts: Mapping[str, Any], payload: object) -> bool:
    """Return whether the answer has the right shape and names only what the question offers. ``None`` always fits."""
    if payload is None:
        return True
    return _CHECKS[accepts["type"]](accepts, payload)


def _fits_single_choice(accepts: Mapping[str, Any], payload: object) -> bool:
    return isinstance(payload, str) and payload in accepts["options"]


def _fits_multiple_choice(accepts: Mapping[str, Any], payload: object) -> bool:
    if not isinstance(payload, list) or not all(_fits_single_choice(accepts, chosen) for chosen in payload):
        return False
    return len(set(payload)) == len(payload)


def _fits_true_false(_accepts: Mapping[str, Any], payload: object) -> bool:
    return isinstance(payload, bool)


def _fits_numerical(accepts: Mapping[str, Any], payload: object) -> bool:
    if not isinstance(payload, dict) or not {"value"} <= payload.keys() <= {"value", "unit"}:
        return False
    unit = payload.get("unit")
    if unit is not None and not _is_storable(unit, accepts["max_length"]):
        return False
    value = payload["value"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return abs(value) < 10 ** accepts["max_length"] and len(_as_json_number(value)) <= accepts["max_length"]
    return _is_storable(value, accepts["max_length"])


def _as_json_number(value: float) -> str:
    """Write a number as PostgreSQL shows it in jsonb: without exponent."""
    return format(Decimal(repr(value)), "f")


def _fits_short_answer(accepts: Mapping[str, Any], payload: object) -> bool:
    return _is_storable(payload, accepts["max_length"])


def _is_storable(text: object, max_length: int) -> bool:
    if not isinstance(text, str) or len(text) > max_length or "\x00" in text:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _fits_matching(accepts: Mapping[str, Any], payload: object) -> bool:
    return isinstance(payload, dict) and all(
        premise in accepts["premises"] and isinstance(choice, str) and choice in accepts["choices"]
        for premise, choice in payload.items()
    )


_CHECKS = {
    "single_choice": _fits_single_choice,
    "multiple_choice": _fits_multiple_choice,
    "true_false": _fits_true_false,
    "numerical": _fits_numerical,
    "short_answer": _fits_short_answer,
    "matching": _fits_matching,
}
