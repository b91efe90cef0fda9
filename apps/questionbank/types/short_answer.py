"""Short answers in the candidate's own words.

content  {"stem_html": "…", "max_length": 255}
key      {"patterns": [{"text": "Naz*reth", "fraction": "1", "feedback_html": "…"}, {"text": "*", "fraction": "0"}],
          "is_case_sensitive": false, "is_accent_sensitive": true, "normalisation": "NFC"}
answer   "Nazareth"

The first pattern that matches decides, so one that catches more belongs below. ``*`` stands for anything, also
nothing; ``\\*`` for a star.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from . import acceptance, marks
from .comparison import WILDCARD, Normalisation, comparable, mark_wildcards, matches
from .kind import Kind
from .shapes import OutcomeFeedback, Report, Shape, check_html, outcome_feedback

DEFAULT_MAX_LENGTH: Final = 255
MAX_LENGTH: Final = 1_000  # longer is an essay
MAX_PATTERNS: Final = 200


class ShortAnswerContent(Shape, frozen=True, kw_only=True):
    """A question to answer in a few words."""

    stem_html: str
    max_length: int = DEFAULT_MAX_LENGTH


class Pattern(Shape, frozen=True, kw_only=True):
    """One accepted wording and the part of the mark it brings."""

    text: str
    fraction: str = "1"
    feedback_html: str = ""


class ShortAnswerKey(Shape, frozen=True, kw_only=True):
    """Accepted wordings, and what counts as a difference."""

    patterns: list[Pattern]
    is_case_sensitive: bool = False
    is_accent_sensitive: bool = True
    normalisation: Normalisation = "NFC"
    outcome_feedback: OutcomeFeedback = OutcomeFeedback()


class ShortAnswer(Kind[ShortAnswerContent, ShortAnswerKey]):
    """Answer in a few words."""

    code = "short_answer"
    content_shape = ShortAnswerContent
    key_shape = ShortAnswerKey

    def _check(self, report: Report, content: ShortAnswerContent, key: ShortAnswerKey) -> None:
        check_html(report, "content.stem_html", content.stem_html)
        if not 1 <= content.max_length <= MAX_LENGTH:
            report.add("content.max_length", _("Must be from 1 to %(limit)d.") % {"limit": MAX_LENGTH})
        _check_patterns(report, key)
        if not report.errors and len(self.correct_answer(key.as_json())) > content.max_length:
            report.add("content.max_length", _("The right answer is longer. Allow more characters."))

    def accepts(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {"type": self.code, "max_length": content.get("max_length", DEFAULT_MAX_LENGTH)}

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        accepts = self.accepts(content)
        if acceptance.fits(accepts, payload):
            return []
        return [_("Write a text of at most %(limit)d characters.") % {"limit": accepts["max_length"]}]

    def option_ids(self, content: Mapping[str, Any]) -> list[str]:
        return []

    def public(self, content: Mapping[str, Any], order: Iterable[str] = ()) -> dict[str, Any]:
        return {"stem_html": content["stem_html"], "max_length": content.get("max_length", DEFAULT_MAX_LENGTH)}

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        pattern = _deciding(key, payload)
        return marks.rounded(marks.parse_part(pattern.get("fraction", "1"))) if pattern else marks.ZERO

    def correct_answer(self, key: Mapping[str, Any]) -> str:
        full = (one["text"] for one in key["patterns"] if marks.parse_part(one.get("fraction", "1")) == 1)
        return mark_wildcards(next(full, "")).replace(WILDCARD, "")

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        own = (_deciding(key, payload) or {}).get("feedback_html")
        return [html for html in (own, *outcome_feedback(key, self.mark(key, payload))) if html]

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        return payload if isinstance(payload, str) else ""


def _deciding(key: Mapping[str, Any], payload: object) -> Mapping[str, Any] | None:
    """Return the first pattern that matches. An empty answer matches none."""
    if not isinstance(payload, str) or not payload.strip():
        return None
    typed = _comparable(key, payload.replace(WILDCARD, ""))
    for pattern in key["patterns"]:
        if matches(_comparable(key, mark_wildcards(pattern["text"])), typed):
            return pattern
    return None


def _comparable(key: Mapping[str, Any], text: str) -> str:
    return comparable(
        text,
        is_case_sensitive=key.get("is_case_sensitive", False),
        is_accent_sensitive=key.get("is_accent_sensitive", True),
        normalisation=key.get("normalisation", "NFC"),
    )


def _check_patterns(report: Report, key: ShortAnswerKey) -> None:
    if not 1 <= len(key.patterns) <= MAX_PATTERNS:
        report.add("key.patterns", _("Needs 1 to %(most)d answers.") % {"most": MAX_PATTERNS})
    for number, pattern in enumerate(key.patterns):
        at = f"key.patterns.{number}"
        check_html(report, f"{at}.feedback_html", pattern.feedback_html, may_be_blank=True)
        if not pattern.text.strip() or len(pattern.text) > MAX_LENGTH:
            report.add(f"{at}.text", _("Needs 1 to %(limit)d characters.") % {"limit": MAX_LENGTH})
        if not marks.is_part(pattern.fraction) or marks.parse_part(pattern.fraction) < 0:
            report.add(f"{at}.fraction", _("Must be a number from 0 to 1, such as 1/2 or 0.5."))
