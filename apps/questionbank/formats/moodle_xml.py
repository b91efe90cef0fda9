"""Moodle XML: the questions of a Moodle bank with their pictures, feedback and categories."""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, BinaryIO, Final

from django.utils.translation import gettext as _
from lxml import etree

from apps.questionbank.types import marks

from . import assembly, xml_source
from .assembly import Built, Choice
from .gift import category_path
from .markup import Gathering, TextFormat, plain
from .records import (
    MAX_IDNUMBER_LENGTH,
    MAX_TITLE_LENGTH,
    ImportedQuestion,
    NotSupported,
    Position,
    Record,
    Unfit,
)
from .xml_source import Element

_FORMATS: Final[dict[str, TextFormat]] = {
    "html": "html", "markdown": "markdown", "plain_text": "plain", "moodle_auto_format": "auto",
}  # fmt: skip
_UNIT_ENTRY: Final = {"0": "text", "1": "choice", "2": "choice", "3": "none"}  # Moodle's showunits
_OUTCOMES: Final = {
    "correct": "correctfeedback",
    "partial": "partiallycorrectfeedback",
    "incorrect": "incorrectfeedback",
}


def read(file: BinaryIO) -> Iterator[Record]:
    """Yield the questions of a Moodle XML file; ``FileRefused`` comes before the first, if at all."""
    xml_source.check(file, root="quiz", entry="question")
    category: tuple[str, ...] = ()
    number = 0
    for element in xml_source.entries(file, entry="question"):
        kind = element.get("type", "")
        if kind == "category":
            category = category_path(_text(element, "category/text"))
            continue
        number += 1
        yield _Question(element, Position(number=number, line=element.sourceline or 0), category).record(kind)


def _text(element: Element, path: str) -> str:
    return str(element.findtext(path) or "")


def _is_on(element: Element, path: str, *, default: bool) -> bool:
    value = _text(element, path).strip().lower()
    return value in ("1", "true") if value else default


class _Question:
    """One ``<question>`` on its way to a record."""

    def __init__(self, element: Element, position: Position, category: tuple[str, ...]) -> None:
        self.element = element
        self.position = position
        self.category = category
        self.gathering = Gathering()

    def record(self, kind: str) -> Record:
        title = plain(_text(self.element, "name/text"))[:MAX_TITLE_LENGTH]
        build = _BUILDERS.get(kind)
        try:
            if build is None:
                return self._not_supported(kind, title)
            built = self._with_outcome_feedback(build(self))
            explanation_html = self.rich_text(self.element.find("generalfeedback"))
        except Unfit as unfit:
            return unfit.as_problem(self.position, self._source())
        return ImportedQuestion(
            position=self.position,
            source=self._source(),
            type=built.type,
            content=built.content,
            key=built.key,
            title=title,
            explanation_html=explanation_html,
            category=self.category,
            tags=tuple(plain(tag.text or "") for tag in self.element.iterfind("tags/tag/text")),
            idnumber=_text(self.element, "idnumber").strip()[:MAX_IDNUMBER_LENGTH],
            media=tuple(self.gathering.media.values()),
            notices=tuple(self.gathering.notices),
        )

    def _not_supported(self, kind: str, title: str) -> NotSupported:
        for node in self.element.iter("file"):
            self.gathering.add_file(node.get("name", ""), _decoded(node))
        return NotSupported(
            position=self.position,
            type_name=kind,
            source=self._source(),
            title=title,
            category=self.category,
            media=tuple(self.gathering.media.values()),
        )

    def _source(self) -> str:
        """Return the question as it stands in the file; instead of each file inside, its SHA-256."""
        text: str = etree.tostring(self.element, encoding="unicode", with_tail=False)
        known = {media.name: media.sha256 for media in self.gathering.media.values()}
        return re.sub(
            r'(<file\b[^>]*?(?:\sname="([^"]*)")?[^>]*>)[^<]*(</file>)|(<image_base64>)[^<]*',
            lambda match: match[4] or f"{match[1]}{known.get(match[2] or '', '')}{match[3]}",
            text,
        )

    def rich_text(self, node: Element | None, *, default: TextFormat = "auto") -> str:
        """Return the rich text of an element with ``<text>`` and perhaps files beside it."""
        if node is None:
            return ""
        files = {child.get("name", ""): _decoded(child) for child in node.iterfind("file")}
        text_format = _FORMATS.get(node.get("format", ""), default)
        return self.gathering.rich_text(_text(node, "text"), text_format, files)

    def stem_html(self) -> str:
        """Return the question text, with the one picture that Moodle 1.9 kept beside it."""
        stem = self.rich_text(self.element.find("questiontext"), default="html")
        name, data = _text(self.element, "image").strip(), self.element.find("image_base64")
        if not name:
            return stem
        if data is None or not (data.text or "").strip():
            self.gathering.notice(
                "missing_media", _("The file %(name)s is not in the import and was left out.") % {"name": name[:200]}
            )
            return stem
        alternative = name.rsplit("/", 1)[-1]
        sha256 = self.gathering.add_file(alternative, _decoded(data))
        picture = etree.Element("img", src=f"media:{sha256}", alt=alternative)
        return f"{stem}<p>{etree.tostring(picture, encoding='unicode', method='html')}</p>"

    def choices(self, *, is_pattern: bool = False) -> list[Choice]:
        """Return the ``<answer>`` elements with their percentage."""
        return [
            Choice(
                text=_text(node, "text").strip() if is_pattern else self.rich_text(node),
                percentage=assembly.percentage(node.get("fraction", "0")),
                feedback_html=self.rich_text(node.find("feedback")),
            )
            for node in self.element.iterfind("answer")
        ]

    def _with_outcome_feedback(self, built: Built) -> Built:
        found = {outcome: self.rich_text(self.element.find(tag)) for outcome, tag in _OUTCOMES.items()}
        kept = {outcome: html for outcome, html in found.items() if html}
        return replace(built, key={**built.key, "outcome_feedback": kept}) if kept else built


def _decoded(node: Element) -> bytes:
    if node.get("encoding", "base64") != "base64":
        return (node.text or "").encode()
    try:
        return base64.b64decode("".join((node.text or "").split()))
    except (binascii.Error, ValueError) as error:
        raise Unfit(
            "broken_media",
            _("The file %(name)s inside the question is damaged.") % {"name": node.get("name", "")},
            _("Export the question again."),
        ) from error


def _choice(question: _Question) -> Built:
    return assembly.choice_question(
        question.gathering,
        question.stem_html(),
        question.choices(),
        is_single=_is_on(question.element, "single", default=True),
        shuffle=_is_on(question.element, "shuffleanswers", default=True),
    )


def _true_false(question: _Question) -> Built:
    by_name: dict[str, tuple[Fraction, str]] = {}
    for node in question.element.iterfind("answer"):
        fraction = assembly.percentage(node.get("fraction", "0"))
        by_name[_text(node, "text").strip().lower()] = fraction, question.rich_text(node.find("feedback"))
    right = [name for name, (fraction, _feedback) in by_name.items() if fraction == 100]
    if right not in (["true"], ["false"]):
        raise Unfit(
            "no_full_mark",
            _("Neither “true” nor “false” alone is worth 100 %."),
            _("Give the right one 100 % in the file, and import it again."),
        )
    when_true, when_false = (by_name.get(name, (Fraction(0), ""))[1] for name in ("true", "false"))
    return assembly.true_false_question(
        question.stem_html(), is_true=right == ["true"], when_true=when_true, when_false=when_false
    )


def _short_answer(question: _Question) -> Built:
    return assembly.short_answer_question(
        question.stem_html(),
        question.choices(is_pattern=True),
        is_case_sensitive=_is_on(question.element, "usecase", default=False),
    )


def _matching(question: _Question) -> Built:
    pairs = [
        (question.rich_text(node), question.rich_text(node.find("answer")))
        for node in question.element.iterfind("subquestion")
    ]
    shuffle = _is_on(question.element, "shuffleanswers", default=True)
    return assembly.matching_question(question.stem_html(), pairs, shuffle=shuffle)


def _numerical(question: _Question) -> Built:
    answers = []
    for node in question.element.iterfind("answer"):
        answer = assembly.numerical_answer(_text(node, "text"))
        if "value" in answer:
            answer["tolerance"] = assembly.number_text(_text(node, "tolerance").strip() or "0")
        part = assembly.exact_part(assembly.percentage(node.get("fraction", "0")))
        answers.append({**answer, "fraction": part, "feedback_html": question.rich_text(node.find("feedback"))})
    return assembly.numerical_question(question.stem_html(), answers, **_units(question.element))


def _units(element: Element) -> dict[str, Any]:
    """Return what a question says of units. Moodle's multiplier says how many of the unit make one base unit."""
    factors = {}
    for node in element.iterfind("units/unit"):
        multiplier = assembly.number_text(_text(node, "multiplier").strip() or "1")
        factors[_text(node, "unit_name").strip()] = assembly.inverse(multiplier)
    factors.pop("", None)
    if not factors:
        return {}
    entry = _UNIT_ENTRY.get(_text(element, "showunits").strip(), "text")
    is_graded = _text(element, "unitgradingtype").strip() in ("1", "2")
    found: dict[str, Any] = {
        "content": {"unit_entry": entry, "units": list(factors) if entry == "choice" else []},
        "unit_factors": factors,
        "is_unit_required": is_graded and entry != "none",
    }
    penalty = _text(element, "unitpenalty").strip()
    if is_graded and penalty:
        found["unit_penalty"] = marks.part_text(assembly.exact_part(assembly.percentage(penalty) * 100))
    return found


_BUILDERS: Final[dict[str, Callable[[_Question], Built]]] = {
    "multichoice": _choice,
    "truefalse": _true_false,
    "shortanswer": _short_answer,
    "matching": _matching,
    "numerical": _numerical,
}
