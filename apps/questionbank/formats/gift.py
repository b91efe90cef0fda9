r"""GIFT, the plain-text question format.

    // [id:42] [tag:easy]                       comment; ids and tags of the next question
    $CATEGORY: $course$/top/Algebra
    ::Title::[html]Stem {=right ~wrong#feedback ~%-50%costs ####general feedback} rest of the sentence

Questions are separated by blank lines; a backslash before ``~ = # { } :`` makes them text, ``\n`` is a line break. A
blank line inside braces is tolerated where it is clear that the braces still close.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TextIO

from django.utils.translation import gettext as _

from . import assembly
from .assembly import Built, Choice
from .markup import BLANK, Gathering, TextFormat, plain
from .records import (
    MAX_FIELD_LENGTH,
    MAX_IDNUMBER_LENGTH,
    MAX_TITLE_LENGTH,
    ImportedQuestion,
    NotSupported,
    Position,
    Record,
    Unfit,
)

_ESCAPED: Final = re.compile(r"\\([~=#{}:\\n])")
_SHELF: Final = 0xF0000  # escaped characters wait here, in the private planes, until the structure is read
_UNSHELVE: Final = {_SHELF + ord(character): character for character in "~=#{}:\\"} | {_SHELF + ord("n"): "\n"}
_TEX_WITH_N: Final = re.compile(r"(?<!\\)\\n(?=(?:e|eq|u|ot|otin|i|abla|mid|leq|geq|parallel|exists)(?![a-zA-Z]))")
_MATHEMATICS: Final = re.compile(r"\\{1,2}\(.*?\\{1,2}\)|\\{1,2}\[.*?\\{1,2}\]|\$\$.*?\$\$", re.DOTALL)

_COMMENT: Final = re.compile(r"\s*//")
_CATEGORY: Final = re.compile(r"\s*\$CATEGORY\s*:\s*(.*)")
_ID: Final = re.compile(r"\[id:([^\]]*)\]")
_TAG: Final = re.compile(r"\[tag:([^\]]*)\]")
_TITLE: Final = re.compile(r"\s*::(.*?)::", re.DOTALL)
_FORMAT: Final = re.compile(r"\s*\[(html|markdown|plain|moodle)\]")
_TRUE_FALSE: Final = re.compile(r"\s*(T|TRUE|F|FALSE)\s*(?=#|$)", re.IGNORECASE)
_ANSWER: Final = re.compile(r"([=~])([^=~]*)")
_WEIGHT: Final = re.compile(r"\s*%(-?[\d.]+)%")
_FORMATS: Final[dict[str, TextFormat]] = {
    "html": "html", "markdown": "markdown", "plain": "plain", "moodle": "auto",
}  # fmt: skip
_STARTS_ANSWERS: Final = re.compile(r"\s*(?:[=~#]|(?:T|TRUE|F|FALSE)\s*(?:#|$)|$)", re.IGNORECASE)


@dataclass
class _Chunk:
    """The lines of one question as they stand, its text without comments, and what its comments say."""

    line: int
    source: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    idnumber: str = ""
    tags: list[str] = field(default_factory=list)

    def has_text(self) -> bool:
        return any(line.strip() for line in self.text)


@dataclass(frozen=True)
class _Parts:
    """A question's text taken apart; everything still has its escaped characters on the shelf."""

    title: str
    before: str
    answers: str | None  # None: no answer block at all
    after: str
    text_format: TextFormat


def read(stream: TextIO) -> Iterator[Record]:
    """Yield the questions of a GIFT text, streaming."""
    category: tuple[str, ...] = ()
    number = 0
    for found in _chunks(stream):
        if isinstance(found, tuple):
            category = found
            continue
        number += 1
        yield _question(found, Position(number=number, line=found.line), category)


def category_path(text: str) -> tuple[str, ...]:
    """Split a category at single slashes (``//`` is a slash in a name), without the context and ``top``."""
    parts = [part.replace("\0", "/").strip() for part in text.replace("//", "\0").split("/")]
    parts = [part for part in parts if part]
    if parts and re.fullmatch(r"\$\w+\$", parts[0]):
        parts = parts[1:]
    return tuple(parts[1:] if parts and parts[0].lower() == "top" else parts)


def _chunks(stream: TextIO) -> Iterator[_Chunk | tuple[str, ...]]:
    """Yield categories, and chunks of lines that are one question each."""
    lines = _Lines(stream)
    chunk = _Chunk(line=1)
    while (line := lines.take()) is not None:
        if line.strip() and (match := _CATEGORY.fullmatch(_shelve(line).strip())):
            if chunk.has_text():
                yield chunk
            yield category_path(_unshelve(match[1]))
            chunk = _Chunk(line=lines.number + 1)
        elif line.strip():
            _add(chunk, line, lines.number)
        elif not chunk.has_text():
            chunk = _Chunk(line=lines.number + 1) if not (chunk.idnumber or chunk.tags) else chunk
        elif _depth(chunk.text) <= 0 or not _closes_further_on(chunk, lines):
            yield chunk
            chunk = _Chunk(line=lines.number + 1)
        else:
            _add(chunk, line, lines.number)
    if chunk.has_text():
        yield chunk


class _Lines:
    """Lines of a stream, numbered, with a look ahead."""

    def __init__(self, stream: Iterable[str]) -> None:
        self.number = 0
        self._stream = (line.rstrip("\r\n") for line in stream)
        self._ahead: list[str] = []

    def take(self) -> str | None:
        line = self._ahead.pop(0) if self._ahead else next(self._stream, None)
        self.number += line is not None
        return line

    def look_ahead(self, limit: int) -> Iterator[str]:
        """Yield up to ``limit`` coming lines without taking them."""
        for place in range(limit):
            if place == len(self._ahead):
                line = next(self._stream, None)
                if line is None:
                    return
                self._ahead.append(line)
            yield self._ahead[place]


def _add(chunk: _Chunk, line: str, number: int) -> None:
    if not chunk.source:
        chunk.line = number
    chunk.source.append(line)
    if _COMMENT.match(line):
        chunk.idnumber = next((match.strip() for match in _ID.findall(line)), chunk.idnumber)
        chunk.tags.extend(match.strip() for match in _TAG.findall(line))
        return
    if not chunk.has_text():
        chunk.line = number
    chunk.text.append(line)


def _depth(lines: list[str]) -> int:
    text = _shelve("\n".join(lines))
    return text.count("{") - text.count("}")


def _closes_further_on(chunk: _Chunk, lines: _Lines, limit: int = 200) -> bool:
    """Whether, after a blank line, the open brace closes before anything that only a new question can start with."""
    depth = _depth(chunk.text)
    for line in lines.look_ahead(limit):
        if _COMMENT.match(line):
            continue
        if _CATEGORY.fullmatch(line.strip()) or line.lstrip().startswith("::"):
            return False
        shelved = _shelve(line)
        opening, closing = shelved.find("{"), shelved.find("}")
        if opening >= 0 and not 0 <= closing < opening:
            return False
        depth -= shelved.count("}")
        if depth <= 0:
            return True
    return False


def _shelve(text: str) -> str:
    r"""Put escaped characters aside. In formulas ``\neq`` and the like are TeX, not line breaks."""
    if "\\" not in text:
        return text
    text = _MATHEMATICS.sub(lambda match: _TEX_WITH_N.sub(lambda _n: chr(_SHELF + ord("\\")) + "n", match[0]), text)
    return _ESCAPED.sub(lambda match: chr(_SHELF + ord(match[1])), text)


def _unshelve(text: str) -> str:
    return text.translate(_UNSHELVE)


def _question(chunk: _Chunk, position: Position, category: tuple[str, ...]) -> Record:
    source = "\n".join(chunk.source).strip()
    gathering = Gathering()
    try:
        parts = _take_apart(_shelve("\n".join(chunk.text)))
        if kind := _unsupported_kind(parts):
            return NotSupported(position=position, type_name=kind, source=source, title=parts.title, category=category)
        answers, _sign, explanation = (parts.answers or "").partition("####")
        built = _build(gathering, parts, answers)
        explanation_html = _rich(gathering, explanation, parts.text_format)
    except Unfit as unfit:
        return unfit.as_problem(position, source)
    return ImportedQuestion(
        position=position,
        source=source,
        type=built.type,
        content=built.content,
        key=built.key,
        title=parts.title,
        explanation_html=explanation_html,
        category=category,
        tags=tuple(chunk.tags),
        idnumber=chunk.idnumber[:MAX_IDNUMBER_LENGTH],
        media=tuple(gathering.media.values()),
        notices=tuple(gathering.notices),
    )


def _take_apart(text: str) -> _Parts:
    title = ""
    if match := _TITLE.match(text):
        title = plain(_unshelve(match[1]))[:MAX_TITLE_LENGTH]
        text = text[match.end() :]
    text_format: TextFormat = "auto"
    if match := _FORMAT.match(text):
        text_format = _FORMATS[match[1]]
        text = text[match.end() :]
    block = _answer_block(text)
    if block is None:
        return _Parts(title, text, None, "", text_format)
    return _Parts(title, text[: block[0]], text[block[0] + 1 : block[1]], text[block[1] + 1 :], text_format)


def _answer_block(text: str) -> tuple[int, int] | None:
    """Return where the answer block opens and closes. Braces that hold no answers (as of TeX) belong to the text."""
    blocks: list[tuple[int, int]] = []
    depth = start = 0
    for match in re.finditer(r"[{}]", text):
        depth += 1 if match[0] == "{" else -1
        if depth == 1 and match[0] == "{":
            start = match.start()
        elif depth == 0:
            blocks.append((start, match.start()))
        elif depth < 0:
            break
    if depth != 0:
        raise Unfit(
            "unbalanced_brace",
            _("A curly brace is opened and never closed.")
            if depth > 0
            else _("A curly brace is closed and was never opened."),
            _("Add the missing brace, or write \\{ or \\} where a brace is part of the text."),
        )
    likely = [block for block in blocks if _STARTS_ANSWERS.match(text[block[0] + 1 : block[1]])]
    if not likely and blocks:
        raise Unfit(
            "unknown_answers",
            _("What stands between the braces is no answer: it starts with none of = ~ # T F."),
            _("Write = before right and ~ before wrong answers."),
        )
    return likely[-1] if likely else None


def _unsupported_kind(parts: _Parts) -> str | None:
    if parts.answers is None:
        return "description"
    return "essay" if not parts.answers.partition("####")[0].strip() else None


def _stem(parts: _Parts) -> str:
    """Return the question's text; an answer block inside a sentence leaves a blank."""
    if not parts.after.strip():
        return parts.before
    blank = BLANK if parts.text_format != "markdown" else BLANK.replace("_", "\\_")
    return " ".join(part for part in (parts.before.rstrip(), blank, parts.after.lstrip()) if part)


def _rich(gathering: Gathering, text: str, text_format: TextFormat) -> str:
    """Return rich text for a piece of the question, which may start with a format of its own.

    Line ends of the file are only how it was wrapped, except in Markdown; an escaped ``\\n`` is a line break.
    """
    if match := _FORMAT.match(text):
        text_format = _FORMATS[match[1]]
        text = text[match.end() :]
    if text_format != "markdown":
        text = re.sub(r"\s*\n\s*", " ", text)
    return gathering.rich_text(_unshelve(text.strip()), text_format)


def _build(gathering: Gathering, parts: _Parts, answers: str) -> Built:
    if len(answers) > MAX_FIELD_LENGTH:
        raise Unfit("text_too_long", _("The answers are too long."), _("Shorten them, or split the question."))
    stem_html = _rich(gathering, _stem(parts), parts.text_format)
    if answers.lstrip().startswith("#"):
        return _numerical(gathering, stem_html, answers.lstrip()[1:], parts.text_format)
    if match := _TRUE_FALSE.match(answers):
        return _true_false(gathering, stem_html, match[1][0] in "Tt", answers[match.end() :], parts.text_format)
    found = [(sign, body) for sign, body in _ANSWER.findall(answers.replace("~=", "="))]
    if any(sign == "~" for sign, _body in found):
        choices = [_choice(gathering, sign, body, parts.text_format) for sign, body in found]
        return assembly.choice_question(
            gathering, stem_html, choices, is_single=any(sign == "=" for sign, _body in found)
        )
    bodies = [body for _sign, body in found]
    if len(bodies) > 1 and any("->" in body for body in bodies):
        return _matching(gathering, stem_html, bodies, parts.text_format)
    return assembly.short_answer_question(stem_html, [_pattern(gathering, body, parts.text_format) for body in bodies])


def _weighted(body: str, default: Fraction) -> tuple[Fraction, str, str]:
    """Split an answer into its percentage, its text and its feedback."""
    weight = default
    if match := _WEIGHT.match(body):
        weight = assembly.percentage(match[1])
        body = body[match.end() :]
    text, _sign, feedback = body.partition("#")
    return weight, text, feedback


def _choice(gathering: Gathering, sign: str, body: str, text_format: TextFormat) -> Choice:
    weight, text, feedback = _weighted(body, Fraction(100 if sign == "=" else 0))
    return Choice(
        text=_rich(gathering, text, text_format),
        percentage=weight,
        feedback_html=_rich(gathering, feedback, text_format),
    )


def _pattern(gathering: Gathering, body: str, text_format: TextFormat) -> Choice:
    weight, text, feedback = _weighted(body, Fraction(100))
    text = _FORMAT.sub("", text, count=1) if _FORMAT.match(text) else text
    return Choice(text=plain(_unshelve(text)), percentage=weight, feedback_html=_rich(gathering, feedback, text_format))


def _matching(gathering: Gathering, stem_html: str, bodies: list[str], text_format: TextFormat) -> Built:
    pairs: list[tuple[str, str]] = []
    for body in bodies:
        premise, arrow, choice = body.partition("->")
        if not arrow:
            raise Unfit(
                "pair_without_arrow",
                _("One of the pairs to match has no arrow: %(text)s") % {"text": plain(_unshelve(body))[:80]},
                _("Write each pair as =premise -> choice."),
            )
        pairs.append((_rich(gathering, premise, text_format), _rich(gathering, choice, "auto")))
    return assembly.matching_question(stem_html, pairs)


def _true_false(gathering: Gathering, stem_html: str, is_true: bool, rest: str, text_format: TextFormat) -> Built:
    """Build from ``T#feedback if wrong#feedback if right``."""
    wrong, right = ((*rest.split("#")[1:3], "", "")[:2]) if rest else ("", "")
    when_wrong, when_right = _rich(gathering, wrong, text_format), _rich(gathering, right, text_format)
    if is_true:
        return assembly.true_false_question(stem_html, is_true=True, when_true=when_right, when_false=when_wrong)
    return assembly.true_false_question(stem_html, is_true=False, when_true=when_wrong, when_false=when_right)


def _numerical(gathering: Gathering, stem_html: str, answers: str, text_format: TextFormat) -> Built:
    """Build from ``1822:5``, ``1..5`` or several ``=%50%3:2#feedback``; ``~`` is any other answer."""
    first = re.match(r"[^=~]*", answers)
    bodies = [("=", first[0])] if first and first[0].strip() else []
    bodies += [(sign, body) for sign, body in _ANSWER.findall(answers.replace("~=", "="))]
    accepted = []
    for sign, body in bodies:
        weight, text, feedback = _weighted(body, Fraction(100 if sign == "=" else 0))
        accepted.append(
            {
                **assembly.numerical_answer(_unshelve(text)),
                "fraction": assembly.exact_part(weight),
                "feedback_html": _rich(gathering, feedback, text_format),
            }
        )
    return assembly.numerical_question(stem_html, accepted)
