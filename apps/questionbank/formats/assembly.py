"""Putting questions together from what a file says: the same rules for every format.

Fractions arrive as percentages that files round (33.33333) and become exact parts (1/3) again. What cannot be used is
an ``Unfit``; what was read with a grain of salt is a notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.questionbank.types import marks, registry
from apps.questionbank.types.numbers import in_digits, read_number
from apps.questionbank.types.shapes import InvalidQuestion

from .markup import Gathering
from .records import Unfit

# Parts that rounded percentages stand for: halves to twelfths, as exporters offer them, and twentieths.
_USUAL: Final = sorted({Fraction(part, whole) for whole in (*range(1, 13), 20) for part in range(whole + 1)})
_ROUNDING: Final = Fraction(5, 10**5)  # 33.33333 % and 14.29 % are both roundings of a usual part
_FINEST: Final = 10**7  # what no usual part explains is kept to seven places
_NEAR: Final = Fraction(1, 200)  # 33 % may have been meant as a third: taken so only if that makes the sum right


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer of a file: its rich text (or for short answers its plain text), its percentage, its feedback."""

    text: str
    percentage: Fraction
    feedback_html: str = ""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A type's code with its content and key."""

    type: str
    content: dict[str, Any]
    key: dict[str, Any]


@lru_cache(maxsize=1024)
def percentage(text: str) -> Fraction:
    """Read a percentage such as ``33.33333`` or ``-50``; anything else is ``Unfit``."""
    try:
        number = Decimal(text.strip() or "0")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > 1000 or len(text) > 40 or "e" in text.lower():
        raise Unfit(
            "bad_fraction",
            _("The fraction %(text)s of an answer is not a percentage.") % {"text": text[:40]},
            _("Write a number from -100 to 100."),
        )
    return Fraction(number)


@lru_cache(maxsize=1024)
def exact_part(percent: Fraction) -> Fraction:
    """Return the part a percentage stands for, undoing the rounding of usual parts."""
    part = percent / 100
    nearest = min(_USUAL, key=lambda usual: abs(abs(part) - usual))
    if abs(abs(part) - nearest) > _ROUNDING:
        return Fraction(round(part * _FINEST), _FINEST)
    return -nearest if part < 0 else nearest


def choice_question(
    gathering: Gathering, stem_html: str, choices: Sequence[Choice], *, is_single: bool, shuffle: bool = True
) -> Built:
    """Build a single or multiple choice question. Wrong answers cost what the file says they cost."""
    parts = [exact_part(choice.percentage) for choice in choices]
    if not is_single:
        parts = _parts_that_reach_one(gathering, parts)
    _require_full_mark(parts, is_single=is_single)
    ids = [f"a{number}" for number in range(1, len(choices) + 1)]
    key: dict[str, Any] = {
        "fractions": {one: marks.part_text(part) for one, part in zip(ids, parts, strict=True)},
        "feedback": {
            one: choice.feedback_html for one, choice in zip(ids, choices, strict=True) if choice.feedback_html
        },
    }
    if is_single and min(parts) < 0:
        key["floor"] = marks.part_text(min(parts))
    if is_single and parts.count(Fraction(1)) > 1:
        gathering.notice("several_right", _("Several options bring the full mark; choosing any of them is right."))
    options = [{"id": one, "html": choice.text} for one, choice in zip(ids, choices, strict=True)]
    content = {"stem_html": stem_html, "options": options, "shuffle": shuffle}
    return checked(Built(type="single_choice" if is_single else "multiple_choice", content=content, key=key))


def _parts_that_reach_one(gathering: Gathering, parts: list[Fraction]) -> list[Fraction]:
    """Return parts whose right ones add up to 1 where the file's almost do."""
    total = _sum_of_right(parts)
    if total > 1:
        gathering.notice("more_than_full", _("The full mark is reached without choosing all the right options."))
    if total >= 1:
        return parts
    near = [min(_USUAL, key=lambda usual: abs(part - usual)) if part > 0 else part for part in parts]
    if _sum_of_right(near) != 1 or any(abs(new - old) > _NEAR for new, old in zip(near, parts, strict=True)):
        return parts
    gathering.notice("fractions_adjusted", _("The parts of the right options were adjusted to add up to 100 %."))
    return near


def _sum_of_right(parts: list[Fraction]) -> Fraction:
    return sum((part for part in parts if part > 0), Fraction(0))


def _require_full_mark(parts: list[Fraction], *, is_single: bool) -> None:
    if is_single and max(parts, default=Fraction(0)) != 1:
        raise Unfit(
            "no_full_mark",
            _("No option is worth 100 %."),
            _("Give the right option 100 % in the file, and import it again."),
        )
    if not is_single and _sum_of_right(parts) < 1:
        raise Unfit(
            "no_full_mark",
            _("The right options together are worth less than 100 %."),
            _("Make their fractions add up to 100 % in the file, and import it again."),
        )


def true_false_question(stem_html: str, *, is_true: bool, when_true: str = "", when_false: str = "") -> Built:
    """Build a true or false question; the feedbacks belong to having answered true, and false."""
    feedback = {name: html for name, html in (("true", when_true), ("false", when_false)) if html}
    return checked(
        Built(type="true_false", content={"stem_html": stem_html}, key={"correct": is_true, "feedback": feedback})
    )


def short_answer_question(stem_html: str, choices: Sequence[Choice], *, is_case_sensitive: bool = False) -> Built:
    """Build a short answer question; ``Choice.text`` is the plain pattern."""
    patterns = [
        {
            "text": choice.text,
            "fraction": marks.part_text(max(exact_part(choice.percentage), Fraction(0))),
            "feedback_html": choice.feedback_html,
        }
        for choice in choices
    ]
    longest = max((len(choice.text) for choice in choices), default=0)
    content = {"stem_html": stem_html, "max_length": 255 if longest <= 200 else min(1000, longest * 2)}
    return checked(
        Built(type="short_answer", content=content, key={"patterns": patterns, "is_case_sensitive": is_case_sensitive})
    )


def matching_question(
    stem_html: str,
    pairs: Sequence[tuple[str, str]],
    *,
    shuffle: bool = True,
    outcome_feedback: dict[str, str] | None = None,
) -> Built:
    """Build a matching question from (premise, choice) in rich text. A pair without premise adds a distractor."""
    choice_ids: dict[str, str] = {}
    premises: list[dict[str, str]] = []
    right: dict[str, str] = {}
    for premise, choice in pairs:
        choice_id = choice_ids.setdefault(choice, f"c{len(choice_ids) + 1}")
        if premise:
            premises.append({"id": f"p{len(premises) + 1}", "html": premise})
            right[premises[-1]["id"]] = choice_id
    content = {
        "stem_html": stem_html,
        "premises": premises,
        "choices": [{"id": one, "html": html} for html, one in choice_ids.items()],
        "shuffle": shuffle,
    }
    return checked(Built(type="matching", content=content, key={"pairs": right}))


def checked(built: Built) -> Built:
    """Return the question as its type writes it, or tell what the type has against it."""
    try:
        content, key = registry.get(built.type).parse(built.content, built.key)
    except InvalidQuestion as error:
        field, messages = next(iter(error.errors.items()))
        raise Unfit(
            "invalid_question",
            _("The question cannot be used: %(field)s: %(message)s") % {"field": field, "message": messages[0]},
            _("Correct it in the file, and import it again."),
        ) from error
    return Built(type=built.type, content=content.as_json(), key=key.as_json())


def numerical_answer(text: str) -> dict[str, Any]:
    """Read ``3.14``, ``3.14:0.01`` (tolerance), ``1..5`` (range) or ``*`` (anything) into an answer of the key."""
    text = text.strip()
    if text in ("", "*"):
        return {"any": True}
    low, dots, high = text.partition("..")
    if dots:
        return {"minimum": number_text(low), "maximum": number_text(high)}
    value, colon, tolerance = text.partition(":")
    return {"value": number_text(value), "tolerance": number_text(tolerance) if colon else "0"}


def number_text(text: str) -> str:
    """Return a number of a file as keys write it; a lone comma is a decimal comma there."""
    number = read_number(text, decimal_comma="," in text and "." not in text)
    written = None if number is None else in_digits(number)
    if number is None:
        raise Unfit(
            "not_a_number",
            _("%(text)s is not a number.") % {"text": text.strip()[:40] or "“”"},
            _("Write numbers like 1.5, -3 or 2e-3."),
        )
    return written or text.strip().replace(",", ".")


def numerical_question(
    stem_html: str, answers: Sequence[dict[str, Any]], *, content: dict[str, Any] | None = None, **key: Any
) -> Built:
    """Build a numerical question from answers of the key whose ``fraction`` is still a number."""
    written = [{**answer, "fraction": marks.part_text(max(answer["fraction"], Fraction(0)))} for answer in answers]
    return checked(
        Built(type="numerical", content={"stem_html": stem_html, **(content or {})}, key={"answers": written, **key})
    )


def inverse(number: str) -> str:
    """Return one over a number of a file, as keys write factors; 28 digits where it does not end."""
    exact = read_number(number)
    if not exact or exact < 0:
        raise Unfit(
            "bad_unit",
            _("The multiplier %(text)s of a unit is not above 0.") % {"text": number[:40]},
            _("Correct the unit in the file, and import it again."),
        )
    return in_digits(1 / exact) or format(Decimal(exact.denominator) / Decimal(exact.numerator), "f")[:40]
