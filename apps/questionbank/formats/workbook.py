"""XLSX: the first sheet that holds questions."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO, Final

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from .headings import understand
from .records import MAX_FILE_BYTES, FileRefused
from .table import HEADING_ROWS, Row

MAX_UNPACKED_BYTES: Final = 4 * MAX_FILE_BYTES  # text packs about ten to one; a bomb a thousand to one
MAX_RATIO: Final = 200
MAX_COLUMNS: Final = 200
_ENCRYPTED: Final = 1  # the bit of a package entry that says so
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    InvalidFileException,
    SyntaxError,
    OSError,
    EOFError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)  # fmt: skip - what openpyxl raises on broken files


def rows(file: BinaryIO) -> Iterator[Row]:
    """Yield the rows of the workbook's first sheet that has headings, numbered as in the sheet."""
    _refuse_bombs(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except _DAMAGE as error:
        raise _unreadable() from error
    try:
        yield from _sheet_rows(_sheet_of_questions(book))
    except _DAMAGE as error:
        raise _unreadable() from error
    finally:
        book.close()


def _unreadable() -> FileRefused:
    return FileRefused(
        "broken_workbook",
        _("The workbook cannot be read."),
        _("Open it in a spreadsheet program and save it as .xlsx or CSV again."),
    )


def _refuse_bombs(file: BinaryIO) -> None:
    """Look at what the package says it unpacks to, before unpacking anything."""
    try:
        with zipfile.ZipFile(file) as package:
            entries = package.infolist()
            heads = [package.open(entry).read(4096) for entry in entries if _is_readable_xml(entry)]
    except (*_DAMAGE, RuntimeError) as error:
        raise _unreadable() from error
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED_BYTES or unpacked > MAX_RATIO * max(1, sum(entry.compress_size for entry in entries)):
        raise FileRefused(
            "unpacks_too_large",
            _("The workbook unpacks to %(size)d MB, far more than questions need.") % {"size": unpacked // 2**20},
            _("Copy the questions into a new workbook, or save them as CSV."),
        )
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FileRefused("encrypted", _("The workbook is protected by a password."), _("Remove the password first."))
    if any(b"<!DOCTYPE" in head or b"<!ENTITY" in head for head in heads):
        raise FileRefused(
            "entity_expansion",
            _("The workbook defines entities, which can be made to fill the memory. They are not expanded."),
            _("Copy the questions into a new workbook, or save them as CSV."),
        )
    file.seek(0)


def _is_readable_xml(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.endswith((".xml", ".rels")) and not entry.flag_bits & _ENCRYPTED


def _sheet_of_questions(book: Any) -> Any:
    for sheet in book.worksheets:
        for row in _sheet_rows(sheet, last=HEADING_ROWS):
            if understand(row.cells):
                return sheet
    if not book.worksheets:
        raise _unreadable()
    return book.worksheets[0]


def _sheet_rows(sheet: Any, last: int | None = None) -> Iterator[Row]:
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_row=last), 1):
        cells = [_text(value) for value in values[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        notices = []
        if any(isinstance(value, date | time) for value in values):
            notices.append(
                ("date_cell", _("A cell is a date. Check that the spreadsheet did not make it from something else."))
            )
        # Sheets leave empty cells at the end out, so a short row is no sign of missing columns here.
        padded = cells + [""] * (MAX_COLUMNS - len(cells)) if cells else []
        yield Row(line=number, cells=padded, source="\t".join(cells), notices=tuple(notices))


def _text(value: object) -> str:
    """Return a cell as a person sees it: numbers without a needless ``.0``, dates in their international form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)
