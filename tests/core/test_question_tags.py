"""Questions as they are answered and reviewed."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from apps.core.design_samples import questions, reviews
from apps.core.templatetags import lectern_questions as tags

BY_TYPE = {question["type"]: question for question in questions()}
OPTIONS = [{"id": "a", "html": "<b>A</b>"}, {"id": "b", "html": "B"}, {"id": "c", "html": "C"}]


def drawn(tag: str, question) -> str:
    """Return what a tag draws for a question, with runs of white space made one space."""
    source = "{% load lectern_questions %}{% " + tag + " question %}"
    return " ".join(Template(source).render(Context({"question": question})).split())


def question(kind, **fields):
    return {"id": "q", "type": kind, "selected_answer": None, **fields}


def states(kind, given, right):
    found = tags.answer_review(question(kind, options=OPTIONS, selected_answer=given, correct_answer=right))
    return [(option["state"], option["is_chosen"]) for option in found["options"]]


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_every_type_can_be_answered_and_reviewed(kind):
    reviewed = {review["type"]: review for review in reviews()}[kind]

    assert f'name="answer-{BY_TYPE[kind]["id"]}' in drawn("answer_fields", BY_TYPE[kind])
    assert "data-state" in drawn("answer_review", reviewed)


def test_what_was_chosen_is_checked():
    found = drawn("answer_fields", question("multiple_choice", options=OPTIONS, selected_answer=["a", "c"]))

    assert found.count(" checked") == 2
    assert 'type="checkbox" name="answer-q" value="a" id="answer-q-1" checked' in found


@pytest.mark.parametrize(("answer", "value"), [(True, "true"), (False, "false")])
def test_true_and_false_are_options_like_others(answer, value):
    found = drawn("answer_fields", question("true_false", selected_answer=answer))

    assert f'value="{value}" id="answer-q-{1 if answer else 2}" checked' in found


def test_no_answer_leaves_everything_open():
    for sample in BY_TYPE.values():
        found = drawn("answer_fields", {**sample, "selected_answer": None})
        assert (" checked" in found, " selected" in found) == (False, False)


def test_rich_text_is_kept_and_a_typed_answer_is_escaped():
    assert "<b>A</b>" in drawn("answer_fields", question("single_choice", options=OPTIONS))
    assert 'value="&lt;i&gt;"' in drawn("answer_fields", question("short_answer", selected_answer="<i>"))


@pytest.mark.parametrize(
    ("unit_entry", "expected"),
    [
        ("choice", '<select class="input" id="answer-q-unit" name="answer-q-unit">'),
        ("text", '<input class="input" id="answer-q-unit" name="answer-q-unit" autocomplete="off"'),
    ],
)
def test_a_unit_is_chosen_or_written(unit_entry, expected):
    assert expected in drawn("answer_fields", question("numerical", unit_entry=unit_entry, units=["m", "km"]))


def test_a_number_without_a_unit_has_no_field_for_one():
    assert "answer-q-unit" not in drawn("answer_fields", question("numerical", unit_entry="none", units=[]))


def test_another_option_that_the_key_takes_as_right_is_not_shown_as_wrong():
    found = tags.answer_review(
        question("single_choice", options=OPTIONS, selected_answer="c", correct_answer="a", is_correct=True)
    )

    assert [option["state"] for option in found["options"]] == ["plain", "plain", "right"]


def test_a_single_choice_shows_the_right_one_beside_the_wrong_one():
    assert states("single_choice", "a", "b") == [("wrong", True), ("right", False), ("plain", False)]


def test_several_choices_show_which_were_right_missed_and_wrong():
    assert states("multiple_choice", ["a", "c"], ["a", "b"]) == [("right", True), ("right", False), ("wrong", True)]


@given(st.none() | st.sampled_from("abc"), st.sampled_from("abc"))
def test_exactly_the_right_option_is_shown_as_right(given, right):
    found = states("single_choice", given, right)

    assert [state for state, _ in found].count("right") == 1
    assert [state for state, _ in found].count("wrong") == (given is not None and given != right)


def test_pairs_say_what_was_chosen_and_what_is_right():
    sample = question(
        "matching",
        premises=[{"id": 1, "html": "Force"}, {"id": 2, "html": "Power"}],
        choices=[{"id": 10, "html": "N"}, {"id": 11, "html": "W"}],
        selected_answer={"1": "10"},
        correct_answer={"1": "10", "2": "11"},
    )

    assert tags.answer_review(sample)["pairs"] == [
        {"html": "Force", "chosen_html": "N", "right_html": "N", "state": "right"},
        {"html": "Power", "chosen_html": "", "right_html": "W", "state": "wrong"},
    ]


def test_choices_with_formulas_are_listed_by_letter_above_the_list_box():
    found = drawn("answer_fields", BY_TYPE["matching"])

    assert '<b>A</b> <bdi><span data-tex="\\mathrm{J}">J</span></bdi>' in found
    assert '<option value="c1">A: J</option>' in found


def test_letters_go_on_after_the_last_of_the_alphabet():
    choices = [{"id": number, "html": "x"} for number in range(28)]

    assert [choice["letter"] for choice in tags._lettered(choices)][25:] == ["Z", "A2", "B2"]


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ({"value": "3.5", "tolerance": "0.1", "unit": "m"}, ["3.5 ± 0.1 m"]),
        ({"value": 4, "unit": None}, ["4"]),
        (["c", "c0"], ["c", "c0"]),
        ("c", ["c"]),
        (None, []),
    ],
)
def test_the_right_answer_of_a_written_question_in_words(right, expected):
    assert tags.answer_review(question("short_answer", correct_answer=right))["accepted"] == expected
