"""The readers against question files from many programs, counted and transcribed by separate readers."""

import json
import re
import time
import tracemalloc
from collections import Counter
from fractions import Fraction

import pytest

from apps.core import richtext
from apps.questionbank.formats.reading import open_questions
from apps.questionbank.formats.records import FileRefused, ImportedQuestion, NotSupported, RowProblem
from apps.questionbank.types import registry, shapes

from .shared_files import FORMATS, SHARED, TYPES, expected, name_of, needs_shared, truths

pytestmark = [needs_shared, pytest.mark.slow]

# What expected.tsv says must be refused, as the readers name it: whole files by code, questions by number and code.
REFUSED_FILES = {
    "made/hostile/billion-laughs.moodle.xml": "entity_expansion",
    "made/hostile/empty.gift": "empty_file",
    "made/hostile/not-xml.moodle.xml": "not_xml",
    "made/hostile/truncated.moodle.xml": "truncated",
    "made/hostile/xxe-file.moodle.xml": "external_entity",
    "qti12/instructure/test_qti_1.2_canvas/i00f37ac2af026e5a607e4a5d9a70b1d5/assessment_meta.xml": "wrong_root",
}
REFUSED_QUESTIONS = {
    "made/hostile/fractions.moodle.xml": [(1, "no_full_mark")],
    "made/hostile/short-row.csv": [(2, "columns_missing"), (3, "key_out_of_range")],
    "made/hostile/unbalanced.gift": [(1, "unbalanced_brace")],
}


def records_of(path):
    with path.open("rb") as file:
        return list(open_questions(file, path.name).records)


def counted(records, wanted):
    """Count as expected.tsv counts; ``choice`` is both choice types together where it does not tell them apart."""
    found = Counter()
    for record in records:
        if isinstance(record, ImportedQuestion):
            both = "choice" in wanted and record.type in ("single_choice", "multiple_choice")
            found["choice" if both else record.type] += 1
        elif isinstance(record, NotSupported):
            found[record.type_name] += 1
    return found


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_file_gives_the_questions_that_another_reader_counts(row):
    path = SHARED / row["file"]
    wanted = Counter()
    for name, count in row["types"].items():
        wanted[TYPES.get(name, name)] += count
    if "choice" in wanted:
        wanted["choice"] += wanted.pop("single_choice", 0) + wanted.pop("multiple_choice", 0)

    if row["file"] in REFUSED_FILES:
        with pytest.raises(FileRefused) as refusal:
            records_of(path)
        assert refusal.value.code == REFUSED_FILES[row["file"]]
        assert refusal.value.message
        assert refusal.value.remedy
        return
    records = records_of(path)

    assert counted(records, wanted) == wanted
    problems = [(record.position.number, record.code) for record in records if isinstance(record, RowProblem)]
    assert problems == REFUSED_QUESTIONS.get(row["file"], [])
    with path.open("rb") as file:
        assert open_questions(file, path.name).format == FORMATS[row["format"]]


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_everything_read_is_sound(row):
    if row["file"] in REFUSED_FILES:
        return
    for record in records_of(SHARED / row["file"]):
        assert record.source.strip()
        assert record.position.line > 0
        if isinstance(record, ImportedQuestion):
            kind = registry.get(record.type)
            assert kind.validate_content(record.content, record.key) == {}
            assert shapes.sanitised(record.content) == record.content
            assert shapes.sanitised(record.key) == record.key
            assert shapes.media_in(record.content, record.key, record.explanation_html) == {
                media.sha256 for media in record.media
            }


@pytest.mark.parametrize(("path", "truth"), truths(), ids=name_of)
def test_texts_and_keys_come_out_exactly(path, truth):
    questions = [record for record in records_of(path) if isinstance(record, ImportedQuestion)]

    found = [
        {
            "stem": richtext.to_plain_text(question.stem_html),
            "opts": [richtext.to_plain_text(option["html"]) for option in question.content["options"]],
            "key": [
                place
                for place, option in enumerate(question.content["options"])
                if question.key["fractions"][option["id"]] == "1"
            ],
        }
        for question in questions
    ]

    wanted = json.loads(truth.read_text(encoding="utf-8"))
    assert found == [{name: question[name] for name in ("stem", "opts", "key")} for question in wanted]
    if "fb" in wanted[0] and path.suffix in (".gift", ".xml"):
        told = [" ".join(question["fb"].replace("$x$", "x").split()) for question in wanted]  # a formula now
        assert [" ".join(richtext.to_plain_text(question.explanation_html).split()) for question in questions] == told


def peg_pairs():
    return sorted(SHARED.glob("gift/peg-grammar/*.json"))


PEG_TYPES = {
    "MC": {"single_choice", "multiple_choice"},
    "TF": {"true_false"},
    "Short": {"short_answer"},
    "Numerical": {"numerical"},
    "Matching": {"matching"},
    "Essay": {"essay"},
    "Description": {"description"},
}


def squeezed(text):
    """Compare words, not markup or spacing: the other reader keeps HTML and Markdown as they are."""
    text = richtext.to_plain_text(richtext.from_html(text)) if "<" in text or "&" in text else text
    return re.sub(r"[\s*_\\-]+", "", text)


def shown(html):
    return re.sub(r"[\s*_\\-]+", "", richtext.to_plain_text(html))


@pytest.mark.parametrize("golden", peg_pairs(), ids=lambda path: path.stem)
def test_gift_is_read_as_its_published_grammar_reads_it(golden):
    wanted = [one for one in json.loads(golden.read_text(encoding="utf-8")) if one["type"] != "Category"]
    records = records_of(golden.with_suffix(".gift"))

    assert len(records) == len(wanted)
    for record, other in zip(records, wanted, strict=True):
        kind = record.type if isinstance(record, ImportedQuestion) else record.type_name
        assert kind in PEG_TYPES[other["type"]]
        assert record.title == (other["title"] or "")
        if not isinstance(record, ImportedQuestion):
            continue
        assert shown(record.stem_html) == squeezed(other["stem"]["text"])
        assert record.idnumber == (other["id"] or "")
        assert list(record.tags) == (other["tags"] or [])
        assert shown(record.explanation_html) == squeezed((other["globalFeedback"] or {}).get("text", ""))
        ANSWERS[other["type"]](record, other)


def _same_choices(record, other):
    assert [shown(option["html"]) for option in record.content["options"]] == [
        squeezed(choice["text"]["text"]) for choice in other["choices"]
    ]
    parts = [
        100 if choice["isCorrect"] and choice["weight"] is None else choice["weight"] or 0
        for choice in other["choices"]
    ]
    assert [Fraction(record.key["fractions"][option["id"]]) * 100 for option in record.content["options"]] == parts
    told = [squeezed((choice["feedback"] or {}).get("text", "")) for choice in other["choices"]]
    assert [shown(record.key.get("feedback", {}).get(option["id"], "")) for option in record.content["options"]] == told


def _same_truth(record, other):
    assert record.key["correct"] is other["isTrue"]
    for name in ("true", "false"):
        told = (other[f"{name}Feedback"] or {}).get("text", "")
        assert shown(record.key.get("feedback", {}).get(name, "")) == squeezed(told)


def _same_wordings(record, other):
    assert [pattern["text"] for pattern in record.key["patterns"]] == [
        choice["text"]["text"] for choice in other["choices"]
    ]


def _same_numbers(record, other):
    choices = other["choices"] if isinstance(other["choices"], list) else [{"text": other["choices"]}]
    for answer, choice in zip(record.key["answers"], choices, strict=True):
        if "number" not in choice["text"]:
            assert answer["any"] is True
            continue
        assert float(answer["value"]) == choice["text"]["number"]
        assert float(answer.get("tolerance", "0")) == choice["text"].get("range", 0)


def _same_pairs(record, other):
    choices = {choice["id"]: shown(choice["html"]) for choice in record.content["choices"]}
    found = [
        (shown(premise["html"]), choices[record.key["pairs"][premise["id"]]]) for premise in record.content["premises"]
    ]
    pairs = [(squeezed(pair["subquestion"]["text"]), squeezed(pair["subanswer"])) for pair in other["matchPairs"]]
    assert found == [pair for pair in pairs if pair[0]]
    assert set(choices.values()) == {choice for _premise, choice in pairs}


ANSWERS = {
    "MC": _same_choices,
    "TF": _same_truth,
    "Short": _same_wordings,
    "Numerical": _same_numbers,
    "Matching": _same_pairs,
}


def test_pictures_are_kept_in_stem_options_and_old_fields():
    [question] = records_of(SHARED / "moodle-xml/moodle-core/multichoice.xml")

    assert [media.name for media in question.media] == [
        "bonjour.mp3", "flag-uk.jpg", "flag-france.jpg", "flag-german.jpg", "flag-denmark.jpg",
    ]  # fmt: skip
    assert all(media.content[:2] == b"\xff\xd8" for media in question.media[1:])
    assert [len(shapes.media_in(option["html"])) for option in question.content["options"]] == [1, 1, 1, 1]
    assert question.notices == ()
    _cloze, old = records_of(SHARED / "moodle-xml/moodle-core/sample_questions_with_old_image_tag.xml")
    assert old.stem_html.endswith('alt="moodle.png"></p>')
    assert old.media[0].content.startswith(b"\x89PNG")


def test_nothing_dangerous_of_the_hostile_file_is_left():
    questions = records_of(SHARED / "made/hostile/script.moodle.xml")

    everything = json.dumps([[question.content, question.key] for question in questions])
    assert not re.search(r"script|onerror|onclick|onload|svg|alert", everything)


@pytest.mark.parametrize(
    "name", ["trivia-3000.gift", "trivia-3000.csv", "trivia-3000.moodle.xml", "frenchmedmcqa-2170.gift"]
)
def test_thousands_of_questions_take_seconds_and_little_memory(name):
    # Measured 2026-11-25: 0.3, 0.25, 0.5 and 0.3 s of processor time, under 2 MB beyond the interpreter.
    path = SHARED / "made/scale" / name
    started = time.process_time()
    with path.open("rb") as file:
        count = sum(1 for _record in open_questions(file, name).records)
    took = time.process_time() - started

    tracemalloc.start()
    with path.open("rb") as file:
        for _number, _record in zip(range(500), open_questions(file, name).records, strict=False):
            pass
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count >= 2170
    assert took < 3
    assert peak < 20 * 2**20
