"""Questions in a table: one a row, columns named in a row of headings. CSV and XLSX differ only in how rows come."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext as _

from . import assembly, wording
from .assembly import Built, Choice
from .gift import category_path
from .headings import Headings, understand
from .markup import Gathering, plain
from .records import (
    MAX_FIELD_LENGTH,
    MAX_IDNUMBER_LENGTH,
    FileRefused,
    ImportedQuestion,
    NotSupported,
    Position,
    Record,
    Unfit,
)

HEADING_ROWS: Final = 20  # rows from the top among which the headings are looked for

_NUMBER: Final = re.compile(r"\s*[-+\u2212]?\d[\d.,]*(?:e[-+]?\d+)?\s*(?:(?::|\.\.)\s*[-+\u2212]?\d[\d.,]*)?\s*")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the table: its line (or row number of the sheet), its cells, and itself as text."""

    line: int
    cells: Sequence[str]
    source: str
    notices: tuple[tuple[str, str], ...] = ()  # code and message of what reading the row noticed


def read(rows: Iterable[Row]) -> Iterator[Record]:
    """Yield the questions of a table. Rows are numbered from the first below the headings; blank ones are skipped."""
    rows = iter(rows)
    headings = _headings(rows)
    number = 0
    for row in rows:
        number += 1
        if not any(cell.strip() for cell in row.cells):
            continue
        yield _record(headings, row, Position(number=number, line=row.line))


def _headings(rows: Iterator[Row]) -> Headings:
    for _number, row in zip(range(HEADING_ROWS), rows, strict=False):
        if headings := understand(row.cells):
            return headings
    raise FileRefused(
        "no_headings",
        _("No row of headings was found that says which column holds the question and which the right answer."),
        _("Make the first row: id, category, question, option_a, option_b, option_c, correct."),
    )


def _record(headings: Headings, row: Row, position: Position) -> Record:
    gathering = Gathering()
    cells = _Cells(headings, row)
    try:
        cells.require_complete()
        kind = _kind(cells)
        if kind is None:
            return NotSupported(
                position=position, type_name=cells["type"], source=row.source, category=category_path(cells["category"])
            )
        built = _BUILDERS[kind](gathering, cells)
        explanation_html = gathering.rich_text(cells["explanation"], "cell")
    except Unfit as unfit:
        return unfit.as_problem(position, row.source)
    for code, message in row.notices:
        gathering.notice(code, message)
    return ImportedQuestion(
        position=position,
        source=row.source,
        type=built.type,
        content=built.content,
        key=built.key,
        explanation_html=explanation_html,
        category=category_path(cells["category"]),
        tags=tuple(tag.strip() for tag in re.split(r"[|;,]", cells["tags"]) if tag.strip()),
        idnumber=cells["idnumber"][:MAX_IDNUMBER_LENGTH],
        media=tuple(gathering.media.values()),
        notices=tuple(gathering.notices),
    )


class _Cells(Mapping[str, str]):
    """The cells of a row by what their column means; what the table does not have is empty."""

    def __init__(self, headings: Headings, row: Row) -> None:
        self._headings = headings
        self._cells = row.cells
        filled = {number: self._at(place) for number, place in sorted(headings.options.items())}
        self.options: dict[int, str] = {number: text for number, text in filled.items() if text}

    def _at(self, place: int) -> str:
        return self._cells[place].strip() if place < len(self._cells) else ""

    def __getitem__(self, meaning: str) -> str:
        place = self._headings.columns.get(meaning)
        return "" if place is None else self._at(place)

    def __iter__(self) -> Iterator[str]:
        return iter(self._headings.columns)

    def __len__(self) -> int:
        return len(self._headings.columns)

    def require_complete(self) -> None:
        needed = max((self._headings.columns.get(meaning, 0) for meaning in ("question", "correct")), default=0)
        if len(self._cells) <= needed:
            raise Unfit(
                "columns_missing",
                _("The row has %(found)d columns; the headings have %(expected)d.")
                % {"found": len(self._cells), "expected": self._headings.width},
                _("Add the missing cells. In CSV, put texts that contain the separator in quotes."),
            )
        if any(len(cell) > MAX_FIELD_LENGTH for cell in self._cells):
            raise Unfit(
                "text_too_long",
                _("A cell holds more than %(limit)d characters.") % {"limit": MAX_FIELD_LENGTH},
                _("Shorten it; perhaps a quote in a row above was never closed."),
            )
        if not self["question"]:
            raise Unfit("no_question", _("The question is empty."), _("Write it into its cell, or delete the row."))


def _kind(cells: _Cells) -> str | None:
    """Return which builder the row needs: as it says, or as its options and its answer suggest; None if it has none."""
    if cells["type"]:
        return wording.TYPES.get(wording.folded(cells["type"]))
    if cells.options:
        return "choice"
    answer = wording.folded(cells["correct"])
    if answer in wording.TRUTH and (len(answer) > 2 or not answer.isascii()):  # "N" may be nitrogen
        return "true_false"
    return "numerical" if _NUMBER.fullmatch(cells["correct"].casefold()) else "short_answer"


def _key_missing() -> Unfit:
    return Unfit(
        "no_key",
        _("The row does not say which answer is right."),
        _("Write the letters of the right options into the column “correct”, like A or A|C."),
    )


def _right_options(cells: _Cells) -> list[int]:
    """Return the numbers of the right options: letters, numbers or texts, joined by ``|``, ``,`` or ``;``."""
    if not cells["correct"]:
        raise _key_missing()
    by_text = {plain(text).casefold(): number for number, text in cells.options.items()}
    number = by_text.get(plain(cells["correct"]).casefold())
    if number and wording.option_number(cells["correct"]) in (None, number):
        return [number]
    words = [word.strip() for word in re.split(r"[|,;\n]", cells["correct"]) if word.strip()]
    if len(words) == 1 and re.fullmatch(r"[A-Z]{2,}", words[0]):
        words = list(words[0])
    return list(dict.fromkeys(_right_option(word, by_text, cells) for word in words))


def _right_option(word: str, by_text: Mapping[str, int], cells: _Cells) -> int:
    by_mark = wording.option_number(word)
    by_words = by_text.get(plain(word).casefold())
    if by_mark is not None and by_mark not in cells.options:
        by_mark = None
    if by_mark and by_words and by_mark != by_words:
        raise Unfit(
            "ambiguous_key",
            _("“%(word)s” names one option by its place and another by its text.") % {"word": word[:40]},
            _("Write the letter of the right option into the column “correct”."),
        )
    if by_mark is None and by_words is None:
        raise Unfit(
            "key_out_of_range",
            _("The right answer “%(word)s” is none of the options.") % {"word": word[:40]},
            _("Write a letter from A to %(last)s.") % {"last": chr(64 + max(cells.options, default=1))},
        )
    return by_mark or by_words or 0


def _choice(gathering: Gathering, cells: _Cells) -> Built:
    right = _right_options(cells)
    return _with_options(gathering, cells, right, is_single=len(right) == 1)


def _multiple_choice(gathering: Gathering, cells: _Cells) -> Built:
    return _with_options(gathering, cells, _right_options(cells), is_single=False)


def _with_options(gathering: Gathering, cells: _Cells, right: Sequence[int], *, is_single: bool) -> Built:
    share = Fraction(100, len(right))
    choices = [
        Choice(text=gathering.rich_text(text, "cell"), percentage=share if number in right else Fraction(0))
        for number, text in cells.options.items()
    ]
    stem_html = gathering.rich_text(cells["question"], "cell")
    return assembly.choice_question(gathering, stem_html, choices, is_single=is_single)


def _true_false(gathering: Gathering, cells: _Cells) -> Built:
    answer = cells["correct"]
    if not answer:
        raise _key_missing()
    named = cells.options.get(wording.option_number(answer) or 0, answer)  # "A" where option A is "true"
    truth = wording.TRUTH.get(wording.folded(answer)) or wording.TRUTH.get(wording.folded(named))
    if truth is None:
        raise Unfit(
            "key_out_of_range",
            _("The right answer “%(word)s” is neither true nor false.") % {"word": answer[:40]},
            _("Write “true” or “false” into the column “correct”."),
        )
    return assembly.true_false_question(gathering.rich_text(cells["question"], "cell"), is_true=truth == "true")


def _numerical(gathering: Gathering, cells: _Cells) -> Built:
    if not cells["correct"]:
        raise _key_missing()
    answer = assembly.numerical_answer(cells["correct"])
    if cells["tolerance"] and "value" in answer:
        answer["tolerance"] = assembly.number_text(cells["tolerance"])
    unit = {"content": {"unit_entry": "text"}, "unit_factors": {cells["unit"]: "1"}} if cells["unit"] else {}
    stem_html = gathering.rich_text(cells["question"], "cell")
    return assembly.numerical_question(stem_html, [{**answer, "fraction": Fraction(1)}], **unit)


def _short_answer(gathering: Gathering, cells: _Cells) -> Built:
    wordings = [word.strip() for word in cells["correct"].split("|") if word.strip()]
    if not wordings:
        raise _key_missing()
    choices = [Choice(text=plain(word), percentage=Fraction(100)) for word in wordings]
    return assembly.short_answer_question(gathering.rich_text(cells["question"], "cell"), choices)


def _matching(gathering: Gathering, cells: _Cells) -> Built:
    pairs = []
    for text in cells.options.values():
        premise, arrow, choice = text.partition("->")
        if not arrow:
            raise Unfit(
                "pair_without_arrow",
                _("The pair “%(text)s” has no arrow.") % {"text": text[:80]},
                _("Write each pair to match as: premise -> choice."),
            )
        pairs.append((gathering.rich_text(premise, "cell"), gathering.rich_text(choice, "cell")))
    return assembly.matching_question(gathering.rich_text(cells["question"], "cell"), pairs)


_BUILDERS: Final = {
    "choice": _choice,
    "multiple_choice": _multiple_choice,
    "true_false": _true_false,
    "numerical": _numerical,
    "short_answer": _short_answer,
    "matching": _matching,
}
