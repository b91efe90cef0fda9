"""What kind of file some bytes are, by what they are and not by what they are called. Pure.

Only kinds in this table are ever stored. HTML, SVG, scripts and programs are not in it.
"""

import codecs
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO, Literal

HEAD_BYTES = 8192
MAX_ZIP_ENTRIES = 10_000
MAX_ZIP_RATIO = 200  # unpacked bytes per packed one; text reaches 20, a bomb thousands
MAX_ZIP_BYTES = 2 * 1024**3

Kind = Literal["image", "audio", "video", "document", "archive"]


@dataclass(frozen=True, kw_only=True)
class FileType:
    """A kind of file that is stored. ``extension`` is the one its stored name gets."""

    media_type: str
    kind: Kind
    extension: str


PNG = FileType(media_type="image/png", kind="image", extension="png")
JPEG = FileType(media_type="image/jpeg", kind="image", extension="jpg")
GIF = FileType(media_type="image/gif", kind="image", extension="gif")
WEBP = FileType(media_type="image/webp", kind="image", extension="webp")
PDF = FileType(media_type="application/pdf", kind="document", extension="pdf")
TEXT = FileType(media_type="text/plain", kind="document", extension="txt")
CSV = FileType(media_type="text/csv", kind="document", extension="csv")
XML = FileType(media_type="application/xml", kind="document", extension="xml")
ZIP = FileType(media_type="application/zip", kind="archive", extension="zip")
WAV = FileType(media_type="audio/wav", kind="audio", extension="wav")
MP3 = FileType(media_type="audio/mpeg", kind="audio", extension="mp3")
OGG = FileType(media_type="audio/ogg", kind="audio", extension="ogg")
M4A = FileType(media_type="audio/mp4", kind="audio", extension="m4a")
MP4 = FileType(media_type="video/mp4", kind="video", extension="mp4")
QUICKTIME = FileType(media_type="video/quicktime", kind="video", extension="mov")
WEBM = FileType(media_type="video/webm", kind="video", extension="webm")

_OFFICE = "application/vnd.openxmlformats-officedocument."
_BY_ZIP_CONTENT = {
    "word/document.xml": FileType(media_type=f"{_OFFICE}wordprocessingml.document", kind="document", extension="docx"),
    "xl/workbook.xml": FileType(media_type=f"{_OFFICE}spreadsheetml.sheet", kind="document", extension="xlsx"),
    "ppt/presentation.xml": FileType(
        media_type=f"{_OFFICE}presentationml.presentation", kind="document", extension="pptx"
    ),
}
_MAGIC: tuple[tuple[re.Pattern[bytes], FileType], ...] = tuple(
    (re.compile(pattern, re.DOTALL), found)
    for pattern, found in (
        (rb"\x89PNG\r\n\x1a\n", PNG),
        (rb"\xff\xd8\xff", JPEG),
        (rb"GIF8[79]a", GIF),
        (rb"RIFF....WEBP", WEBP),
        (rb"RIFF....WAVE", WAV),
        (rb"%PDF-\d", PDF),
        (rb"PK\x03\x04|PK\x05\x06", ZIP),
        (rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", MP3),
        (rb"OggS", OGG),
        (rb"....ftyp(M4A |M4B )", M4A),
        (rb"....ftypqt  ", QUICKTIME),
        (rb"....ftyp(isom|iso[2-9]|mp4[12]|avc1|M4V |dash|mmp4|MSNV)", MP4),
        (rb"\x1a\x45\xdf\xa3.{0,64}\x42\x82.{1,8}webm", WEBM),
    )
)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# what a browser, asked to guess, could take for a page or a script
_MARKUP = re.compile(
    r"\s*(<!--.*?-->\s*)*(<!doctype\s+html|<(html|head|body|script|iframe|svg|style|title|object|embed)\b|#!)",
    re.IGNORECASE | re.DOTALL,
)
_ACTIVE_XML = re.compile(
    r"<([a-z0-9_-]+:)?(svg|html|script|stylesheet|transform)\b|<\?xml-stylesheet|w3\.org/(1999/xhtml|2000/svg)",
    re.IGNORECASE,
)


def recognise(head: bytes, *, filename: str, may_hold_markup: bool = False) -> FileType | None:
    """Return the type of a file by its first ``HEAD_BYTES``, or None when it is not a kind that is stored.

    A ZIP may still turn out to be an office document: see ``look_into_zip``. The name only tells CSV from other text.
    """
    for pattern, found in _MAGIC:
        if pattern.match(head):
            return found
    return _text_type(head, filename, may_hold_markup=may_hold_markup)


def look_into_zip(stream: BinaryIO) -> FileType | None:
    """Return what a ZIP archive holds; None for a broken one, a bomb, or one with entries outside of itself."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    if len(entries) > MAX_ZIP_ENTRIES or any(_leaves_its_place(entry.filename) for entry in entries):
        return None
    packed = sum(entry.compress_size for entry in entries)
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(MAX_ZIP_BYTES, max(packed, 1024) * MAX_ZIP_RATIO):
        return None
    names = {entry.filename for entry in entries}
    return next((found for name, found in _BY_ZIP_CONTENT.items() if name in names), ZIP)


def _leaves_its_place(name: str) -> bool:
    path = PurePath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or name[1:2] == ":"


def _text_type(head: bytes, filename: str, *, may_hold_markup: bool) -> FileType | None:
    text = _decoded(head)
    if text is None or not text.strip() or (_MARKUP.match(text) and not may_hold_markup):
        return None
    if text.lstrip().startswith("<"):
        return XML if may_hold_markup or not _ACTIVE_XML.search(text) else None
    return CSV if filename.lower().endswith((".csv", ".tsv")) else TEXT


def _decoded(head: bytes) -> str | None:
    """Return the text of a text file; an old eight-bit encoding is told by the absence of control characters."""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if head.startswith(mark)), None)
    if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return head[: len(head) // 2 * 2].decode("utf-16", errors="replace")
    if _CONTROLS.search(head):
        return None
    return head.decode("utf-8-sig" if mark else "utf-8", errors="replace")
