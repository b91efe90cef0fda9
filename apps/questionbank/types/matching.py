"""Matching: give each premise one of the choices.

content  {"stem_html": "…", "shuffle": true,
          "premises": [{"id": "p1", "html": "…"}], "choices": [{"id": "c1", "html": "…"}]}
key      {"pairs": {"p1": "c1"}, "policy": "per_pair" | "all_or_nothing", "outcome_feedback": {…}}
answer   {"p1": "c1"}   premises may be missing

A choice may be right for several premises or for none (a distractor). Every right pair brings the same part.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

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


class MatchingContent(Shape, frozen=True, kw_only=True):
    """What is to be matched with what. Ids are unique over both lists."""

    stem_html: str
    premises: list[Option]
    choices: list[Option]
    shuffle: bool = True


class MatchingKey(Shape, frozen=True, kw_only=True):
    """The right choice of every premise."""

    pairs: dict[str, str]
    policy: Literal["per_pair", "all_or_nothing"] = "per_pair"
    outcome_feedback: OutcomeFeedback = OutcomeFeedback()


class Matching(Kind[MatchingContent, MatchingKey]):
    """Match premises with choices."""

    code = "matching"
    content_shape = MatchingContent
    key_shape = MatchingKey

    def _check(self, report: Report, content: MatchingContent, key: MatchingKey) -> None:
        check_html(report, "content.stem_html", content.stem_html)
        check_options(report, "content.premises", content.premises, fewest=1)
        check_options(report, "content.choices", content.choices, fewest=1)
        premises, choices = ([one.id for one in many] for many in (content.premises, content.choices))
        for shared in sorted(set(premises) & set(choices)):
            report.add("content.choices", _("The id %(id)s is also a premise's.") % {"id": shared})
        check_known(report, "key.pairs", key.pairs, premises)
        check_known(report, "key.pairs", key.pairs.values(), choices)
        for missing in [premise for premise in premises if premise not in key.pairs]:
            report.add(f"key.pairs.{missing}", _("This premise has no right choice."))

    def accepts(self, content: Mapping[str, Any]) -> dict[str, Any]:
        premises, choices = ([one["id"] for one in content[name]] for name in ("premises", "choices"))
        return {"type": self.code, "premises": premises, "choices": choices}

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        fits = acceptance.fits(self.accepts(content), payload)
        return [] if fits else [_("Give each item one of the choices offered.")]

    def option_ids(self, content: Mapping[str, Any]) -> list[str]:
        if not content.get("shuffle", True):
            return []
        return [one["id"] for name in ("premises", "choices") for one in content[name]]

    def public(self, content: Mapping[str, Any], order: Iterable[str] = ()) -> dict[str, Any]:
        order = list(order)
        return {
            "stem_html": content["stem_html"],
            "premises": in_order(content["premises"], order),
            "choices": in_order(content["choices"], order),
        }

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        given = payload if isinstance(payload, dict) else {}
        right = sum(given.get(premise) == choice for premise, choice in key["pairs"].items())
        exact = Fraction(right, len(key["pairs"]))
        return marks.rounded(Fraction(exact == 1) if key.get("policy") == "all_or_nothing" else exact)

    def correct_answer(self, key: Mapping[str, Any]) -> dict[str, str]:
        return dict(key["pairs"])

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        return outcome_feedback(key, self.mark(key, payload))

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        given = payload if isinstance(payload, dict) else {}
        words = {
            one["id"]: richtext.to_plain_text(one["html"]) or one["id"]
            for name in ("premises", "choices")
            for one in content[name]
        }
        premises = [one["id"] for one in content["premises"] if one["id"] in given]
        return " · ".join(f"{words[premise]} → {words.get(given[premise], '?')}" for premise in premises)
