"""Moodle XML: every feature of the format on a file of our own, and hostile files."""

import base64
import io
import tracemalloc

import pytest

from apps.questionbank.formats.reading import open_questions
from apps.questionbank.formats.records import FileRefused
from apps.questionbank.types import registry, shapes

from .reading_files import FILES, fractions, htmls, only, problems, questions, records, records_of, unsupported


@pytest.fixture(scope="module")
def by_title():
    return {question.title: question for question in questions(records_of("features.moodle.xml"))}


def quiz(*inner):
    return f"<quiz>{''.join(inner)}</quiz>"


def question_xml(body, kind="multichoice"):
    answers = '<answer fraction="100"><text>a</text></answer><answer fraction="0"><text>b</text></answer>'
    return f'<question type="{kind}"><name><text>n</text></name>{body}{answers}</question>'


def test_file_of_features_is_read_whole():
    found = records_of("features.moodle.xml")

    assert [record.type for record in questions(found)] == [
        "single_choice", "multiple_choice", "true_false", "short_answer", "numerical", "matching", "single_choice",
        "true_false", "single_choice",
    ]  # fmt: skip
    assert [(number, code) for number, _line, code in problems(found)] == [
        (10, "no_full_mark"),
        (11, "no_full_mark"),
        (12, "broken_media"),
    ]
    assert unsupported(found) == [("description", "Read this"), ("combined", "Nested")]


def test_texts_fractions_and_feedback(by_title):
    question = by_title["Name with markup: x < 1 & y"]

    assert question.category == ("Colours", "Red/Green")
    assert (question.idnumber, question.tags) == ("T & F", ("colour", "light"))
    assert question.explanation_html == "It is <strong>red</strong>."
    assert question.content["shuffle"] is False
    assert fractions(question) == ["1", "-1/3", "0"]
    assert question.key["floor"] == "-1/3"
    assert question.key["outcome_feedback"] == {"correct": "Well done.", "incorrect": "<em>Look</em> again."}
    assert htmls(question)[1:] == ["other", "a &lt; b"]
    assert question.position.line == 5


def test_files_in_stem_options_and_feedback_become_references(by_title):
    question = by_title["Name with markup: x < 1 & y"]
    by_name = {media.name: media for media in question.media}

    assert set(by_name) == {"red square.png", "green.png", "blue.png"}
    assert all(media.content.startswith(b"\x89PNG") for media in question.media)
    assert question.stem_html == (
        '<p>Which is <span data-tex="r&lt;g">r&lt;g</span>? '
        f'<img src="media:{by_name["red square.png"].sha256}" alt="Red"></p>'
    )
    assert htmls(question)[0] == f'<img src="media:{by_name["green.png"].sha256}" alt="Green">'
    assert question.key["feedback"]["a1"] == f'<img src="media:{by_name["blue.png"].sha256}" alt="Blue"> yes'
    assert base64.b64encode(by_name["green.png"].content).decode() not in question.source
    assert by_name["green.png"].sha256 in question.source


def test_several_right_options_make_exactly_one(by_title):
    several = by_title["Several"]

    assert fractions(several) == ["1/3", "1/3", "1/3", "-1/2"]
    assert registry.get("multiple_choice").mark(several.key, ["a1", "a2", "a3"]) == 1


def test_true_false_short_answer_and_category_change(by_title):
    assert by_title["True"].key == {"correct": True, "feedback": {"true": "Yes.", "false": "No."}}
    short = by_title["Short"]
    assert short.category == ("Numbers",)
    assert short.key == {
        "patterns": [{"text": "Van Gogh", "feedback_html": "Yes."}, {"text": "*Gogh*", "fraction": "1/2"}],
        "is_case_sensitive": True,
    }


def test_units_are_chosen_converted_and_graded(by_title):
    numerical = by_title["Numerical"]
    kind = registry.get("numerical")

    assert numerical.content == {"stem_html": "How long?", "unit_entry": "choice", "units": ["m", "km"]}
    assert kind.mark(numerical.key, {"value": "1.505", "unit": "km"}) == 1
    assert kind.mark(numerical.key, {"value": "1500"}) == kind.mark(numerical.key, {"value": "1500", "unit": "s"})
    assert str(kind.mark(numerical.key, {"value": "1500"})) == "0.9000000"
    assert kind.feedback(numerical.key, {"value": "3", "unit": "km"}) == ["Measure again."]


def test_matching_with_distractor(by_title):
    match = by_title["Match"]

    assert htmls(match, "premises") == ["<b>Paris</b>", "Lyon"]
    assert htmls(match, "choices") == ["France", "Spain"]
    assert match.key == {"pairs": {"p1": "c1", "p2": "c1"}}


def test_arabic_and_chinese(by_title):
    question = by_title["عربي"]

    assert question.stem_html == '<p dir="rtl">ما هو اللون؟</p>'
    assert htmls(question) == ["أحمر", "红色"]


def test_old_inline_missing_and_outside_pictures(by_title):
    old = by_title["Old picture"]
    assert old.stem_html == f'Is it red?<p><img src="media:{old.media[0].sha256}" alt="old.png"></p>'
    assert old.media[0].content.startswith(b"\x89PNG")

    question = by_title["Inline and missing"]
    assert shapes.media_in(question.content) == {question.media[0].sha256}
    assert [notice.code for notice in question.notices] == ["missing_media", "outside_media"]
    assert "gone.png" in question.notices[0].message
    assert "https://elsewhere.example/a.png?x=1&y=2" in question.notices[1].message


def test_what_is_not_supported_keeps_its_source_and_files():
    description, nested = (record for record in records_of("features.moodle.xml") if hasattr(record, "type_name"))

    assert description.source.startswith('<question type="description">')
    assert [media.name for media in description.media] == ["green.png"]
    assert description.media[0].sha256 in description.source
    assert '<question type="truefalse"><name><text>inner</text></name></question>' in nested.source
    assert nested.category == ("Numbers",)


def test_fractions_that_nearly_make_a_whole_are_adjusted_and_said():
    parts = ("33", "33.3", "33.33333", "-20")
    answers = "".join(f'<answer fraction="{part}"><text>{part}</text></answer>' for part in parts)
    body = f"<questiontext><text>q</text></questiontext><single>false</single>{answers}"

    question = only(quiz(f'<question type="multichoice"><name><text>n</text></name>{body}</question>'), "x.xml")

    assert fractions(question) == ["1/3", "1/3", "1/3", "-1/5"]
    assert [notice.code for notice in question.notices] == ["fractions_adjusted"]


@pytest.mark.parametrize("parts", [("50", "40"), ("90",), ("0", "0"), ("-100",)])
def test_fractions_that_make_no_whole_are_refused(parts):
    answers = "".join(f'<answer fraction="{part}"><text>{number}</text></answer>' for number, part in enumerate(parts))
    body = f"<questiontext><text>q</text></questiontext><single>false</single>{answers}"

    found = records(quiz(f'<question type="multichoice"><name><text>n</text></name>{body}</question>'), "x.xml")

    assert [code for _number, _line, code in problems(found)] == ["no_full_mark"]


@pytest.mark.parametrize("fraction", ["much", "1e5", "NaN", "Infinity", "99999", "1" * 50])
def test_a_fraction_that_is_no_percentage_is_named(fraction):
    body = f'<questiontext><text>q</text></questiontext><answer fraction="{fraction}"><text>c</text></answer>'

    found = records(quiz(question_xml(body)), "x.xml")

    assert [code for _number, _line, code in problems(found)] == ["bad_fraction"]


BOMB = "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)
HOSTILE = {
    "entity_expansion": f'<?xml version="1.0"?><!DOCTYPE quiz [<!ENTITY a "aaaa">{BOMB}]>{quiz(question_xml("&j;"))}',
    "external_entity": f'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/hostname">]>{quiz(question_xml("&x;"))}',
    "not_xml": "PK\x03\x04 this is something else",
    "truncated": quiz(question_xml(""), question_xml(""))[:-60],
    "malformed": quiz(question_xml(""), "<question type='x'></name></question>"),
    "wrong_root": "<?xml version='1.0'?><assessment><question/></assessment>",
}


@pytest.mark.parametrize(("code", "text"), HOSTILE.items(), ids=HOSTILE)
def test_a_hostile_or_broken_file_is_refused_before_its_first_question(code, text):
    taken = []

    with pytest.raises(FileRefused) as refusal:
        taken.extend(open_questions(io.BytesIO(text.encode()), "x.moodle.xml").records)

    assert taken == []
    assert refusal.value.code == code
    assert refusal.value.message
    assert refusal.value.remedy


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE quiz SYSTEM "http://elsewhere.example/q.dtd">', '<!DOCTYPE quiz PUBLIC "-//x//y" "file:///etc/passwd">',
     '<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://elsewhere.example/x"> %x;]>'],
)  # fmt: skip
def test_outside_document_types_are_refused_without_being_read(doctype):
    with pytest.raises(FileRefused) as refusal:
        records(f"{doctype}{quiz(question_xml(''))}", "x.xml")

    assert refusal.value.code in {"external_entity", "malformed", "not_xml"}


def test_an_undefined_entity_is_a_broken_file():
    with pytest.raises(FileRefused) as refusal:
        records(quiz(question_xml("<questiontext><text>a&nbsp;b</text></questiontext>")), "x.xml")

    assert refusal.value.code == "malformed"
    assert refusal.value.line == 1


def test_blank_lines_and_a_mark_before_the_declaration_are_no_matter():
    body = quiz(question_xml("<questiontext><text>é</text></questiontext>"))
    declared = f'<?xml version="1.0" encoding="UTF-8"?>{body}'

    assert only(f"\n\n  {declared}", "x.xml").stem_html == "é"
    assert only("\ufeff" + declared, "x.xml").stem_html == "é"
    assert only(declared.replace("UTF-8", "UTF-16").encode("utf-16"), "x.xml").stem_html == "é"
    assert only(declared.replace("UTF-8", "windows-1252").encode("cp1252"), "x.xml").stem_html == "é"


@pytest.mark.parametrize("inner", [base64.b64encode(bytes(11 * 2**20)).decode(), "<a>" * 300 + "</a>" * 300])
def test_what_is_too_large_or_too_deep_is_named(inner):
    with pytest.raises(FileRefused) as refusal:
        records(quiz(question_xml(f"<questiontext><text>q</text><file>{inner}</file></questiontext>")), "x.xml")

    assert refusal.value.code == "limit_exceeded"


def test_a_question_that_is_only_an_outside_picture_is_named():
    picture = '<![CDATA[<p><img src="https://elsewhere.example/a.png"></p>]]>'
    stem = f'<questiontext format="html"><text>{picture}</text></questiontext>'

    found = records(quiz(question_xml(stem)), "x.xml")

    assert [code for _number, _line, code in problems(found)] == ["only_outside_media"]


@pytest.mark.slow
def test_a_large_file_is_never_held_as_a_whole():
    picture = base64.b64encode(b"\x89PNG" + bytes(200_000)).decode()
    text = '<text><![CDATA[<img src="@@PLUGINFILE@@/p.png">]]></text>'
    stem = f'<questiontext>{text}<file name="p.png">{picture}</file></questiontext>'
    content = quiz(*[question_xml(stem)] * 60).encode()  # 16 MB

    tracemalloc.start()
    count = sum(1 for _record in open_questions(io.BytesIO(content), "x.xml").records)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == 60
    assert peak < 8 * 2**20


def test_a_picture_beyond_the_limit_is_named():
    data = base64.b64encode(bytes(7 * 2**20 + 1)).decode()
    stem = (
        f'<questiontext format="html"><text>@@PLUGINFILE@@/p.png</text><file name="p.png">{data}</file></questiontext>'
    )

    found = records(quiz(question_xml(stem)), "x.xml")

    assert [code for _number, _line, code in problems(found)] == ["media_too_large"]
    assert len(found[0].source) < 1000


def test_the_file_of_features_says_what_it_is():
    with (FILES / "features.moodle.xml").open("rb") as file:
        assert open_questions(file, "anything.txt").format == "moodle_xml"
