"""Each of the 600 questions: right where it says so, wrong where it says so, and like no other."""

import io
import re
from collections import Counter
from decimal import Decimal

import pytest
from PIL import Image

from apps.core import richtext
from apps.exams.demo import catalogue
from apps.exams.demo.making import make_question
from apps.questionbank import types
from apps.questionbank.types.shapes import media_in
from tests.exams.demo_school import CODES, TOPICS, language_of, made_of, prepared_of, questions_of

pytestmark = pytest.mark.slow  # 20 questions and their pictures a test


def kept(code):
    """Yield each question of a topic with its type as the bank keeps it."""
    for made, prepared in zip(made_of(code), prepared_of(code), strict=True):
        yield made.idnumber, prepared, types.get(prepared.type)


def of_type(code, *wanted):
    return [(name, prepared, kind) for name, prepared, kind in kept(code) if prepared.type in wanted]


def test_the_school_teaches_what_it_promises():
    assert len(catalogue.FACULTIES) == 2
    assert [course.language for course in catalogue.courses()] == ["en", "en", "fr", "en", "ar", "zh"]
    assert len(CODES) == len(set(CODES)) == 30
    assert Counter(len(questions_of(code)) for code in CODES) == {20: 30}


def test_all_six_types_and_three_difficulties_are_there_in_earnest():
    kinds = Counter(prepared.type for code in CODES for prepared in prepared_of(code))
    levels = Counter(made.difficulty for code in CODES for made in made_of(code))

    assert kinds == {
        "single_choice": 190,
        "numerical": 188,
        "true_false": 71,
        "matching": 58,
        "multiple_choice": 48,
        "short_answer": 45,
    }
    assert levels == {"easy": 232, "medium": 239, "hard": 129}


def test_no_question_is_there_twice():
    hashes = Counter(prepared.content_hash for code in CODES for prepared in prepared_of(code))
    asked = Counter(
        (made.draft.content["stem_html"], str(made.draft.content)) for code in CODES for made in made_of(code)
    )

    assert max(hashes.values()) == 1
    assert max(asked.values()) == 1


@pytest.mark.parametrize("code", CODES)
def test_a_topic_has_something_for_everybody(code):
    levels = Counter(made.difficulty for made in made_of(code))
    kinds = {prepared.type for prepared in prepared_of(code)}

    assert min(levels[level] for level in ("easy", "medium", "hard")) >= 3
    assert kinds == set(types.TYPES)


@pytest.mark.parametrize("code", CODES)
def test_the_key_earns_everything_and_nothing_earns_nothing(code):
    for name, prepared, kind in kept(code):
        right = kind.correct_answer(prepared.key)
        assert kind.mark(prepared.key, right) == 1, name
        assert kind.validate_answer(prepared.content, right) == [], name
        assert kind.mark(prepared.key, None) == 0, name
        assert prepared.explanation_html, name


@pytest.mark.parametrize("code", CODES)
def test_what_is_stored_is_what_was_written(code):
    for made, prepared in zip(made_of(code), prepared_of(code), strict=True):
        assert prepared.content == made.draft.content, made.idnumber
        assert prepared.explanation_html == made.draft.explanation_html, made.idnumber


@pytest.mark.parametrize("code", CODES)
def test_each_wrong_option_is_wrong_and_unlike_the_others(code):
    for name, prepared, kind in of_type(code, "single_choice", "multiple_choice"):
        options = {option["id"]: richtext.to_plain_text(option["html"]) for option in prepared.content["options"]}
        assert len(set(options.values())) == len(options), name
        right = kind.correct_answer(prepared.key)
        if prepared.type == "single_choice":
            assert len(options) == 4, name
            assert [option for option in options if kind.mark(prepared.key, option) != 0] == [right], name
        else:
            assert 0 < len(right) < len(options), name
            assert kind.mark(prepared.key, list(options)) == 0, name
            for option in options:
                assert kind.mark(prepared.key, [*(set(right) ^ {option})]) < 1, name


@pytest.mark.parametrize("code", CODES)
def test_numbers_hold_within_their_tolerance_and_not_beyond_it_in_every_unit(code):
    for name, prepared, kind in of_type(code, "numerical"):
        answer = prepared.key["answers"][0]
        value, tolerance = Decimal(answer["value"]), Decimal(answer.get("tolerance", "0"))
        factors = prepared.key.get("unit_factors", {})
        unit = kind.correct_answer(prepared.key)["unit"]
        assert set(prepared.content.get("units", [])) == set(factors), name
        for near in (value - tolerance, value + tolerance):
            assert kind.mark(prepared.key, {"value": f"{near:f}", "unit": unit}) == 1, name
        for far in (value - tolerance - Decimal("0.001"), value + tolerance + Decimal("0.001")):
            assert kind.mark(prepared.key, {"value": f"{far:f}", "unit": unit}) == 0, name
        for other, factor in factors.items():
            assert kind.mark(prepared.key, {"value": f"{value / Decimal(factor):.9f}", "unit": other}) == 1, (
                name,
                other,
            )
        if tolerance:  # what rounding at the edge would refuse is not asked for
            assert tolerance < max(abs(value), 1), name


@pytest.mark.parametrize("code", CODES)
def test_a_true_claim_is_true_alone(code):
    for name, prepared, kind in of_type(code, "true_false"):
        assert [
            kind.mark(prepared.key, verdict) for verdict in (prepared.key["correct"], not prepared.key["correct"])
        ] == [
            1,
            0,
        ], name


@pytest.mark.parametrize("code", CODES)
def test_every_accepted_wording_is_accepted(code):
    for name, prepared, kind in of_type(code, "short_answer"):
        for pattern in prepared.key["patterns"]:
            typed = pattern["text"].replace("\\*", "*")
            assert kind.mark(prepared.key, typed) == 1, name
            assert kind.mark(prepared.key, f" {typed.upper()} ") == 1, name
        assert kind.mark(prepared.key, "something else") == 0, name


@pytest.mark.parametrize("code", CODES)
def test_matching_has_one_choice_for_each_premise_and_some_for_none(code):
    for name, prepared, _kind in of_type(code, "matching"):
        premises, choices = (
            [richtext.to_plain_text(one["html"]) for one in prepared.content[part]] for part in ("premises", "choices")
        )
        assert len(set(premises)) == len(premises), name
        assert len(set(choices)) == len(choices) > len(premises), name
        assert len(set(prepared.key["pairs"].values())) == len(premises), name


@pytest.mark.parametrize("code", CODES)
def test_pictures_are_png_named_by_their_content_and_told_in_words(code):
    for question, made in zip(questions_of(code), made_of(code), strict=True):
        named = media_in(made.draft.content, made.draft.key, made.draft.explanation_html)
        if made.picture is None:
            assert not named, made.idnumber
            continue
        assert named == {made.picture.sha256}, made.idnumber
        with Image.open(io.BytesIO(made.picture.content)) as image:
            assert (image.format, *image.size) == ("PNG", made.picture.width, made.picture.height), made.idnumber
            assert min(image.convert("RGB").getpixel((4, 4))) > 250, made.idnumber  # a white card, in dark pages too
        assert len(made.picture.content) < 20_000, made.idnumber
        assert len(question.picture.alt) > 10, made.idnumber


def test_there_are_many_pictures():
    assert len({made.picture.sha256 for code in CODES for made in made_of(code) if made.picture}) == 45


SCRIPTS = {"en": "[A-Za-z]", "fr": "[A-Za-z]", "ar": "[\u0600-\u06ff]", "zh": "[\u4e00-\u9fff]"}


@pytest.mark.parametrize("code", CODES)
def test_words_are_of_the_courses_script_and_say_their_language(code):
    language = language_of(code)
    marked = {
        "en": "",
        "fr": '<p lang="fr">',
        "ar": '<p lang="ar" dir="rtl">',
        "zh": '<p lang="zh">',
    }[language]
    for name, prepared, _kind in kept(code):
        stem = richtext.to_plain_text(prepared.content["stem_html"], with_tex=False)
        assert re.search(SCRIPTS[language], stem), name
        assert prepared.content["stem_html"].startswith(marked), name
        assert ("lang=" in prepared.content["stem_html"]) == (language != "en"), name


def test_mathematics_is_marked_everywhere_and_left_nowhere_as_source():
    formulas = 0
    for code in CODES:
        for made in made_of(code):
            texts = [*_texts(made.draft.content), made.draft.explanation_html]
            for text in texts:
                formulas += text.count("data-tex=")
                outside = re.sub(r"<span data-tex=.*?</span>", "", text, flags=re.DOTALL)
                assert not re.search(r"\\[(\[a-z]", outside), (made.idnumber, outside)
    assert formulas > 600


def _texts(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


@pytest.mark.parametrize("code", ["MATH101-3", "PHYS110-2", "ARAB140-5"])
def test_the_same_questions_and_pictures_come_every_time(code):
    course, topic = next(pair for pair in TOPICS if pair[1].code == code)

    again = [
        make_question(question, language=course.language, idnumber=f"{code}-{place:02}")
        for place, question in enumerate(topic.questions(), start=1)
    ]

    assert again == made_of(code)


def test_the_right_option_stands_in_every_place():
    places = Counter(
        kind.correct_answer(prepared.key) for code in CODES for _name, prepared, kind in of_type(code, "single_choice")
    )

    assert set(places) == {"a1", "a2", "a3", "a4"}
    assert min(places.values()) > sum(places.values()) / 8
