"""Single choice and multiple choice.

content  {"stem_html": "…", "options": [{"id": "a1", "html": "…"}, …], "shuffle": true}
key      {"fractions": {"a1": "1", "a2": "-1/4"}, "feedback": {"a2": "…"}, "outcome_feedback": {…}, "floor": "-1/4"}
         multiple choice also: "policy": "fractions" (each chosen option brings its part) or "all_or_nothing"
answer   "a1"   or   ["a1", "a3"]

Options without a fraction count 0. ``floor`` is the lowest mark; 0 unless the author wants wrong answers to cost.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, TypeVar

from django.utils.translation import gettext as _

from apps.core import richtext

from . import acceptance, marks
from .kind import Kind
from .shapes import (
    Option,
    OutcomeFeedback,
    Report,
    Shape,
    check_html,
    check_known,
    check_options,
    in_order,
    outcome_feedback,
)


class ChoiceContent(Shape, frozen=True, kw_only=True):
    """What a candidate sees of a choice question. Without ``shuffle`` the options stay in the author's order."""

    stem_html: str
    options: list[Option]
    shuffle: bool = True


class SingleChoiceKey(Shape, frozen=True, kw_only=True):
    """The part of the mark each option brings."""

    fractions: dict[str, str]
    feedback: dict[str, str] = {}
    outcome_feedback: OutcomeFeedback = OutcomeFeedback()
    floor: str = "0"


class MultipleChoiceKey(SingleChoiceKey, frozen=True, kw_only=True):
    """As for single choice, and how the parts make the mark. The right options are those that bring something."""

    policy: Literal["fractions", "all_or_nothing"] = "fractions"


Key = TypeVar("Key", bound=SingleChoiceKey)


class _Choice(Kind[ChoiceContent, Key]):
    """What both choice types share."""

    content_shape = ChoiceContent

    def _check(self, report: Report, content: ChoiceContent, key: Key) -> None:
        check_html(report, "content.stem_html", content.stem_html)
        check_options(report, "content.options", content.options, fewest=2)
        known = [option.id for option in content.options]
        check_known(report, "key.fractions", key.fractions, known)
        check_known(report, "key.feedback", key.feedback, known)
        for option_id, html in key.feedback.items():
            check_html(report, f"key.feedback.{option_id}", html, may_be_blank=True)
        odd = [option_id for option_id, part in key.fractions.items() if not marks.is_part(part)]
        for option_id in odd:
            report.add(f"key.fractions.{option_id}", _("Must be a number from -1 to 1, such as 1/3 or 0.5."))
        if not marks.is_part(key.floor) or marks.parse_part(key.floor) > 0:
            report.add("key.floor", _("Must be from -1 to 0."))
        if not odd:
            self._check_full_mark(report, [marks.parse_part(part) for part in key.fractions.values()])

    def _check_full_mark(self, report: Report, parts: list[Fraction]) -> None:
        raise NotImplementedError

    def accepts(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": self.code, "options": [option["id"] for option in content["options"]]}

    def option_ids(self, content: Mapping[str, Any]) -> list[str]:
        return [option["id"] for option in content["options"]] if content.get("shuffle", True) else []

    def public(self, content: Mapping[str, Any], order: Iterable[str] = ()) -> dict[str, Any]:
        return {"stem_html": content["stem_html"], "options": in_order(content["options"], order)}

    def _words(self, content: Mapping[str, Any], chosen: Iterable[object]) -> str:
        wanted = set(chosen)
        return " · ".join(
            richtext.to_plain_text(option["html"]) or option["id"]
            for option in content["options"]
            if option["id"] in wanted
        )


class SingleChoice(_Choice[SingleChoiceKey]):
    """Choose one of several. More than one may be fully right; then any of them marks 1."""

    code = "single_choice"
    key_shape = SingleChoiceKey

    def _check_full_mark(self, report: Report, parts: list[Fraction]) -> None:
        if max(parts, default=Fraction(0)) != 1:
            report.add("key.fractions", _("No option brings the full mark. Give one the fraction 1."))

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        return [] if acceptance.fits(self.accepts(content), payload) else [_("Choose one of the options.")]

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        part = key["fractions"].get(payload, "0") if isinstance(payload, str) else "0"
        return marks.rounded(marks.parse_part(part), floor=marks.parse_part(key.get("floor", "0")))

    def correct_answer(self, key: Mapping[str, Any]) -> str:
        return next(option_id for option_id, part in key["fractions"].items() if marks.parse_part(part) == 1)

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        own = key.get("feedback", {}).get(payload) if isinstance(payload, str) else None
        return [html for html in (own, *outcome_feedback(key, self.mark(key, payload))) if html]

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        return self._words(content, [payload] if isinstance(payload, str) else [])


class MultipleChoice(_Choice[MultipleChoiceKey]):
    """Choose any number of several."""

    code = "multiple_choice"
    key_shape = MultipleChoiceKey

    def _check_full_mark(self, report: Report, parts: list[Fraction]) -> None:
        if sum(part for part in parts if part > 0) < 1:
            report.add(
                "key.fractions", _("All right options together bring less than the full mark. Make them add up to 1.")
            )

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        fits = acceptance.fits(self.accepts(content), payload)
        return [] if fits else [_("Choose from the options, each at most once.")]

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        chosen = (
            {option_id for option_id in payload if isinstance(option_id, str)} if isinstance(payload, list) else set()
        )
        if key.get("policy") == "all_or_nothing":
            return marks.rounded(Fraction(chosen == set(self.correct_answer(key))))
        exact = sum((marks.parse_part(key["fractions"].get(option_id, "0")) for option_id in chosen), Fraction(0))
        return marks.rounded(exact, floor=marks.parse_part(key.get("floor", "0")))

    def correct_answer(self, key: Mapping[str, Any]) -> list[str]:
        return [option_id for option_id, part in key["fractions"].items() if marks.parse_part(part) > 0]

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        chosen = payload if isinstance(payload, list) else []
        own = [html for option_id, html in key.get("feedback", {}).items() if option_id in chosen]
        return [html for html in (*own, *outcome_feedback(key, self.mark(key, payload))) if html]

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        return self._words(content, payload if isinstance(payload, list) else [])
