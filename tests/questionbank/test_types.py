"""What holds for every question type."""

import json
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.questionbank.types import acceptance, marks, registry, shapes
from apps.questionbank.types.identity import content_hash

from .questions import EXAMPLES, any_payload, any_question

pytestmark = pytest.mark.slow  # property tests


def floor_of(key):
    return marks.rounded(marks.parse_part(key.get("floor", "0")), floor=marks.parse_part("-1"))


@given(any_question)
def test_a_valid_question_has_no_errors_and_survives_json(question):
    code, content, key = question
    kind = registry.get(code)

    assert kind.validate_content(content, key) == {}
    read_content, read_key = (shape.as_json() for shape in kind.parse(content, key))
    assert kind.parse(json.loads(json.dumps(read_content)), json.loads(json.dumps(read_key))) == kind.parse(
        content, key
    )


@given(any_question)
def test_the_correct_answer_fits_and_marks_to_exactly_one(question):
    code, content, key = question
    kind = registry.get(code)
    answer = kind.correct_answer(key)

    assert kind.mark(key, answer) == 1
    assert kind.validate_answer(content, answer) == []
    assert json.loads(json.dumps(answer)) == answer


@given(any_question, any_payload)
def test_a_mark_lies_between_the_floor_and_one_with_seven_places(question, payload):
    code, _content, key = question

    mark = registry.get(code).mark(key, payload)

    assert floor_of(key) <= mark <= 1
    assert mark.as_tuple().exponent == -7


@given(any_question)
def test_no_answer_marks_zero_and_always_fits(question):
    code, content, key = question
    kind = registry.get(code)

    assert kind.mark(key, None) == 0
    assert kind.validate_answer(content, None) == []
    assert kind.summarise(content, None) == ""


@given(any_question, any_payload)
def test_validation_and_the_description_for_the_database_agree(question, payload):
    code, content, _key = question
    kind = registry.get(code)
    described = json.loads(json.dumps(kind.accepts(content)))

    assert described["type"] == code
    assert (kind.validate_answer(content, payload) == []) == acceptance.fits(described, payload)


@given(any_question, any_payload)
def test_any_answer_can_be_summarised_and_told_about(question, payload):
    code, content, key = question
    kind = registry.get(code)

    assert isinstance(kind.summarise(content, payload), str)
    assert all(isinstance(html, str) and html for html in kind.feedback(key, payload))


@given(any_question, st.randoms())
def test_shuffling_changes_the_order_and_nothing_else(question, random):
    code, content, _key = question
    kind = registry.get(code)
    order = kind.option_ids(content)
    random.shuffle(order)

    shown, straight = kind.public(content, order), kind.public(content)

    for name, value in shown.items():
        if name in {"options", "premises", "choices"}:
            ids = [option["id"] for option in value]
            assert sorted(value, key=str) == sorted(straight[name], key=str)
            assert ids == [one for one in order if one in ids] or not order
        else:
            assert value == straight[name]


@pytest.mark.parametrize("code", EXAMPLES)
def test_what_a_candidate_sees_holds_nothing_of_the_key(code):
    content, key = EXAMPLES[code]
    secret = "the secret feedback"
    leaking = json.loads(json.dumps(key)) | {"outcome_feedback": {"correct": secret, "incorrect": secret}}
    kind = registry.get(code)
    kind.parse(content, leaking)

    shown = json.dumps(kind.public(content, kind.option_ids(content)))

    assert secret not in shown
    assert set(kind.public(content)) <= set(kind.content_shape.__struct_fields__)
    assert not set(kind.public(content)) & set(kind.key_shape.__struct_fields__)


@pytest.mark.parametrize("code", EXAMPLES)
def test_unknown_fields_and_wrong_shapes_are_refused_by_field(code):
    content, key = EXAMPLES[code]
    kind = registry.get(code)

    assert list(kind.validate_content({**content, "colour": "red"}, key)) == ["content"]
    assert list(kind.validate_content(content, {**key, "colour": "red"})) == ["key"]
    assert list(kind.validate_content("text", key)) == ["content"]
    assert list(kind.validate_content(content, None)) == ["key"]
    assert list(kind.validate_content({**content, "stem_html": 5}, key)) == ["content.stem_html"]
    assert list(kind.validate_content({**content, "stem_html": "<p> </p>"}, key)) == ["content.stem_html"]
    assert list(kind.validate_content({**content, "stem_html": "x" * 100_001}, key)) == ["content.stem_html"]


def test_registry_has_the_six_types_and_no_other():
    assert list(registry.TYPES) == [
        "single_choice", "multiple_choice", "true_false", "numerical", "short_answer", "matching",
    ]  # fmt: skip
    with pytest.raises(KeyError):
        registry.get("essay")


@given(any_question)
def test_hash_does_not_depend_on_ids_field_order_or_written_defaults(question):
    code, content, key = question
    swapped = {"a": "x9", "p": "y9", "c": "z9"}

    def rename(value):
        if isinstance(value, dict):
            names = {
                name: f"{swapped[name[0]]}{name[1:]}" if name[:1] in swapped and name[1:].isdigit() else name
                for name in value
            }
            return {names[name]: rename(entry) for name, entry in reversed(list(value.items()))}
        if isinstance(value, list):
            return [rename(entry) for entry in value]
        if isinstance(value, str) and value[:1] in swapped and value[1:].isdigit():
            return f"{swapped[value[0]]}{value[1:]}"
        return value

    assert content_hash(code, rename(content), rename(key)) == content_hash(code, content, key)
    read_content, read_key = (shape.as_json() for shape in registry.get(code).parse(content, key))
    assert content_hash(code, read_content, read_key) == content_hash(code, content, key)


@given(any_question, any_question)
def test_hash_differs_where_questions_differ(one, other):
    read = [registry.get(code).parse(content, key) for code, content, key in (one, other)]
    assume((one[0], read[0]) != (other[0], read[1]))
    # An explicit zero is the same as no entry.
    assume("fractions" not in one[2] or "fractions" not in other[2] or read[0][0] != read[1][0])

    assert content_hash(*one) != content_hash(*other)


def test_hash_sees_stem_key_and_type_but_not_composition():
    content, key = EXAMPLES["single_choice"]
    same = content_hash("single_choice", {**content, "stem_html": " Which is a prime? "}, key)

    assert same == content_hash("single_choice", content, key)
    assert content_hash("multiple_choice", content, key) != same
    assert content_hash("single_choice", {**content, "stem_html": "Which is not?"}, key) != same
    assert content_hash("single_choice", content, {"fractions": {"a1": "1"}}) != same
    assert content_hash("single_choice", content, {**key, "feedback": {"a1": "other"}}) != same
    composed, decomposed = ({**content, "stem_html": text} for text in ("caf\u00e9", "cafe\u0301"))
    assert content_hash("single_choice", composed, key) == content_hash("single_choice", decomposed, key)


def test_sanitised_cleans_rich_text_and_nothing_else():
    content = {"stem_html": "a<script>x</script>", "options": [{"id": "a1", "html": "<p onclick='x'>y</p>"}]}
    key = {
        "feedback": {"a1": "<img src=x onerror=y>no"},
        "outcome_feedback": {"correct": "<iframe></iframe>yes"},
        "patterns": [{"text": "<script>", "feedback_html": "<b onclick=z>b</b>"}],
    }

    assert shapes.sanitised(content) == {"stem_html": "a", "options": [{"id": "a1", "html": "<p>y</p>"}]}
    assert shapes.sanitised(key) == {
        "feedback": {"a1": "no"},
        "outcome_feedback": {"correct": "yes"},
        "patterns": [{"text": "<script>", "feedback_html": "<b>b</b>"}],
    }


def test_media_are_found_in_stem_options_and_feedback():
    files = ["aa" * 32, "bb" * 32, "cc" * 32]
    pictures = [f'<img src="media:{sha256}">' for sha256 in files]
    content = {"stem_html": pictures[0], "options": [{"id": "a1", "html": pictures[1]}]}

    assert shapes.media_in(content, {"feedback": {"a1": pictures[2]}}) == set(files)


@pytest.mark.parametrize(
    ("parts", "mark"),
    [
        (["1/3"] * 3, "1"),
        (["1/3"] * 2, "0.6666667"),
        (["1/7"] * 7, "1"),
        (["1/3", "-1/3"], "0"),
        (["1/6"] * 5, "0.8333333"),
    ],
)
def test_parts_are_added_exactly_and_rounded_once(parts, mark):
    assert marks.rounded(sum(map(marks.parse_part, parts))) == Decimal(mark)


def test_rounding_is_half_to_even_at_seven_places():
    assert marks.rounded(marks.parse_part("0.00000005")) == Decimal("0")
    assert marks.rounded(marks.parse_part("0.00000015")) == Decimal("0.0000002")
    assert marks.rounded(marks.parse_part("0.00000025")) == Decimal("0.0000002")
    assert str(marks.rounded(marks.parse_part("1/3"))) == "0.3333333"


@pytest.mark.parametrize(
    "text", ["", "1/0", "1/3/5", "abc", "1e5", "٣", "-", "1.", ".5", "9999999999", " 1", "1 ", "--1"]
)
def test_a_part_is_written_plainly_or_refused(text):
    assert not marks.is_part(text)
