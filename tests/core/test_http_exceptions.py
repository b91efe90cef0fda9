"""Validation errors of any nesting become dotted names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.http.exceptions import WHOLE, field_errors

NAMES = st.text("abcxyz_", min_size=1, max_size=5)
MESSAGES = st.lists(st.text("abc ", min_size=1), min_size=1, max_size=3)
DETAILS = st.recursive(
    MESSAGES,
    lambda inner: (
        st.dictionaries(NAMES, inner, min_size=1, max_size=3)
        | st.lists(st.just({}) | st.dictionaries(NAMES, inner, min_size=1, max_size=2), min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def leaves(detail):
    """Return every message, however deep it lies."""
    if isinstance(detail, str):
        return [detail]
    inner = detail.values() if isinstance(detail, dict) else detail
    return [message for item in inner for message in leaves(item)]


@pytest.mark.slow
@given(DETAILS)
def test_no_message_is_lost_or_made_up(detail):
    found = field_errors(detail)

    assert sorted(message for messages in found.values() for message in messages) == sorted(leaves(detail))
    assert all(messages for messages in found.values())


def test_names_follow_the_path():
    assert field_errors({"a": ["x"], "b": [{}, {"c": {"d": ["y", "z"]}}], "e": {"f": ["w"]}}) == {
        "a": ["x"],
        "b.1.c.d": ["y", "z"],
        "e.f": ["w"],
    }
    assert field_errors(["whole"]) == {WHOLE: ["whole"]}
    assert field_errors("word") == {WHOLE: ["word"]}
    assert field_errors({}) == {}
