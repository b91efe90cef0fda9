"""Parts of a file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.http.ranges import Unsatisfiable, byte_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-", range(0, 10)),
        ("bytes=0-0", range(0, 1)),
        ("bytes=3-5", range(3, 6)),
        ("bytes=3-99", range(3, 10)),
        ("bytes=-4", range(6, 10)),
        ("bytes=-99", range(0, 10)),
        ("", None),
        ("bytes=-", None),
        ("bytes=5-3", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=1_0-", None),
    ],
)
def test_byte_range_of_ten_bytes(header, expected):
    assert byte_range(header, 10) == expected


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=99-100", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_byte_range_outside_of_the_file_cannot_be_had(header, size):
    with pytest.raises(Unsatisfiable):
        byte_range(header, size)


@given(first=st.none() | st.integers(0, 200), last=st.none() | st.integers(0, 200), size=st.integers(0, 100))
def test_byte_range_is_never_empty_and_lies_in_the_file(first, last, size):
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    try:
        found = byte_range(header, size)
    except Unsatisfiable:
        return

    if found is not None:
        assert len(found) > 0
        assert 0 <= found.start < found.stop <= size
