"""CSV: any usual separator, quoted or not, as spreadsheets in any country save it."""

import csv
from collections.abc import Iterator
from typing import Final, TextIO

from django.utils.translation import gettext as _

from .headings import understand
from .records import MAX_FIELD_LENGTH, FileRefused
from .table import HEADING_ROWS, Row

SEPARATORS: Final = ",;\t|"
_SAMPLE_LINES: Final = 200  # headings may span lines inside quotes


def rows(stream: TextIO) -> Iterator[Row]:
    """Yield the rows of a CSV text. The separator is the one that makes sense of the headings."""
    csv.field_size_limit(4 * MAX_FIELD_LENGTH)  # a longer field is a quote never closed; the table says so for less
    sample = [line for _number, line in zip(range(_SAMPLE_LINES), stream, strict=False)]
    skipped = 0
    separator = None
    if sample and sample[0].strip().lower().startswith("sep=") and len(sample[0].strip()) == 5:
        separator = sample.pop(0).strip()[4]  # the line that tells a spreadsheet program which it is
        skipped = 1
    separator = separator or _separator(sample)
    source = _Source(sample, stream)
    reader = csv.reader(source, delimiter=separator, strict=False)
    start = 1 + skipped
    try:
        for cells in reader:
            yield Row(line=start, cells=cells, source=source.taken())
            start = reader.line_num + 1 + skipped
    except csv.Error as error:
        raise FileRefused(
            "malformed_csv",
            _("The rows cannot be told apart from line %(line)d on: %(reason)s.") % {"line": start, "reason": error},
            _("Look for a quote that is never closed in that line, and save the file as CSV again."),
            line=start,
        ) from error


class _Source:
    """Hands lines to the CSV reader and remembers those of the row it is reading."""

    def __init__(self, sample: list[str], stream: TextIO) -> None:
        self._sample = sample
        self._stream = stream
        self._lines: list[str] = []

    def __iter__(self) -> Iterator[str]:
        for line in self._sample:
            self._lines.append(line)
            yield line
        for line in self._stream:
            self._lines.append(line)
            yield line

    def taken(self) -> str:
        """Return the lines since the last call, as text."""
        text = "".join(self._lines).rstrip("\r\n")
        self._lines.clear()
        return text


def has_headings(sample: list[str]) -> bool:
    """Whether lines begin a table of questions."""
    return any(_columns_understood(sample, separator) for separator in SEPARATORS)


def _separator(sample: list[str]) -> str:
    return max(SEPARATORS, key=lambda separator: _columns_understood(sample, separator))


def _columns_understood(sample: list[str], separator: str) -> int:
    """Count the columns whose headings make sense when lines are split at this separator."""
    try:
        for _number, row in zip(range(HEADING_ROWS), csv.reader(sample, delimiter=separator), strict=False):
            if headings := understand(row):
                return len(headings.columns) + len(headings.options)
    except csv.Error:
        return 0
    return 0
