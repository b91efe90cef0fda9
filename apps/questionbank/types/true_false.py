"""True or false.

content  {"stem_html": "…"}
key      {"correct": true, "feedback": {"true": "…", "false": "…"}, "outcome_feedback": {…}}
answer   true or false
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from . import acceptance, marks
from .kind import Kind
from .shapes import OutcomeFeedback, Report, Shape, check_html, check_known, outcome_feedback


class TrueFalseContent(Shape, frozen=True, kw_only=True):
    """A statement to judge."""

    stem_html: str


class TrueFalseKey(Shape, frozen=True, kw_only=True):
    """Whether the statement holds, and feedback by what was answered."""

    correct: bool
    feedback: dict[str, str] = {}
    outcome_feedback: OutcomeFeedback = OutcomeFeedback()


class TrueFalse(Kind[TrueFalseContent, TrueFalseKey]):
    """Judge a statement."""

    code = "true_false"
    content_shape = TrueFalseContent
    key_shape = TrueFalseKey

    def _check(self, report: Report, content: TrueFalseContent, key: TrueFalseKey) -> None:
        check_html(report, "content.stem_html", content.stem_html)
        check_known(report, "key.feedback", key.feedback, ("true", "false"))
        for name, html in key.feedback.items():
            check_html(report, f"key.feedback.{name}", html, may_be_blank=True)

    def accepts(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": self.code}

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        return [] if acceptance.fits(self.accepts(content), payload) else [_("Answer true or false.")]

    def option_ids(self, content: Mapping[str, Any]) -> list[str]:
        return []

    def public(self, content: Mapping[str, Any], order: Iterable[str] = ()) -> dict[str, Any]:
        return {"stem_html": content["stem_html"]}

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        return marks.rounded(Fraction(payload is key["correct"]))

    def correct_answer(self, key: Mapping[str, Any]) -> bool:
        return bool(key["correct"])

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        own = key.get("feedback", {}).get(str(payload).lower()) if isinstance(payload, bool) else None
        return [html for html in (own, *outcome_feedback(key, self.mark(key, payload))) if html]

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        return (_("True") if payload else _("False")) if isinstance(payload, bool) else ""
