"""Thousands of questions: seconds, and memory that does not grow with the file."""

import io
import time
import tracemalloc
from itertools import islice

import pytest

from apps.questionbank.formats import reading
from apps.questionbank.formats.reading import open_questions
from apps.questionbank.formats.records import FileRefused, ImportedQuestion

pytestmark = pytest.mark.slow

COUNT = 3000
OPTIONS = ("Öl", "ماء", "水", "x < y & z")


def csv_bank():
    yield "id,category,question,option_a,option_b,option_c,option_d,correct\n"
    for number in range(COUNT):
        yield f'q{number},Scale,"What is number {number}, and why?",{",".join(OPTIONS)},{"ABCD"[number % 4]}\n'


def gift_bank():
    for number in range(COUNT):
        answers = " ".join(f"{'=~'[place != number % 4]}{option}" for place, option in enumerate(OPTIONS))
        yield f"::q{number}::What is number {number}, and why? {{{answers}}}\n\n"


def xml_bank():
    yield "<quiz>"
    for number in range(COUNT):
        yield f'<question type="multichoice"><name><text>q{number}</text></name><questiontext format="html">'
        yield f"<text>What is number {number}, and why?</text></questiontext><single>true</single>"
        for place, option in enumerate(OPTIONS):
            yield f'<answer fraction="{100 if place == number % 4 else 0}"><text><![CDATA[{option}]]></text></answer>'
        yield "</question>"
    yield "</quiz>"


BANKS = {"x.csv": csv_bank, "x.gift": gift_bank, "x.xml": xml_bank}


@pytest.mark.parametrize("name", BANKS)
def test_thousands_of_questions_take_seconds_and_little_memory(name):
    content = "".join(BANKS[name]()).encode()
    started = time.process_time()
    found = list(open_questions(io.BytesIO(content), name).records)
    took = time.process_time() - started
    assert len(found) == COUNT
    assert all(isinstance(record, ImportedQuestion) for record in found)
    assert [record.key["fractions"][f"a{number % 4 + 1}"] for number, record in enumerate(found)] == ["1"] * COUNT
    assert took < 3  # measured 2026-11-25: 0.2 to 0.5 s
    del found

    peaks = []
    for count in (100, 1000):
        tracemalloc.start()
        for _record in islice(open_questions(io.BytesIO(content), name).records, count):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 2**20


@pytest.mark.parametrize(("name", "line"), [("x.csv", 12), ("x.gift", 21), ("x.xml", 1)])
def test_a_file_of_too_many_questions_is_refused(monkeypatch, name, line):
    monkeypatch.setattr(reading, "MAX_QUESTIONS", 10)
    found = reading.open_questions(io.BytesIO("".join(BANKS[name]()).encode()), name)

    with pytest.raises(FileRefused) as refusal:
        list(found.records)

    assert (refusal.value.code, refusal.value.line) == ("too_many_questions", line)


@pytest.mark.parametrize("name", BANKS)
def test_reading_may_stop_early_and_the_file_be_closed(name):
    file = io.BytesIO("".join(BANKS[name]()).encode())
    records = reading.open_questions(file, name).records
    first = next(records)
    file.close()
    records.close()

    assert isinstance(first, ImportedQuestion)
