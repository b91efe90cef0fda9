"""CSV and XLSX: tables of questions under many headings."""

import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.questionbank.formats.reading import detect, open_questions
from apps.questionbank.formats.records import FileRefused
from apps.questionbank.formats.wording import option_number

from .reading_files import fractions, htmls, only, problems, questions, records, records_of, unsupported


@pytest.fixture(scope="module")
def by_id():
    return {question.idnumber: question for question in questions(records_of("features.csv"))}


def workbook(rows, *, before=()):
    book = openpyxl.Workbook()
    for title, cells in before:
        book.active.title = title
        for row in cells:
            book.active.append(row)
        book.create_sheet()
    sheet = book.worksheets[-1]
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_file_of_features_is_read_whole():
    found = records_of("features.csv")

    assert [(record.idnumber, record.type) for record in questions(found)] == [
        ("q1", "single_choice"), ("q2", "multiple_choice"), ("q3", "multiple_choice"), ("q4", "true_false"),
        ("q5", "true_false"), ("q6", "numerical"), ("q7", "numerical"), ("q8", "short_answer"), ("q9", "matching"),
        ("q10", "single_choice"), ("q11", "single_choice"), ("q12", "single_choice"),
    ]  # fmt: skip
    assert unsupported(found) == [("essay", "")]
    assert problems(found) == [
        (15, 17, "no_key"), (16, 18, "key_out_of_range"), (17, 19, "ambiguous_key"), (18, 20, "columns_missing"),
        (19, 21, "key_out_of_range"), (20, 22, "pair_without_arrow"), (21, 23, "no_question"),
    ]  # fmt: skip


def test_cells_become_questions(by_id):
    fir = by_id["q1"]

    assert (fir.category, fir.tags) == (("Plants", "Trees"), ("tree", "easy"))
    assert fir.explanation_html == "Firs have needles."
    assert htmls(fir) == ["Oak", "Fir", "Beech"]
    assert fractions(fir) == ["0", "1", "0"]
    assert fir.source == 'q1,,Plants/Trees,Which is a conifer?,Oak,Fir,Beech,B,"Firs have needles.","tree|easy",,,green'
    assert fractions(by_id["q2"]) == ["1/2", "0", "1/2"]
    assert fractions(by_id["q3"]) == ["1", "0"]
    assert (by_id["q4"].key, by_id["q5"].key) == ({"correct": True}, {"correct": False})
    assert by_id["q6"].key == {"answers": [{"value": "8"}]}
    assert by_id["q7"].key == {"answers": [{"value": "42.195", "tolerance": "0.1"}], "unit_factors": {"km": "1"}}
    assert by_id["q8"].key == {"patterns": [{"text": "honey"}, {"text": "wax*"}]}
    assert by_id["q9"].key == {"pairs": {"p1": "c1", "p2": "c2"}}


def test_scripts_quotes_and_text_that_looks_like_markup(by_id):
    assert by_id["q10"].category == ("العلوم",)
    assert htmls(by_id["q10"]) == ["شجرة", "حجر", "ماء"]
    assert fractions(by_id["q11"]) == ["0", "1", "0"]
    assert by_id["q12"].stem_html == 'A "quoted", cell<br>over two lines with <span data-tex="x^2">x^2</span>'
    assert htmls(by_id["q12"]) == ["a &lt; b &amp; c &gt; d", "<b>bold</b>", "=1+1"]


@pytest.mark.parametrize(
    ("heading", "row", "options", "right"),
    [
        ("Question,Option A,Option B,Correct Answer", "Q?,x,y,B", ["x", "y"], ["0", "1"]),
        ("question;choice_1;choice_2;choice_3;correct_answer", "Q?;x;y;z;choice_3", ["x", "y", "z"], ["0", "0", "1"]),
        ("Question\tA\tB\tKey", "Q?\tx\ty\ta", ["x", "y"], ["1", "0"]),
        ("Stem|Answer 1|Answer 2|Answer", "Q?|x|y|2", ["x", "y"], ["0", "1"]),
        ("Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,"
         "Time limit (sec),Correct answer(s) - choose at least one",
         'Q?,x,y,20,"1,2"', ["x", "y"], ["1/2", "1/2"]),
        ("Frage,Antwort A,Antwort B,Lösung", "Q?,x,y,A", ["x", "y"], ["1", "0"]),
        ("Énoncé;Réponse 1;Réponse 2;Bonne réponse", "Q?;x;y;y", ["x", "y"], ["0", "1"]),
        ("السؤال,الخيار أ,الخيار ب,الخيار ج,الإجابة الصحيحة", "Q?,x,y,z,ج", ["x", "y", "z"], ["0", "0", "1"]),
        ("题目,选项A,选项B,选项C,选项D,正确答案", "Q?,x,y,z,w,ACD", ["x", "y", "z", "w"], ["1/3", "0", "1/3", "1/3"]),
        ("Вопрос;Вариант 1;Вариант 2;Правильный ответ", "Q?;x;y;1", ["x", "y"], ["1", "0"]),
        ("QUESTION,OPTION_A,OPTION_B,CORRECT", "Q?,x,,A", ["x"], None),
        ("question,option_a,option_b,option_c,correct", "Q?,x,,z,C", ["x", "z"], ["0", "1"]),
    ],
)  # fmt: skip
def test_headings_in_many_words(heading, row, options, right):
    [found] = records(f"{heading}\n{row}\n", "x.csv")

    if right is None:
        assert found.code == "invalid_question"
        return
    assert found.stem_html == "Q?"
    assert htmls(found) == options
    assert fractions(found) == right


def test_headings_may_come_below_a_title_and_a_line_for_spreadsheets():
    found = records("sep=;\nMy questions;;;\n;;;\nquestion;option_a;option_b;correct\nQ?;x;y;B\n", "x.csv")

    assert [(record.stem_html, record.position.number, record.position.line) for record in found] == [("Q?", 1, 5)]


@pytest.mark.parametrize("text", ["a,b,c\n1,2,3\n", "question\nQ?\n", "just words\n", "question,colour\nQ?,red\n"])
def test_a_table_without_headings_is_refused(text):
    with pytest.raises(FileRefused) as refusal:
        records(text, "x.csv")

    assert refusal.value.code == "no_headings"
    assert "option_a" in refusal.value.remedy


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_any_line_ends_and_encodings(end, encoding):
    text = "question;option_a;option_b;correct\n«Été» à l’école ?;œuvre;façade;A\n".replace("\n", end)

    found = only(text.encode(encoding), "x.csv")

    assert found.stem_html == "«Été» à l’école ?"
    assert htmls(found) == ["œuvre", "façade"]


def test_formulas_come_in_as_text():
    found = only('question,option_a,option_b,correct\n"=HYPERLINK(""http://x"",""y"")",@SUM(1+1),-2+3,A\n', "x.csv")

    assert found.stem_html == '=HYPERLINK("http://x","y")'
    assert htmls(found) == ["@SUM(1+1)", "-2+3"]


def test_a_quote_never_closed_is_told():
    text = "question,option_a,option_b,correct\nGood?,a,b,A\n" + '"Open?,a,b,A\n' + "x,a,b,A\n" * 60_000

    with pytest.raises(FileRefused) as refusal:
        records(text, "x.csv")

    assert (refusal.value.code, refusal.value.line) == ("malformed_csv", 3)


def test_a_cell_beyond_the_limit_is_a_problem_of_its_row():
    found = records(f"question,option_a,option_b,correct\n{'x' * 100_001},a,b,A\nGood?,a,b,A\n", "x.csv")

    assert problems(found) == [(1, 2, "text_too_long")]
    assert len(found) == 2


def test_bytes_that_are_no_text_are_refused():
    head = "question,option_a,option_b,correct\nQ?,a,b,A\n".encode("utf-16-le")

    with pytest.raises(FileRefused) as refusal:
        records(b"\xff\xfe" + head + b"\x00\xd8\x41\x00", "x.csv")

    assert refusal.value.code == "undecodable"


def test_a_workbook_is_read_like_a_table():
    rows = [
        ["id", "category", "question", "option_a", "option_b", "option_c", "correct"],
        ["q1", "حساب", "How many?", 5.0, 0.1, 32400, "B"],
        [None] * 7,
        ["q2", None, "True?", True, False, None, "A"],
        ["q3", None, "哪一个?", "树", "石", "水", "A|C"],
        ["q4", None, "When?", datetime.date(2026, 1, 2), "May", None, "B"],
        ["q5", None, "No key?", "a", "b"],
    ]

    found = records(workbook(rows), "x.xlsx")

    assert [
        (record.idnumber, htmls(record), record.position.number, record.position.line) for record in questions(found)
    ] == [
        ("q1", ["5", "0.1", "32400"], 1, 2),
        ("q2", ["TRUE", "FALSE"], 3, 4),
        ("q3", ["树", "石", "水"], 4, 5),
        ("q4", ["2026-01-02", "May"], 5, 6),
    ]
    assert problems(found) == [(6, 7, "no_key")]
    assert questions(found)[0].category == ("حساب",)
    assert [notice.code for notice in questions(found)[3].notices] == ["date_cell"]


def test_the_sheet_with_questions_is_found():
    content = workbook(
        [["question", "option_a", "option_b", "correct"], ["Q?", "x", "y", "A"]], before=[("Read me", [["Hello"]])]
    )

    assert only(content, "x.xlsx").stem_html == "Q?"


def package(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and then nothing", "broken_workbook"),
        (package(xl__workbook_xml="<x/>"), "broken_workbook"),
        (workbook([["question", "correct"], ["Q", "a"]])[:-300], "broken_workbook"),
        (package(xl__workbook_xml="<x/>", xl__media__big=bytes(30 * 2**20)), "unpacks_too_large"),
        (package(xl__workbook_xml='<!DOCTYPE x [<!ENTITY a "b">]><x/>'), "entity_expansion"),
    ],
    ids=["no package", "no sheets", "cut off", "bomb", "entities"],
)
def test_a_hostile_or_broken_workbook_is_refused(content, code):
    with pytest.raises(FileRefused) as refusal:
        records(content, "x.xlsx")

    assert refusal.value.code == code


def test_a_workbook_full_of_broken_xml_is_refused_on_the_way():
    source = io.BytesIO(workbook([["question", "option_a", "option_b", "correct"], *[["Q?", "a", "b", "A"]] * 5]))
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry, content[: len(content) // 2] if "sheet1" in entry.filename else content)

    with pytest.raises(FileRefused) as refusal:
        records(target.getvalue(), "x.xlsx")

    assert refusal.value.code == "broken_workbook"


@pytest.mark.parametrize(
    ("name", "number"),
    [("A", 1), ("option_c", 3), ("Option 4", 4), ("choice_2", 2), ("e", 5), ("الخيار ب", 2), ("选项D", 4),
     ("Réponse b", 2), ("question", None), ("", None), ("ab", None), ("option", None), ("0", None)],
)  # fmt: skip
def test_option_numbers(name, number):
    assert option_number(name) == number


@pytest.mark.slow
@given(st.lists(st.lists(st.text(max_size=6), max_size=6), max_size=6), st.sampled_from(",;\t|"))
def test_any_rows_give_records_and_never_an_error(rows, separator):
    text = "question,option_a,option_b,correct,type\n".replace(",", separator)
    text += "\n".join(separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)

    for record in records(text.encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "x.csv"):
        assert record.position.number >= 1


@pytest.mark.parametrize(
    ("filename", "head", "found"),
    [
        ("x.csv", b"question,correct", "csv"),
        ("x.txt", b"question\toption a\toption b\tcorrect\n", "csv"),
        ("x.txt", b"::t::Is it? {=yes ~no}", "gift"),
        ("x.txt", "Is it? {TRUE}".encode("utf-16"), "gift"),
        ("x.gift", b"anything", "gift"),
        ("x.txt", b"\n<?xml version='1.0'?>\n<quiz>", "moodle_xml"),
        ("x", "<quiz>".encode("utf-16"), "moodle_xml"),
        ("x.xml", b"<html>", "moodle_xml"),
        ("x.xlsx", b"PK\x03\x04....", "xlsx"),
        ("x.bin", b"PK\x03\x04....[Content_Types].xml", "xlsx"),
        ("x.zip", b"PK\x03\x04....imsmanifest.xml", None),
        ("x.txt", b"Which?\nA. one\nB. two\nANSWER: A\n", None),
        ("x.html", b"<!DOCTYPE html><html>", None),
        ("x.pdf", b"%PDF-1.7", None),
    ],
)
def test_formats_are_told_apart(filename, head, found):
    assert detect(filename, head) == found


@pytest.mark.parametrize(
    ("content", "filename", "code"),
    [(b"", "x.gift", "empty_file"), (b" \r\n\t", "x.csv", "empty_file"), (b"\xef\xbb\xbf", "x.xml", "empty_file"),
     (b"\xd0\xcf\x11\xe0old", "x.xls", "unknown_format"), (b"%PDF-1.7", "x.pdf", "unknown_format")],
)  # fmt: skip
def test_files_that_hold_no_questions_are_refused(content, filename, code):
    with pytest.raises(FileRefused) as refusal:
        open_questions(io.BytesIO(content), filename)

    assert refusal.value.code == code
    assert refusal.value.remedy


def test_a_file_beyond_the_size_limit_is_refused_unread():
    class Huge(io.BytesIO):
        def tell(self):
            return 64 * 2**20 + 1

    with pytest.raises(FileRefused) as refusal:
        open_questions(Huge(b"::t:: {T}"), "x.gift")

    assert refusal.value.code == "file_too_large"
