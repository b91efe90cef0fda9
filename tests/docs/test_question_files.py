"""The page about question files says what is read, and its examples come in."""

import csv
import io
import re

import openpyxl
import pytest
from lxml import etree

from apps.questionbank import staging
from apps.questionbank.formats import reading, records, table
from apps.questionbank.formats.reading import open_questions
from apps.questionbank.formats.records import ImportedQuestion
from apps.questionbank.types.identity import content_hash
from apps.questionbank.types.registry import TYPES
from tests.docs import markdown
from tests.docs.markdown import ROOT
from tools import question_files

PAGE = question_files.PAGE
EXAMPLES = ROOT / "docs" / "examples"
FILES = {"questions.csv": "csv", "questions.xlsx": "xlsx", "questions.gift": "gift", "questions.xml": "moodle_xml"}


def read(name):
    return open_questions(io.BytesIO((EXAMPLES / name).read_bytes()), name)


@pytest.mark.parametrize("name", FILES)
def test_example_comes_in_whole(name):
    opened = read(name)
    found = list(opened.records)

    assert (opened.format, opened.is_encoding_certain) == (FILES[name], True)
    assert [type(record) for record in found] == [ImportedQuestion] * 6
    assert [record.type for record in found] == list(TYPES)
    assert [record.notices for record in found] == [()] * 6


def test_examples_are_the_same_questions_in_every_format():
    def told(record):
        identity = content_hash(record.type, record.content, record.key)
        return record.idnumber, record.category, record.tags, record.explanation_html, identity

    first, *others = ([told(record) for record in read(name).records] for name in FILES)

    assert [others[place] == first for place in range(3)] == [True] * 3
    assert [staging.difficulty_of(tags) for _id, _path, tags, *_rest in first] == [
        "easy", "medium", "medium", "easy", "easy", "hard",
    ]  # fmt: skip


def test_example_workbook_holds_what_the_table_holds():
    rows = list(csv.reader((EXAMPLES / "questions.csv").read_text().splitlines()))
    sheet = openpyxl.load_workbook(EXAMPLES / "questions.xlsx").active

    assert [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)] == rows


# --- The page ---------------------------------------------------------------------------------------------------------
def test_tables_made_from_the_code_are_up_to_date():
    assert question_files.filled(PAGE.read_text()) == PAGE.read_text(), "Run `python -m tools.question_files`."


def test_a_table_that_is_out_of_date_is_noticed():
    old = PAGE.read_text().replace("| `empty_file` |", "| `empty` |")

    assert question_files.filled(old) == PAGE.read_text() != old


@pytest.mark.parametrize(
    ("sentence", "figure"),
    [
        (r"At most (\d+) MB", records.MAX_FILE_BYTES // 2**20),
        (r"(\d+),000 questions", records.MAX_QUESTIONS // 1000),
        (r"(\d+),000 characters in one text", records.MAX_FIELD_LENGTH // 1000),
        (r"(\d+) MB in one\s+picture or sound", records.MAX_MEDIA_BYTES // 2**20),
        (r"looked for in the first (\d+) rows", table.HEADING_ROWS),
    ],
)
def test_limits_are_those_of_the_code(sentence, figure):
    said = re.search(sentence, PAGE.read_text())

    assert said, f"the page no longer says {sentence!r}"
    assert int(said[1]) == figure


def test_endings_are_those_that_are_recognised():
    [line] = [line for line in PAGE.read_text().splitlines() if "the ending of the name" in line]

    assert re.findall(r"`(\.\w+)`", line) == list(reading._BY_ENDING)


def test_gift_is_read_as_the_page_says():
    for written, becomes in markdown.table(PAGE, under="## GIFT"):
        blocks = re.findall(r"`({[^`]*})`", written) or [""]
        for block in blocks:
            [record] = open_questions(io.BytesIO(f"Is it so? {block}\n".encode()), "x.gift").records
            found = f"`{record.type}`" if isinstance(record, ImportedQuestion) else f"unsupported: {record.type_name}"
            assert found == becomes, block


def test_moodle_xml_is_read_as_the_page_says():
    """The example has every row of the page's table once; what it becomes stands there."""
    singles = {"true": ", single", "false": ", not single", None: ""}
    sources = [
        f"`{element.get('type')}`{singles[element.findtext('single')]}"
        for element in etree.parse(EXAMPLES / "questions.xml").iter("question")
        if element.get("type") != "category"
    ]
    types = [f"`{record.type}`" for record in read("questions.xml").records]

    *rows, other = markdown.table(PAGE, under="## Moodle XML")
    assert {source: becomes.partition(",")[0] for source, becomes in rows} == dict(zip(sources, types, strict=True))
    assert other == ["any other", "unsupported"]


@pytest.mark.parametrize(("heading", "is_known"), [("units", True), ("unit", False)])
def test_the_heading_of_units_is_the_one_the_page_advises(heading, is_known):
    content = f"question,correct,{heading}\nHow far?,42.195,km\n".encode()
    [record] = open_questions(io.BytesIO(content), "x.csv").records

    assert ("unit_factors" in record.key) == is_known
