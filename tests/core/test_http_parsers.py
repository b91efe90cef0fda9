"""JSON in: everything unambiguous and storable comes through unchanged, the rest is refused with its place."""

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.http.parsers import MAX_DEPTH, MalformedJSON, strict_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(VALUES)
def test_every_value_comes_through_unchanged(value):
    assert strict_json(orjson.dumps(value)) == value


@pytest.mark.slow
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(MalformedJSON):  # anything else is a mistake of ours
        strict_json(body)


def nested(depth):
    return b"[" * depth + b"]" * depth


def test_nesting_is_taken_up_to_the_limit():
    strict_json(nested(MAX_DEPTH))
    strict_json(b'{"a": "' + b"[" * 5000 + b'"}')  # brackets in a text do not nest
    strict_json(b"[" + b"[]," * 5000 + b"[]]")  # nor do neighbours


@pytest.mark.parametrize("body", [nested(MAX_DEPTH + 1), b"[" * 1_000_000, b'{"a":' * 500_000, b'"\\"' * 300_000])
def test_deeper_nesting_is_refused_before_it_is_decoded(body):
    with pytest.raises(MalformedJSON):
        strict_json(body)


@pytest.mark.parametrize(
    ("body", "message", "details"),
    [
        (b"", "The body is not valid JSON: line 1, column 1: Expecting value.", {"line": 1, "column": 1}),
        (b"{'a': 1}", None, {"line": 1, "column": 2}),
        (b'{"a": 1}\n}', "The body is not valid JSON: line 2, column 1: Extra data.", {"line": 2, "column": 1}),
        (b'{"a": 1, "a": 2}', "The key “a” is given twice in one object.", {"key": "a"}),
        (b'[{"b": {"c": 1, "d": 2, "c": 1}}]', "The key “c” is given twice in one object.", {"key": "c"}),
        (b"[NaN]", "NaN is not JSON. Leave the value out or send null.", {}),
        (b"[-Infinity]", "-Infinity is not JSON. Leave the value out or send null.", {}),
        (b"[1e999]", "The number 1e999 is too large.", {}),
        (b"[" + b"9" * 41 + b"]", "A number has more than 40 digits.", {}),
        (b'["\xff"]', "The body is not valid UTF-8 at byte 2.", {"byte": 2}),
        (b'["\\u0000"]', "A text holds U+0000 or half of a surrogate pair, which cannot be stored.", {}),
        (b'{"\\ud800": 1}', "A text holds U+0000 or half of a surrogate pair, which cannot be stored.", {}),
        (nested(33), "The body is nested deeper than 32 levels at character 32.", {"position": 32}),
    ],
)
def test_refusals_say_what_and_where(body, message, details):
    with pytest.raises(MalformedJSON) as refusal:
        strict_json(body)

    assert refusal.value.as_details() == {"code": "malformed_json", **details}
    if message:
        assert str(refusal.value.message) == message


@pytest.mark.parametrize(
    ("body", "value"),
    [(b'["\\u00e9"]', ["é"]), (b'["\\\\u0000"]', ["\\u0000"]), (b'["\\ud83d\\ude00"]', ["😀"])],
)
def test_escapes_that_can_be_stored_are_taken(body, value):
    assert strict_json(body) == value
