"""Tables for spreadsheets."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.questionbank.spreadsheets import FORMULA_STARTS, as_text, csv_lines

cells = st.text(alphabet=st.characters(exclude_characters="\x00", codec="utf-8"), max_size=20)


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_cell_never_starts_a_formula(start):
    assert as_text(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_other_cells_stay_as_they_are():
    assert [as_text(cell) for cell in ("a=1", " =1", 7, "")] == ["a=1", " =1", "7", ""]


@given(rows=st.lists(st.lists(cells, min_size=1, max_size=4), max_size=5))
def test_what_is_written_is_read_back(rows):
    text = b"".join(csv_lines(rows)).decode("utf-8-sig")

    assert list(csv.reader(io.StringIO(text, newline=""))) == [[as_text(cell) for cell in row] for row in rows]
