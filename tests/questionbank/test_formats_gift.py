"""GIFT: every feature of the format on a file of our own, and every way it is broken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.questionbank.formats.gift import category_path
from apps.questionbank.formats.records import NotSupported
from apps.questionbank.types import registry

from .reading_files import fractions, htmls, only, problems, questions, records, records_of, unsupported


@pytest.fixture(scope="module")
def by_title():
    return {question.title: question for question in questions(records_of("features.gift"))}


def test_file_of_features_is_read_whole():
    found = records_of("features.gift")

    assert problems(found) == []
    assert [record.type for record in questions(found)] == [
        *("single_choice", "multiple_choice", "multiple_choice", "true_false", "true_false", "short_answer"),
        *("short_answer", "numerical", "numerical", "numerical", "numerical", "matching", "single_choice"),
        *("single_choice", "single_choice", "true_false", "single_choice", "single_choice", "single_choice"),
    ]
    assert unsupported(found) == [("essay", ""), ("description", "Notice")]
    assert [record.position.number for record in found] == list(range(1, 22))


def test_ids_tags_categories_and_lines_are_kept(by_title):
    rivers = by_title["Rivers"]

    assert (rivers.idnumber, rivers.tags) == ("geo-1", ("rivers", "easy"))
    assert rivers.category == ("Geography", "Europe/Asia")
    assert rivers.position.line == 5
    assert rivers.source.splitlines()[:2] == [
        "// [id:geo-1] [tag:rivers] [tag:easy]",
        "::Rivers::Which river flows through Vienna? {",
    ]
    assert (by_title["Several: right"].idnumber, by_title["Several: right"].tags) == ("geo-2", ("maps",))
    assert by_title["Gap"].category == ("Mathematics",)
    assert by_title["Gap"].idnumber == ""


def test_choices_weights_and_feedback(by_title):
    rivers = by_title["Rivers"]

    assert htmls(rivers) == ["The Rhine", "The Danube", "The Nile"]
    assert fractions(rivers) == ["0", "1", "-1/2"]
    assert rivers.key["floor"] == "-1/2"
    assert rivers.key["feedback"] == {"a1": "That is Cologne.", "a2": "Right!"}
    assert rivers.explanation_html == "Vienna lies on the Danube: see an atlas."
    assert fractions(by_title["Several: right"]) == ["1/2", "1/2", "-1", "0"]
    assert "floor" not in by_title["Several: right"].key


def test_thirds_are_exact_and_markdown_is_rendered(by_title):
    thirds = by_title["Thirds"]

    assert fractions(thirds) == ["1/3", "1/3", "1/3", "-1/3"]
    assert registry.get("multiple_choice").mark(thirds.key, ["a1", "a2", "a3"]) == 1
    assert thirds.stem_html == "Which are <strong>prime</strong>?"


def test_true_and_false_with_feedback():
    flat, small = (
        record for record in questions(records_of("features.gift")) if record.type == "true_false" and not record.title
    )

    assert flat.key == {"correct": False, "feedback": {"true": "Look at a ship sail away.", "false": "Exactly."}}
    assert flat.explanation_html == "Ask Eratosthenes."
    assert small.key == {"correct": True}


def test_short_answers_and_the_blank_they_leave(by_title):
    gap = by_title["Gap"]

    assert gap.stem_html == "The capital of _____ is Oslo."
    assert gap.key["patterns"] == [
        {"text": "Norway"},
        {"text": "Norge", "fraction": "1/2", "feedback_html": "Say it in English."},
        {"text": "Sw*", "fraction": "0", "feedback_html": "No."},
    ]
    assert only("{=Asia} is large.").stem_html == "_____ is large."


@pytest.mark.parametrize(
    ("block", "answers"),
    [
        ("#4", [{"value": "4"}]),
        ("#-1.5e3", [{"value": "-1500"}]),
        ("#3,5", [{"value": "3.5"}]),
        ("#1..5#Well done.", [{"minimum": "1", "maximum": "5", "feedback_html": "Well done."}]),
        ("#3.14:0.005", [{"value": "3.14", "tolerance": "0.005"}]),
        ("#=7 ~#No.", [{"value": "7"}, {"any": True, "fraction": "0", "feedback_html": "No."}]),
        ("#3:2~#No.", [{"value": "3", "tolerance": "2"}, {"any": True, "fraction": "0", "feedback_html": "No."}]),
        ("#=%100%7:1#a =%25%8#b", [{"value": "7", "tolerance": "1", "feedback_html": "a"},
                                   {"value": "8", "fraction": "1/4", "feedback_html": "b"}]),
    ],
)  # fmt: skip
def test_numbers(block, answers):
    assert only(f"How many? {{{block}}}").key["answers"] == answers


def test_matching_with_distractor_and_shared_choice(by_title):
    pairs = by_title["Pairs"]

    assert pairs.stem_html == "Match <b>each</b> city."
    assert htmls(pairs, "premises") == ["<i>Paris</i>", "Rome", "Milan"]
    assert htmls(pairs, "choices") == ["France", "Italy", "Spain"]
    assert pairs.key == {"pairs": {"p1": "c1", "p2": "c2", "p3": "c2"}}
    assert pairs.explanation_html == "Two are in Italy."


def test_escapes_formulas_and_line_breaks(by_title):
    formula = by_title["Formula"]

    assert formula.stem_html == (
        'Simplify <span data-tex="\\frac{1}{2} \\neq x">\\frac{1}{2} \\neq x</span> and '
        '<span data-tex="a = b" data-display="block">a = b</span>'
    )
    assert htmls(formula) == ["one half", "two<br>lines"]
    assert '<span data-tex="\\frac{1}{2}">' in by_title["Braces of TeX"].stem_html
    assert htmls(by_title["Blank line inside"]) == ["two", "three"]
    assert only(r"A \~ \= \# \{ \} \: \\ \q {=x ~y}").stem_html == r"A ~ = # { } : \ \q"


def test_html_is_cleaned_and_text_in_it_survives(by_title):
    assert by_title["HTML"].stem_html == (
        '<p>See <a href="https://example.org" rel="noopener noreferrer">this</a> &amp; <b>that</b> where a&lt;b.</p>'
    )
    image = by_title["Image"]
    assert image.stem_html == "A map Where is it?"
    assert [notice.code for notice in image.notices] == ["outside_media"]
    assert "https://elsewhere.example/x.png" in image.notices[0].message


def test_arabic_and_chinese(by_title):
    assert by_title["سؤال"].stem_html == "ما هي عاصمة مصر؟"
    assert htmls(by_title["سؤال"]) == ["القاهرة", "الإسكندرية", "أسوان"]
    assert by_title["中文"].key["feedback"] == {"a2": "对！"}


@pytest.mark.parametrize(
    ("prefix", "html"),
    [
        ("[html]", "a <b>b</b>"), ("[moodle]", "a <b>b</b>"), ("", "a <b>b</b>"), ("[markdown]", "a <b>b</b>"),
        ("[plain]", "a &lt;b&gt;b&lt;/b&gt;"),
    ],
)  # fmt: skip
def test_text_formats(prefix, html):
    question = only(f"{prefix}a <b>b</b> {{=a <b>b</b> ~[plain]<i>}}")

    assert question.stem_html == html
    assert htmls(question) == [html, "&lt;i&gt;"]


def test_physical_line_ends_are_spaces_and_markdown_keeps_them():
    assert only("One\ntwo {T}").stem_html == "One two"
    assert only("[markdown]One\n\\n\\n- two {T}").stem_html == "<p>One</p>\n<ul>\n<li>two</li>\n</ul>"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ends(end):
    text = "$CATEGORY: A/B\n\n::one::Is it? {\n=yes\n~no\n}\n\n// c\n::two::Is it? {F}\n".replace("\n", end)

    found = records(text, "x.gift")

    assert [(record.title, record.category, record.position.line) for record in found] == [
        ("one", ("A", "B"), 3),
        ("two", ("A", "B"), 9),
    ]


def test_broken_questions_are_named_and_good_ones_kept():
    found = records_of("broken.gift")

    assert [question.title for question in questions(found)] == ["good", "good too"]
    assert problems(found) == [
        (2, 3, "unbalanced_brace"), (3, 5, "unbalanced_brace"), (4, 7, "unknown_answers"), (5, 9, "no_full_mark"),
        (6, 11, "bad_fraction"), (7, 13, "not_a_number"), (8, 15, "pair_without_arrow"), (9, 17, "invalid_question"),
    ]  # fmt: skip
    assert all(record.message and record.remedy and record.source for record in found if hasattr(record, "code"))


@pytest.mark.parametrize(
    ("after", "count"),
    [
        ("::next::Is it? {T}", 1),
        ("Is it? {T}", 1),
        ("$CATEGORY: x\n\nIs it? {T}", 1),
        ("// comment\n\nIs it? {F}", 1),
        ("", 0),
    ],
)
def test_a_brace_never_closed_does_not_swallow_what_follows(after, count):
    found = records(f"Lost? {{=a ~b\n\n{after}", "x.gift")

    assert problems(found) == [(1, 1, "unbalanced_brace")]
    assert len(questions(found)) == count


def test_a_file_of_comments_and_categories_has_no_questions():
    assert records("// nothing\n\n$CATEGORY: a/b\n\n// more\n", "x.gift") == []


def test_essays_keep_their_source_and_category():
    [essay] = records("$CATEGORY: $course$/top/Texts\n\n::Essay::Write. {####Hints}", "x.gift")

    assert essay == NotSupported(
        position=essay.position,
        type_name="essay",
        source="::Essay::Write. {####Hints}",
        title="Essay",
        category=("Texts",),
    )
    assert (essay.position.number, essay.position.line) == (1, 3)


@pytest.mark.parametrize(
    ("text", "path"),
    [("$course$/top/A/B", ("A", "B")), ("$system$/A", ("A",)), ("A//B/C", ("A/B", "C")), ("top", ()), ("", ()),
     ("Default for X", ("Default for X",)), (" A / B ", ("A", "B"))],
)  # fmt: skip
def test_category_path(text, path):
    assert category_path(text) == path


def test_a_text_beyond_the_limit_is_refused_by_question():
    found = records(f"{'x' * 100_001} {{T}}\n\nIs it? {{T}}", "x.gift")

    assert problems(found) == [(1, 1, "text_too_long")]
    assert len(found) == 2


PIECES = [
    "{",
    "}",
    "=",
    "~",
    "#",
    "\\",
    ":",
    "::",
    "%50%",
    "->",
    "\n",
    "\n\n",
    "T",
    "a",
    "//",
    "$CATEGORY:",
    "[html]",
    "<b>",
]
PIECES += ["\\(", "..", "1", "####", "[id:", "%", "F#", "*"]


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_gives_records_and_never_an_error(text):
    for record in records("::t::x\n" + text, "x.gift"):
        assert record.source
