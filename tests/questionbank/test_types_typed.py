"""Numerical and short answers: reading what people type, and judging it."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.questionbank.types import registry
from apps.questionbank.types.comparison import WILDCARD, mark_wildcards, matches
from apps.questionbank.types.numbers import in_digits, read_number

numerical, short_answer = registry.get("numerical"), registry.get("short_answer")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", "42"), (" -1.50 ", "-3/2"), ("+7", "7"), (".5", "1/2"), ("5.", "5"), ("1e-3", "1/1000"), ("1E+2", "100"),
        ("1.5×10^3", "1500"), ("1.5x10^-3", "3/2000"), ("2·10³", "2000"), ("6,022 e 2", "602200"), ("10^-2", "1/100"),
        ("\u22123", "-3"), ("\u20133.5", "-7/2"), ("\uff11\uff12\uff0e\uff15", "25/2"),
        ("\u0663\u066b\u0661\u0664", "157/50"),
        ("\u06f1\u06f2", "12"), ("1,234,567.5", "2469135/2"), ("1\u202f234.5", "2469/2"), ("12 345", "12345"),
        ("1'000", "1000"), ("0.1", "1/10"), ("007", "7"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_type_them(text, number):
    assert read_number(text) == Fraction(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [("3,14", "157/50"), ("3.14", "157/50"), ("1.234,5", "2469/2"), ("1.234.567", "1234567"), ("1 234,5", "2469/2"),
     ("1,5e3", "1500"), ("-0,5", "-1/2"), ("1.234", "617/500"), ("42", "42")],
)  # fmt: skip
def test_numbers_with_decimal_commas(text, number):
    assert read_number(text, decimal_comma=True) == Fraction(number)


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", ".", "e5", "1e", "abc", "1.2.3", "3,14", "1,23,456", "12 34", "1e5000", "--1", "1-", "0x10", "NaN",
     "inf", "1/2", "5 m", "1e-401", "١٢a", "9" * 200, "²"],
)  # fmt: skip
def test_what_is_no_number_is_none(text):
    assert read_number(text) is None


@pytest.mark.slow
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=6))
def test_every_decimal_is_read_exactly(number):
    assert read_number(str(number)) == Fraction(number)
    assert read_number(format(number, "f").replace(".", ","), decimal_comma=True) == Fraction(number)
    assert in_digits(Fraction(number)) is None or Fraction(in_digits(Fraction(number))) == Fraction(number)


@pytest.mark.slow
@given(st.text(max_size=30), st.booleans())
def test_any_text_is_a_number_or_none(text, decimal_comma):
    assert isinstance(read_number(text, decimal_comma=decimal_comma), Fraction | None)


def marked(key, value, unit=None):
    return numerical.mark(key, {"value": value, "unit": unit} if unit is not None else {"value": value})


def test_numerical_tolerance_is_absolute_or_relative_and_inclusive():
    absolute = {"answers": [{"value": "9.81", "tolerance": "0.05"}]}
    relative = {"answers": [{"value": "-200", "tolerance": "0.01", "is_relative": True}]}

    assert [marked(absolute, text) for text in ("9.81", "9.86", "9.76", "9.8601", "9.7599")] == [1, 1, 1, 0, 0]
    assert [marked(relative, text) for text in ("-198", "-202", "-197.9", "200")] == [1, 1, 0, 0]
    assert marked(absolute, 9.81) == marked(absolute, "9,81 ") + 1 == 1


def test_numerical_arithmetic_is_exact():
    key = {"answers": [{"value": "0.3"}]}

    assert marked(key, "0.30000000000000000000000000000000000001") == 0
    assert marked(key, 0.1 + 0.2) == 0
    assert marked(key, 0.3) == 1


def test_numerical_takes_the_first_answer_that_holds():
    key = {
        "answers": [
            {"value": "1822"},
            {"value": "1822", "tolerance": "2", "fraction": "1/3", "feedback_html": "Close."},
            {"minimum": "1800", "maximum": "1899", "fraction": "0.1", "feedback_html": "The century."},
            {"any": True, "fraction": "0", "feedback_html": "Far."},
        ]
    }

    marks = [marked(key, year) for year in ("1822", "1824", "1800", "1899", "1900")]

    assert marks == [1, Decimal("0.3333333"), Decimal("0.1"), Decimal("0.1"), 0]
    assert numerical.feedback(key, {"value": "1900"}) == ["Far."]
    assert numerical.feedback(key, {"value": "1823"}) == ["Close."]
    assert numerical.feedback(key, {"value": "when?"}) == []


def test_numerical_units_convert_by_their_factor():
    key = {
        "answers": [{"value": "1500", "tolerance": "1"}],
        "unit_factors": {"m": "1", "km": "1000", "µm": "0.000001", "m²": "2"},
    }

    assert marked(key, "1.5", "km") == marked(key, "1500") == marked(key, "1500", "") == marked(key, "1.5 km") == 1
    assert marked(key, "1500000000", "\u03bcm") == 1  # Greek mu for the micro sign
    assert marked(key, "750", "m^2") == 1
    assert marked(key, "1500", "KM") == marked(key, "1500", "kg") == marked(key, "1.5 miles") == 0


def test_numerical_unit_penalty():
    key = {"answers": [{"value": "5"}], "unit_factors": {"m": "1"}, "is_unit_required": True, "unit_penalty": "0.1"}

    assert [marked(key, "5", unit) for unit in ("m", "", "kg")] == [1, Decimal("0.9"), Decimal("0.9")]
    assert marked({**key, "unit_penalty": "1"}, "5") == 0
    assert marked({**key, "is_unit_required": False}, "5") == 1


def test_numerical_decimal_comma_is_for_typed_values():
    key = {"answers": [{"value": "1234.5"}], "decimal_comma": True}

    assert marked(key, "1.234,5") == marked(key, "1234.5") == marked(key, 1234.5) == 1
    assert marked({"answers": [{"value": "3.14"}]}, "3,14") == 0


@pytest.mark.parametrize(
    ("best", "value"),
    [({"minimum": "1", "maximum": "2"}, "1.5"), ({"minimum": "0", "maximum": "0"}, "0"), ({"value": "2e-3"}, "2e-3"),
     ({"minimum": "1e-300", "maximum": "1e300"}, "1e-300"), ({"minimum": "-3", "maximum": "-2"}, "-2.5")],
)  # fmt: skip
def test_numerical_right_answer(best, value):
    key = {"answers": [{"value": "7", "fraction": "1/2"}, best], "unit_factors": {"cm": "0.01", "m": "1"}}

    assert numerical.correct_answer(key) == {"value": value, "unit": "m"}
    assert numerical.mark(key, numerical.correct_answer(key)) == 1


@pytest.mark.parametrize(
    ("content", "key", "fields"),
    [
        ({}, {"answers": []}, ["key.answers"]),
        ({}, {"answers": [{"value": "x"}]}, ["key.answers.0.value"]),
        ({}, {"answers": [{"value": "1", "tolerance": "-1"}]}, ["key.answers.0.tolerance"]),
        ({}, {"answers": [{"minimum": "2", "maximum": "1"}]}, ["key.answers.0"]),
        ({}, {"answers": [{}]}, ["key.answers.0"]),
        ({}, {"answers": [{"value": "1", "fraction": "1/2"}]}, ["key"]),
        ({}, {"answers": [{"any": True}, {"value": "1", "fraction": "-1"}]}, ["key.answers.1.fraction"]),
        ({}, {"answers": [{"value": "1"}], "unit_factors": {"m": "0"}}, ["key.unit_factors.m", "key.unit_factors"]),
        ({}, {"answers": [{"value": "1"}], "unit_factors": {"km": "1000"}}, ["key.unit_factors"]),
        ({}, {"answers": [{"value": "1"}], "is_unit_required": True}, ["key.unit_factors"]),
        ({}, {"answers": [{"value": "1"}], "unit_penalty": "2"}, ["key.unit_penalty"]),
        ({"unit_entry": "choice"}, {"answers": [{"value": "1"}], "unit_factors": {"m": "1"}}, ["content.units"]),
        ({"unit_entry": "guess"}, {"answers": [{"value": "1"}]}, ["content.unit_entry"]),
    ],
)
def test_numerical_refuses_a_bad_question(content, key, fields):
    assert list(numerical.validate_content({"stem_html": "?", **content}, key)) == fields


@pytest.mark.parametrize(
    ("payload", "fits"),
    [
        ({"value": "anything"}, True),
        ({"value": 5, "unit": None}, True),
        ({"value": 1.5, "unit": "m"}, True),
        ({}, False),
        ({"value": None}, False),
        ({"value": True}, False),
        ({"value": "1", "unit": 5}, False),
        ({"value": "9" * 65}, False),
        ({"value": "1", "unit": "m" * 65}, False),
        ({"value": "1", "x": 1}, False),
        ("1", False),
        ({"value": 1e300}, False),
        ({"value": 1e-300}, False),
        ({"value": float("nan")}, False),
        ({"value": 10**5000}, False),
        ({"value": "\x00"}, False),
    ],
)
def test_a_numerical_answer_must_fit(payload, fits):
    assert (numerical.validate_answer({"stem_html": "?"}, payload) == []) is fits


def judged(text, *patterns, **flags):
    return short_answer.mark({"patterns": [{"text": pattern} for pattern in patterns], **flags}, text)


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "mark"),
    [
        ("paris", "Paris", {}, 1),
        ("paris", "Paris", {"is_case_sensitive": True}, 0),
        ("  New   York ", "new york", {}, 1),
        ("STRASSE", "Straße", {}, 1),
        ("caf\u00e9", "cafe\u0301", {}, 1),
        ("cafe", "café", {}, 0),
        ("cafe", "café", {"is_accent_sensitive": False}, 1),
        ("İstanbul", "istanbul", {"is_accent_sensitive": False}, 1),
        ("Ａ１", "a1", {}, 0),
        ("Ａ１", "a1", {"normalisation": "NFKC"}, 1),
        ("ｶﾞ", "ガ", {"normalisation": "NFKC"}, 1),
        ("か", "が", {"is_accent_sensitive": False}, 0),
        ("مُحَمَّد", "محمد", {"is_accent_sensitive": False}, 1),
        ("مُحَمَّد", "محمد", {}, 0),
        ("أحمد", "احمد", {"is_accent_sensitive": False}, 0),
        ("it\u2019s", "it's", {}, 1),
        ("Nazareth", "naz*reth", {}, 1),
        ("Nazreth", "Naz*reth", {}, 1),
        ("the Nazareth place", "*nazareth*", {}, 1),
        ("Nazare", "Naz*reth", {}, 0),
        ("2*3", r"2\*3", {}, 1),
        ("2x3", r"2\*3", {}, 0),
        (r"a\b", r"a\b", {}, 1),
        ("", "*", {}, 0),
        ("   ", "*", {}, 0),
        ("北京", "北京", {}, 1),
    ],
)
def test_short_answers_are_compared(text, pattern, flags, mark):
    assert judged(text, pattern, **flags) == mark


def test_short_answer_takes_the_first_pattern_that_matches():
    key = {
        "patterns": [
            {"text": "frog"},
            {"text": "cat", "fraction": "1/2", "feedback_html": "Why cats?"},
            {"text": "*", "fraction": "0", "feedback_html": "No."},
        ]
    }

    assert [short_answer.mark(key, text) for text in ("Frog", "CAT", "dog", 5, None)] == [1, Decimal("0.5"), 0, 0, 0]
    assert short_answer.feedback(key, "cat") == ["Why cats?"]
    assert short_answer.feedback(key, "dog") == ["No."]


@pytest.mark.parametrize(
    ("content", "key", "fields"),
    [
        ({}, {"patterns": []}, ["key.patterns"]),
        ({}, {"patterns": [{"text": " "}]}, ["key.patterns.0.text"]),
        ({}, {"patterns": [{"text": "x", "fraction": "1/2"}]}, ["key"]),
        ({}, {"patterns": [{"text": "*", "fraction": "0"}, {"text": "x"}]}, ["key"]),
        ({}, {"patterns": [{"text": "x", "fraction": "7"}]}, ["key.patterns.0.fraction"]),
        ({"max_length": 0}, {"patterns": [{"text": "x"}]}, ["content.max_length"]),
        ({"max_length": 2}, {"patterns": [{"text": "longer"}]}, ["content.max_length"]),
    ],
)
def test_short_answer_refuses_a_bad_question(content, key, fields):
    assert list(short_answer.validate_content({"stem_html": "?", **content}, key))[:1] == fields


def test_short_answer_right_answer_is_the_pattern_without_wildcards():
    assert short_answer.correct_answer({"patterns": [{"text": r"col*r \* x"}]}) == "colr * x"


@pytest.mark.slow
@given(
    st.lists(st.text("ab", max_size=3), min_size=1, max_size=5),
    st.lists(st.text("abc", max_size=3), min_size=4, max_size=4),
)
def test_wildcards_match_whatever_fills_them(pieces, fillings):
    text = pieces[0] + "".join(filling + piece for filling, piece in zip(fillings, pieces[1:], strict=False))

    assert matches(WILDCARD.join(pieces), text)
    assert matches(mark_wildcards("*".join(pieces)), text)
    assert not matches(WILDCARD.join(pieces) + "z", text)


def test_wildcards_take_time_in_proportion():
    # A backtracking matcher would take longer than the age of the universe.
    assert not matches(mark_wildcards("*a" * 300 + "*b"), "a" * 100_000)
