"""The one way into a question file: find its format, refuse what cannot be read, stream the rest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

from django.utils.translation import gettext as _

from . import charset, delimited, gift, moodle_xml, table, workbook
from .records import MAX_FILE_BYTES, MAX_QUESTIONS, FileRefused, Record

Format = Literal["csv", "xlsx", "gift", "moodle_xml"]

HEAD_BYTES: Final = 8192

_BY_ENDING: Final[dict[str, Format]] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".gift": "gift",
    ".xml": "moodle_xml",
}
_GIFT: Final = re.compile(
    r"^\s*(?:\$CATEGORY:|::.*?::)|\{[^{}]*[=~#][^{}]*\}|\{\s*(?:T|F|TRUE|FALSE)\s*[#}]", re.MULTILINE
)
_XML: Final = re.compile(r"\s*(?:<\?xml|<!--|<!DOCTYPE|<quiz)")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An opened question file: what it is, how its text was decoded, and its records, once, as a stream.

    ``records`` may still raise ``FileRefused`` on the way; then nothing of the file may be kept.
    """

    format: Format
    encoding: str
    is_encoding_certain: bool
    records: Iterator[Record]


def detect(filename: str, head: bytes) -> Format | None:
    """Return the format by the file's first bytes, and by its name where the bytes leave it open."""
    by_name = next((found for ending, found in _BY_ENDING.items() if filename.lower().endswith(ending)), None)
    if head.startswith(b"PK\x03\x04"):
        is_workbook = by_name == "xlsx" or b"[Content_Types].xml" in head or b"xl/" in head
        return "xlsx" if is_workbook and by_name != "moodle_xml" else by_name
    text = _readable(head)
    if _XML.match(text):
        return "moodle_xml" if "<quiz" in text or by_name == "moodle_xml" else None
    if by_name in ("csv", "gift", "moodle_xml"):
        return by_name
    if _GIFT.search(text):
        return "gift"
    lines = text.splitlines()
    separators = [separator for separator in delimited.SEPARATORS if lines and separator in lines[0]]
    return "csv" if separators and delimited.has_headings(lines) else None


def _readable(head: bytes) -> str:
    """Decode the head well enough to recognise a format; where it was cut is of no matter."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if head.startswith(mark):
            return head.decode(name, "ignore")
    if b"\x00" in head[:64]:
        return head.decode("utf-16-be" if head[:1] == b"\x00" else "utf-16-le", "ignore")
    return head.decode("utf-8", "replace")


def open_questions(file: BinaryIO, filename: str) -> Reading:
    """Open a seekable file of questions; ``FileRefused`` says why it cannot be.

    The caller closes the file when the records have been read.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if size > MAX_FILE_BYTES:
        raise FileRefused(
            "file_too_large",
            _("The file has more than %(limit)d MB.") % {"limit": MAX_FILE_BYTES // 2**20},
            _("Split it into several files."),
        )
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise FileRefused("empty_file", _("The file is empty."), _("Choose the file that holds the questions."))
    found = detect(filename, head)
    if found is None:
        raise FileRefused(
            "unknown_format",
            _("The file is none of the formats that can be imported."),
            _("Save the questions as CSV, XLSX, GIFT or Moodle XML."),
        )
    file.seek(0)
    if found in ("moodle_xml", "xlsx"):
        records = moodle_xml.read(file) if found == "moodle_xml" else table.read(workbook.rows(file))
        return Reading(format=found, encoding="", is_encoding_certain=True, records=_limited(records))
    used = charset.detect(file)
    records = _limited(_text_records(file, found, used))
    return Reading(format=found, encoding=used.name, is_encoding_certain=used.is_certain, records=records)


def _limited(records: Iterator[Record]) -> Iterator[Record]:
    for count, record in enumerate(records, 1):
        if count > MAX_QUESTIONS:
            raise FileRefused(
                "too_many_questions",
                _("The file has more than %(limit)d questions.") % {"limit": MAX_QUESTIONS},
                _("Split it into several files."),
                line=record.position.line,
            )
        yield record


def _text_records(file: BinaryIO, found: Format, used: charset.Charset) -> Iterator[Record]:
    stream = charset.text_stream(file, used)
    try:
        yield from gift.read(stream) if found == "gift" else table.read(delimited.rows(stream))
    except UnicodeDecodeError as error:
        raise FileRefused(
            "undecodable",
            _("The bytes %(bytes)s are no text in the encoding %(encoding)s.")
            % {"bytes": error.object[error.start : error.end].hex(" "), "encoding": used.name},
            _("Save the file as UTF-8."),
        ) from error
    finally:
        if not file.closed:
            stream.detach()
