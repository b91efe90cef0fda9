"""Single choice, multiple choice, true or false, matching: the rules of each."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.questionbank.types import registry

from .questions import EXAMPLES, matchings, multiple_choices

single, multiple, true_false, matching = (
    registry.get(code) for code in ("single_choice", "multiple_choice", "true_false", "matching")
)


def options(count):
    return [{"id": f"a{number}", "html": str(number)} for number in range(1, count + 1)]


def content(count=3):
    return {"stem_html": "?", "options": options(count)}


def test_single_choice_marks_each_option_by_its_part():
    key = {"fractions": {"a1": "1", "a2": "1/3", "a3": "-1/4"}, "floor": "-1/4"}

    marks = {option: single.mark(key, option) for option in ("a1", "a2", "a3", "a4", None, 1)}

    assert marks["a1"] == 1
    assert marks["a2"] == Decimal("0.3333333")
    assert marks["a3"] == Decimal("-0.25")
    assert marks["a4"] == marks[None] == marks[1] == single.mark(key, ["a1"]) == 0


def test_single_choice_never_falls_below_its_floor():
    assert single.mark({"fractions": {"a1": "1", "a2": "-1"}}, "a2") == 0
    assert single.mark({"fractions": {"a1": "1", "a2": "-1"}, "floor": "-1/2"}, "a2") == Decimal("-0.5")


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ({"fractions": {"a1": "1/2"}}, "key.fractions"),
        ({"fractions": {}}, "key.fractions"),
        ({"fractions": {"a1": "1", "zz": "0"}}, "key.fractions.zz"),
        ({"fractions": {"a1": "1", "a2": "a lot"}}, "key.fractions.a2"),
        ({"fractions": {"a1": "2"}}, "key.fractions.a1"),
        ({"fractions": {"a1": "1"}, "floor": "1/2"}, "key.floor"),
        ({"fractions": {"a1": "1"}, "floor": "-2"}, "key.floor"),
        ({"fractions": {"a1": "1"}, "feedback": {"zz": "x"}}, "key.feedback.zz"),
        ({"fractions": {"a1": "1"}, "policy": "all_or_nothing"}, "key"),
    ],
)
def test_single_choice_refuses_a_bad_key(key, field):
    assert list(single.validate_content(content(), key)) == [field]


@pytest.mark.parametrize(
    ("entries", "field"),
    [
        (options(1), "content.options"),
        (options(101), "content.options"),
        ([*options(2), {"id": "a1", "html": "again"}], "content.options.2.id"),
        ([*options(2), {"id": "A-9", "html": "x"}], "content.options.2.id"),
        ([*options(2), {"id": "a3", "html": "<p>&nbsp;</p>"}], "content.options.2.html"),
    ],
)
def test_choices_refuse_bad_options(entries, field):
    key = {"fractions": {"a1": "1"}}

    assert list(single.validate_content({"stem_html": "?", "options": entries}, key)) == [field]
    assert list(multiple.validate_content({"stem_html": "?", "options": entries}, key)) == [field]


def test_multiple_choice_adds_parts_and_takes_wrong_ones_off():
    key = {"fractions": {"a1": "1/3", "a2": "1/3", "a3": "1/3", "a4": "-1/2"}}

    assert multiple.mark(key, ["a1", "a2", "a3"]) == 1
    assert multiple.mark(key, ["a1"]) == Decimal("0.3333333")
    assert multiple.mark(key, ["a1", "a2", "a4"]) == Decimal("0.1666667")
    assert multiple.mark(key, ["a4"]) == 0
    assert multiple.mark({**key, "floor": "-1"}, ["a4"]) == Decimal("-0.5")
    assert multiple.mark(key, []) == 0


def test_multiple_choice_all_or_nothing_wants_exactly_the_right_ones():
    key = {"fractions": {"a1": "1/2", "a2": "1/2", "a3": "0"}, "policy": "all_or_nothing"}

    assert multiple.mark(key, ["a2", "a1"]) == 1
    assert multiple.mark(key, ["a1"]) == multiple.mark(key, ["a1", "a2", "a3"]) == multiple.mark(key, []) == 0


def test_multiple_choice_needs_parts_that_reach_one():
    assert list(multiple.validate_content(content(), {"fractions": {"a1": "1/3", "a2": "1/3"}})) == ["key.fractions"]
    assert multiple.validate_content(content(), {"fractions": {"a1": "1", "a2": "1"}}) == {}


@pytest.mark.slow
@given(multiple_choices(), st.randoms())
def test_multiple_choice_does_not_depend_on_the_order_of_the_answer(question, random):
    _code, shown, key = question
    chosen = [option["id"] for option in shown["options"] if random.random() < 0.6]
    shuffled = random.sample(chosen, len(chosen))

    assert multiple.mark(key, chosen) == multiple.mark(key, shuffled)
    assert multiple.mark(dict(key, fractions=dict(reversed(key["fractions"].items()))), chosen) == multiple.mark(
        key, chosen
    )


@pytest.mark.parametrize(
    ("kind", "payload", "fits"),
    [
        (single, "a1", True), (single, "a9", False), (single, ["a1"], False), (single, 1, False), (single, "", False),
        (multiple, [], True), (multiple, ["a1", "a3"], True), (multiple, ["a1", "a1"], False), (multiple, "a1", False),
        (multiple, ["a9"], False), (multiple, [None], False), (multiple, {"a1": True}, False),
        (true_false, True, True), (true_false, False, True), (true_false, "true", False), (true_false, 1, False),
    ],
)  # fmt: skip
def test_an_answer_must_fit(kind, payload, fits):
    assert (kind.validate_answer(content(), payload) == []) is fits


def test_true_false_marks_booleans_only():
    key = {
        "correct": True,
        "feedback": {"false": "No!", "true": "Yes."},
        "outcome_feedback": {"incorrect": "Read again."},
    }

    assert [true_false.mark(key, payload) for payload in (True, False, None, 1, "true")] == [1, 0, 0, 0, 0]
    assert true_false.feedback(key, False) == ["No!", "Read again."]
    assert true_false.feedback(key, True) == ["Yes."]
    assert list(true_false.validate_content({"stem_html": "?"}, {"correct": 1})) == ["key.correct"]
    assert list(true_false.validate_content({"stem_html": "?"}, {"correct": True, "feedback": {"x": ""}})) == [
        "key.feedback.x"
    ]


def test_feedback_is_that_of_the_chosen_options():
    key = {
        "fractions": {"a1": "1/2", "a2": "1/2", "a3": "0"},
        "feedback": {"a1": "one", "a3": "three", "a2": ""},
        "outcome_feedback": {"correct": "all", "partial": "some", "incorrect": "none"},
    }

    assert multiple.feedback(key, ["a1", "a2"]) == ["one", "all"]
    assert multiple.feedback(key, ["a3", "a1"]) == ["one", "three", "some"]
    assert multiple.feedback(key, None) == ["none"]
    assert single.feedback({"fractions": {"a1": "1"}, "feedback": {"a1": "yes"}}, "a1") == ["yes"]


def test_without_shuffle_the_authors_order_stays():
    fixed = {**content(3), "shuffle": False}

    assert single.option_ids(fixed) == []
    assert single.option_ids(content(3)) == ["a1", "a2", "a3"]
    assert [option["id"] for option in single.public(content(3), ["a3", "a1"])["options"]] == ["a3", "a1", "a2"]


def test_answers_are_summarised_in_the_candidates_words():
    shown = {"stem_html": "?", "options": [{"id": "a1", "html": "<b>one</b>"}, {"id": "a2", "html": "2 &lt; 3"}]}

    assert single.summarise(shown, "a1") == "one"
    assert multiple.summarise(shown, ["a2", "a1"]) == "one · 2 < 3"
    assert true_false.summarise({}, True) == "True"
    assert matching.summarise(EXAMPLES["matching"][0], {"p2": "c1"}) == "Japan → Paris"


@pytest.mark.slow
@given(matchings(), st.data())
def test_matching_gives_every_right_pair_the_same_part(question, data):
    _code, shown, key = question
    given_pairs = {
        premise["id"]: data.draw(st.sampled_from(shown["choices"]))["id"]
        for premise in shown["premises"]
        if data.draw(st.booleans())
    }
    right = sum(key["pairs"][premise] == choice for premise, choice in given_pairs.items())

    mark = matching.mark({**key, "policy": "per_pair"}, given_pairs)

    assert abs(Fraction(mark) - Fraction(right, len(key["pairs"]))) <= Fraction(1, 2 * 10**7)
    assert matching.mark({**key, "policy": "all_or_nothing"}, given_pairs) == int(right == len(key["pairs"]))


@pytest.mark.parametrize(
    ("changes", "key", "fields"),
    [
        ({}, {"pairs": {"p1": "c1"}}, ["key.pairs.p2"]),
        ({}, {"pairs": {"p1": "c1", "p2": "c9"}}, ["key.pairs.c9"]),
        ({}, {"pairs": {"p1": "c1", "p2": "c2", "p9": "c1"}}, ["key.pairs.p9"]),
        ({"choices": [{"id": "p1", "html": "x"}]}, {"pairs": {"p1": "p1", "p2": "p1"}}, ["content.choices"]),
        ({"premises": []}, {"pairs": {}}, ["content.premises"]),
    ],
)
def test_matching_refuses_a_bad_question(changes, key, fields):
    assert list(matching.validate_content({**EXAMPLES["matching"][0], **changes}, key)) == fields


@pytest.mark.parametrize(
    ("payload", "fits"),
    [({}, True), ({"p1": "c3"}, True), ({"p1": "c1", "p2": "c1"}, True), ({"p9": "c1"}, False), ({"p1": "c9"}, False),
     ({"p1": None}, False), ({"c1": "p1"}, False), ([["p1", "c1"]], False), ("p1", False)],
)  # fmt: skip
def test_a_matching_answer_must_fit(payload, fits):
    assert (matching.validate_answer(EXAMPLES["matching"][0], payload) == []) is fits
