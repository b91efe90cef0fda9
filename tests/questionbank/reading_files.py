"""Reading question files in tests: those beside this module, and bytes made up on the spot."""

import io
from pathlib import Path

from apps.questionbank.formats.reading import open_questions
from apps.questionbank.formats.records import ImportedQuestion, NotSupported, RowProblem

FILES = Path(__file__).parent / "files"


def records(content, filename):
    """Return all records of a file given by its bytes or text."""
    content = content.encode() if isinstance(content, str) else content
    return list(open_questions(io.BytesIO(content), filename).records)


def records_of(name):
    """Return all records of a file in ``files/``."""
    return records((FILES / name).read_bytes(), name)


def questions(found):
    """Return the questions among records."""
    return [record for record in found if isinstance(record, ImportedQuestion)]


def only(content, filename="x.gift"):
    """Return the one question of a small file."""
    [question] = records(content, filename)
    assert isinstance(question, ImportedQuestion), question
    return question


def problems(found):
    """Return (number, line, code) of the problems among records."""
    return [
        (record.position.number, record.position.line, record.code)
        for record in found
        if isinstance(record, RowProblem)
    ]


def unsupported(found):
    """Return (type, title) of what is not supported among records."""
    return [(record.type_name, record.title) for record in found if isinstance(record, NotSupported)]


def fractions(question):
    """Return the parts of the mark in the order of the options."""
    return [question.key["fractions"].get(option["id"], "0") for option in question.content["options"]]


def htmls(question, name="options"):
    """Return the rich texts of a list of the content."""
    return [option["html"] for option in question.content[name]]
