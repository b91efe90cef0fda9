"""The tags that draw the interface."""

import itertools
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from apps.core import charts
from apps.core.templatetags import lectern_ui


def drawn(source: str, **context) -> str:
    """Return a template's output with runs of white space made one space."""
    return " ".join(Template("{% load lectern_ui %}" + source).render(Context(context)).split())


def test_an_icon_beside_a_word_is_hidden_from_those_who_listen():
    assert 'aria-hidden="true"' in lectern_ui.icon("check")


def test_an_icon_alone_carries_its_name_as_text():
    assert 'role="img" aria-label="&lt;More&gt;"' in lectern_ui.icon("more", "<More>")


def test_an_arrow_turns_round_with_the_direction_and_a_clock_does_not():
    assert 'class="icon mirrored"' in lectern_ui.icon("next")
    assert 'class="icon"' in lectern_ui.icon("clock")


def test_a_sheet_keeps_what_stands_inside_and_escapes_its_number():
    found = drawn("{% sheet number=number %}<p>{{ text }}</p>{% endsheet %}", number="<12>", text="a < b")

    assert found == ('<section class="sheet"> <p class="sheet-number">&lt;12&gt;</p> <p>a &lt; b</p> </section>')


class Sample(forms.Form):
    minutes = forms.IntegerField(min_value=5, help_text="At least five.", error_messages={"min_value": "Too few."})
    again = forms.BooleanField(required=False)
    hard = forms.ChoiceField(widget=forms.RadioSelect, choices=[("y", "Yes"), ("n", "No")])


def test_a_field_ties_its_hint_and_its_error_to_its_input():
    form = Sample({"minutes": "1", "hard": "y"})

    found = drawn('{% field form.minutes inputmode="numeric" %}', form=form)

    assert 'aria-describedby="id_minutes_helptext id_minutes_error"' in found
    assert 'aria-invalid="true"' in found
    assert 'inputmode="numeric"' in found
    assert '<p class="hint" id="id_minutes_helptext">At least five.</p>' in found
    assert "<span>Too few.</span>" in found


def test_a_group_of_choices_is_a_fieldset_with_its_question_as_legend():
    found = drawn("{% field form.hard %}", form=Sample({"hard": "n"}))

    assert found.startswith("<fieldset")
    assert found.endswith("</fieldset>")
    assert '<legend class="label">Hard</legend>' in found
    assert 'value="n" id="id_hard_1" checked' in found


def test_a_check_box_stands_inside_its_label():
    found = drawn("{% field form.again %}", form=Sample())

    assert '<label class="check" for="id_again"><input type="checkbox" name="again" class="tick"' in found


def test_pages_keep_the_rest_of_the_address():
    request = RequestFactory().get("/", {"q": "optics & light", "page": "2"})
    page = Paginator(range(119), 12).get_page(2)

    found = drawn("{% pagination page %}", page=page, request=request)

    assert "13 to 24 of 119" in found
    assert '<span aria-current="page">2</span>' in found
    assert 'href="?q=optics+%26+light&amp;page=3"' in found
    assert '<span aria-hidden="true">…</span>' in found


def test_a_single_page_has_no_numbers():
    request = RequestFactory().get("/")

    assert "<nav" not in drawn("{% pagination page %}", page=Paginator([1], 12).get_page(1), request=request)


@pytest.mark.parametrize(
    ("value", "expected"), [(9, 'class="c-brass"'), (12, 'class="c-1"')], ids=["under half", "half"]
)
def test_a_bar_under_half_asks_for_work(value, expected):
    assert expected in lectern_ui.bar(value, 24)


def test_a_bar_marks_the_goal():
    assert '<rect x="79.17" width="0.8"' in lectern_ui.bar(Decimal(22), Decimal(24), goal=19)


@given(st.decimals(-10, 1000, allow_nan=False), st.decimals(0, 1000, allow_nan=False))
def test_a_share_stays_between_nothing_and_all(value, maximum):
    assert 0 <= charts.share(value, maximum) <= 100


@given(st.lists(st.tuples(st.text(max_size=3), st.integers(0, 10_000)), max_size=12))
def test_columns_stand_on_the_baseline_in_order_and_apart(rows):
    columns = charts.columns(rows)

    assert [column.label for column in columns] == [label for label, _ in rows]
    assert all(abs(column.y + column.height - charts.BASELINE) < 0.02 for column in columns)
    assert all(one.x + one.width < other.x for one, other in itertools.pairwise(columns))
    assert all(column.x >= 0 and column.x + column.width <= charts.CHART_WIDTH for column in columns)


def test_the_largest_column_is_the_tallest_and_one_may_be_stressed():
    columns = charts.columns([("a", 1), ("b", 4)], stressed=0)

    assert [(column.height, column.tone) for column in columns] == [(30.0, "1"), (120.0, "mute")]


def test_numbers_in_a_drawing_keep_their_point_in_every_language():
    with_comma = drawn(
        "{% load i18n %}{% language 'fr' %}{% column_chart rows label='x' %}{% endlanguage %}",
        rows=[("a", 1), ("b", 3), ("c", 7)],
    )

    assert 'y="132.85"' in with_comma


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, ""), (0, "0 s"), (59, "59 s"), (60, "1 min"), (160, "2 min 40 s"), (3600, "1 h"), (3725, "1 h 2 min")],
)
def test_a_duration_in_words(seconds, expected):
    assert lectern_ui.duration(seconds) == expected


@pytest.mark.parametrize(
    ("mark", "expected"),
    [(Decimal("2.0000000"), "2"), (Decimal("1.5"), "1.5"), (Decimal("0.3333333"), "0.33"), (None, "")],
)
def test_a_mark_without_idle_zeros(mark, expected):
    assert lectern_ui.plain_number(mark) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ines Duarte", "ID"), ("Ana Maria da Silva", "AS"), ("Prince", "P"), ("ada@lectern.test", "a"), ("", "")],
)
def test_initials(name, expected):
    assert lectern_ui.initials(name) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [("success", "moss"), ("safe error", "madder"), ("warning", "brass"), ("info", "ink"), ("", "ink")],
)
def test_the_tone_of_a_message(tags, expected):
    assert lectern_ui.message_tone(tags) == expected


def test_a_digest_in_groups():
    assert lectern_ui.grouped("9f3c71ae04") == "9f3c 71ae 04"
