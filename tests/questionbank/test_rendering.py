"""How questions are shown."""

import json

import pytest

from apps.questionbank.models import QuestionVersion
from apps.questionbank.rendering import public_question, review_question
from tests.factories.questionbank import SAMPLES, SHA256

FIELDS = {"type", "stem_html", "options", "premises", "choices", "unit_entry", "units", "max_length"}


def version(type_code="single_choice", **fields):
    content, key = SAMPLES[type_code]
    return QuestionVersion(**{"type": type_code, "content": content, "key": key, "explanation_html": "", **fields})


@pytest.mark.parametrize("type_code", SAMPLES)
def test_public_question_has_the_same_fields_for_every_type(type_code):
    assert set(public_question(version(type_code))) == FIELDS


@pytest.mark.parametrize("type_code", SAMPLES)
def test_public_question_holds_nothing_that_the_key_holds(type_code):
    marked = version(type_code, explanation_html="a secret explanation")
    marked.key = {**marked.key, "outcome_feedback": {"correct": "a secret remark"}}

    shown = json.dumps(public_question(marked))

    assert "secret" not in shown
    assert not {"key", "fractions", "patterns", "answers", "pairs", "correct", "feedback"} & set(
        public_question(marked)
    )


def test_public_question_follows_the_order_of_the_session():
    shown = public_question(version(), ["a3", "a1", "a2"])

    assert [option["id"] for option in shown["options"]] == ["a3", "a1", "a2"]


def test_public_question_addresses_its_media():
    content = {
        "stem_html": f'<img src="media:{SHA256}" alt="a cell">',
        "options": [{"id": "a1", "html": f'<audio controls src="media:{SHA256}"></audio>'}, {"id": "a2", "html": "no"}],
    }

    shown = public_question(version(content=content))

    assert shown["stem_html"] == f'<img src="/media/{SHA256}" alt="a cell">'
    assert shown["options"][0]["html"] == f'<audio controls src="/media/{SHA256}"></audio>'
    assert content["stem_html"] == f'<img src="media:{SHA256}" alt="a cell">'


def test_review_question_adds_the_answer_the_reasons_and_the_feedback():
    shown = review_question(version(explanation_html=f'<img src="media:{SHA256}" alt="x">'), ["a2"], payload="a1")

    assert set(shown) == FIELDS | {"correct_answer", "explanation_html", "feedback_html"}
    assert shown["correct_answer"] == "a2"
    assert shown["explanation_html"] == f'<img src="/media/{SHA256}" alt="x">'
    assert shown["feedback_html"] == ["21 is 3 times 7."]
    assert [(option["id"], option["feedback_html"]) for option in shown["options"]] == [
        ("a2", ""),
        ("a1", "21 is 3 times 7."),
        ("a3", ""),
    ]


@pytest.mark.parametrize(
    ("type_code", "expected"),
    [
        ("single_choice", "a2"),
        ("multiple_choice", ["a1", "a3"]),
        ("true_false", True),
        ("numerical", {"value": "299.79", "unit": "m"}),
        ("short_answer", "carbon dioxide"),
        ("matching", {"p1": "c2", "p2": "c1"}),
    ],
)
def test_review_question_gives_the_right_answer_of_every_type(type_code, expected):
    assert review_question(version(type_code))["correct_answer"] == expected


def test_review_question_without_an_answer_has_no_feedback():
    assert review_question(version())["feedback_html"] == []
