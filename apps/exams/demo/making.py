"""From a question as its author wrote it to a draft of the bank. Pure but for the drawing of pictures."""

import hashlib
import html
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from apps.core import richtext
from apps.questionbank.drafts import QuestionDraft
from apps.questionbank.models import QuestionType

from .drawing import Card
from .questions import Question

DECIMAL_COMMA = {"fr"}
"""Languages whose readers write 2,5."""
RIGHT_TO_LEFT = {"ar"}
_FORMULA = re.compile(r"<span data-tex=.*?</span>", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]{2}|[\u0600-\u06ff\u4e00-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class DrawnPicture:
    """A picture as it is stored; questions name it by its hash."""

    content: bytes
    sha256: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class MadeQuestion:
    """What comes into the bank."""

    draft: QuestionDraft
    difficulty: str
    idnumber: str
    picture: DrawnPicture | None


def make_question(question: Question, *, language: str, idnumber: str) -> MadeQuestion:
    """Return the draft of a question. Its entries stand in an order that does not tell which are right."""
    picture = None
    stem = _rich(question.stem.replace("{picture}", ""), language, tag="p" if "<pre>" not in question.stem else "div")
    if question.picture is not None:
        picture = _drawn(question.picture.draw)
        alt, width, height = html.escape(question.picture.alt), picture.width, picture.height
        shown = f'<img src="media:{picture.sha256}" alt="{alt}" width="{width}" height="{height}">'
        stem += f"<p{_language_marks(language)}>{shown}</p>"
    parts = _Parts(question=question, language=language, stem=stem)
    content, key = _MAKERS[question.type](parts)
    return MadeQuestion(
        draft=QuestionDraft(
            type=question.type.value, content=content, key=key, explanation_html=_rich(question.why, language, tag="p")
        ),
        difficulty=question.level.value,
        idnumber=idnumber,
        picture=picture,
    )


@cache
def _drawn(draw: Callable[[], Card]) -> DrawnPicture:
    """Draw a picture once, however many questions show it."""
    card = draw()
    content = card.png()
    return DrawnPicture(
        content=content, sha256=hashlib.sha256(content).hexdigest(), width=card.width, height=card.height
    )


@dataclass(frozen=True, kw_only=True)
class _Parts:
    question: Question
    language: str
    stem: str

    def shuffled(self, entries: Sequence[Any]) -> list[Any]:
        """Return entries in an order that depends on the question alone."""
        mixed = list(entries)
        random.Random(f"entries {self.question.stem} {self.question.right}").shuffle(mixed)  # noqa: S311 - as meant
        return mixed

    def options(self, texts: Sequence[str], letter: str) -> list[dict[str, str]]:
        """Return the entries of a list."""
        return [
            {"id": f"{letter}{place}", "html": _rich(text, self.language, tag="span")}
            for place, text in enumerate(texts, start=1)
        ]


Made = tuple[dict[str, Any], dict[str, Any]]


def _choice(parts: _Parts) -> tuple[list[dict[str, str]], dict[str, bool]]:
    question = parts.question
    texts = parts.shuffled([*question.right, *question.wrong])
    options = parts.options(texts, "a")
    return options, {option["id"]: text in question.right for option, text in zip(options, texts, strict=True)}


def _single_choice(parts: _Parts) -> Made:
    options, rightness = _choice(parts)
    fractions = {option: "1" for option, is_right in rightness.items() if is_right}
    return {"stem_html": parts.stem, "options": options}, {"fractions": fractions}


def _multiple_choice(parts: _Parts) -> Made:
    """Right options share the mark; wrong ones cost together as much, so that choosing everything earns nothing."""
    options, rightness = _choice(parts)
    gain, loss = Fraction(1, len(parts.question.right)), Fraction(-1, len(parts.question.wrong))
    fractions = {option: str(gain if is_right else loss) for option, is_right in rightness.items()}
    return {"stem_html": parts.stem, "options": options}, {"fractions": fractions}


def _true_false(parts: _Parts) -> Made:
    return {"stem_html": parts.stem}, {"correct": parts.question.is_true}


def _numerical(parts: _Parts) -> Made:
    question = parts.question
    answer = {"value": _plain(question.value), "tolerance": _plain(question.tolerance)}
    content: dict[str, Any] = {"stem_html": parts.stem}
    key: dict[str, Any] = {"answers": [answer], "decimal_comma": parts.language in DECIMAL_COMMA}
    if question.unit:
        factors = {question.unit: "1", **{unit: _plain(size) for unit, size in question.other_units}}
        content |= {"unit_entry": "choice", "units": list(factors)}
        key |= {"unit_factors": factors, "is_unit_required": len(factors) > 1}
    return content, key


def _short_answer(parts: _Parts) -> Made:
    key = {
        "patterns": [{"text": text.replace("*", r"\*")} for text in parts.question.right],
        "is_accent_sensitive": False,
        "normalisation": "NFKC",
    }
    return {"stem_html": parts.stem}, key


def _matching(parts: _Parts) -> Made:
    """Choices go without the mark of their language: lists to choose from show plain text."""
    question = parts.question
    choices = parts.shuffled([*(choice for _premise, choice in question.pairs), *question.extra])
    premises = parts.options([premise for premise, _choice in question.pairs], "p")
    shown = [{"id": f"c{place}", "html": richtext.from_html(text)} for place, text in enumerate(choices, start=1)]
    pairs = {
        premise["id"]: f"c{choices.index(choice) + 1}"
        for premise, (_text, choice) in zip(premises, question.pairs, strict=True)
    }
    return {"stem_html": parts.stem, "premises": premises, "choices": shown}, {"pairs": pairs}


_MAKERS = {
    QuestionType.SINGLE_CHOICE: _single_choice,
    QuestionType.MULTIPLE_CHOICE: _multiple_choice,
    QuestionType.TRUE_FALSE: _true_false,
    QuestionType.NUMERICAL: _numerical,
    QuestionType.SHORT_ANSWER: _short_answer,
    QuestionType.MATCHING: _matching,
}


def _rich(text: str, language: str, *, tag: str) -> str:
    """Return rich text that says which language its words are in, where that is not the page's English."""
    rich = richtext.from_html(text)
    if language == "en" or not _LETTER.search(_FORMULA.sub("", rich)):
        return rich
    return f"<{tag}{_language_marks(language)}>{rich}</{tag}>"


def _language_marks(language: str) -> str:
    if language == "en":
        return ""
    return f' lang="{language}" dir="rtl"' if language in RIGHT_TO_LEFT else f' lang="{language}"'


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
