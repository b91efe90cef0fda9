"""What a reader of question files yields, and how it refuses a whole file."""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

MAX_FILE_BYTES: Final = 64 * 1024 * 1024  # the largest real question file seen has 7 MB
MAX_QUESTIONS: Final = 100_000  # twice the largest public bank; more belongs into several files
MAX_FIELD_LENGTH: Final = 100_000  # characters of one text, as in what the bank stores
MAX_MEDIA_BYTES: Final = 7 * 1024 * 1024  # of one file inside; the XML parser stops at 10 MB of base64
MAX_TITLE_LENGTH: Final = 300
MAX_IDNUMBER_LENGTH: Final = 100


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where something stands: the ``number``-th question (or row) of the file, starting in ``line``, both from 1."""

    number: int
    line: int


@dataclass(frozen=True, kw_only=True)
class Media:
    """A file that came inside a question. Rich text refers to it as ``media:<sha256>``."""

    name: str
    content: bytes = field(repr=False)
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.content).hexdigest())


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something the person importing should know about a question that was read all the same."""

    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class ImportedQuestion:
    """A question ready for the bank. ``content`` and ``key`` are as ``questionbank.types`` documents, and valid.

    ``category`` is the path the file gave, outermost first. ``source`` is the text it was read from, media left out.
    """

    position: Position
    source: str
    type: str
    content: dict[str, Any]
    key: dict[str, Any]
    title: str = ""
    explanation_html: str = ""
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    idnumber: str = ""
    media: tuple[Media, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def stem_html(self) -> str:
        """The question itself."""
        return str(self.content["stem_html"])


@dataclass(frozen=True, kw_only=True)
class RowProblem:
    """Something that should have been a question and is not: what is wrong, and what to do about it."""

    position: Position
    code: str
    message: str
    remedy: str
    source: str


@dataclass(frozen=True, kw_only=True)
class NotSupported:
    """A question of a type the bank does not have. Its source is kept, so nothing is lost."""

    position: Position
    type_name: str
    source: str
    title: str = ""
    category: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


Record = ImportedQuestion | RowProblem | NotSupported


class FileRefused(Exception):
    """The file as a whole cannot be imported. ``code`` is stable; message and remedy are for people."""

    def __init__(self, code: str, message: str, remedy: str, *, line: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.line = line


class Unfit(Exception):
    """One question cannot be used. Readers turn it into a ``RowProblem`` with its place."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy

    def as_problem(self, position: Position, source: str) -> RowProblem:
        """Return it as a record of the file."""
        return RowProblem(position=position, code=self.code, message=self.message, remedy=self.remedy, source=source)
