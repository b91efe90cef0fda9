"""Tables that people open in a spreadsheet. A cell that could start a formula there is made to stay text."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the encoding of the machine


def as_text(cell: object) -> str:
    """Return a cell that no spreadsheet takes for a formula: such a start gets an apostrophe before it."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """Yield a CSV file (RFC 4180, UTF-8 with byte order mark) piece by piece."""
    line = io.StringIO()
    writer = csv.writer(line)
    yield BYTE_ORDER_MARK.encode()
    for row in rows:
        writer.writerow([as_text(cell) for cell in row])
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()
