"""Three thousand questions: from the uploaded file to the bank within 9 s and 300 MB, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest

from apps.questionbank import imports
from apps.questionbank.models import QuestionEntry
from tests.factories.questionbank import WRITTEN, TopicFactory, teacher_of
from tests.processes import PROJECT, environment
from tests.questionbank.files_of_questions import csv_of, gift_of, moodle_xml_of, stored
from tests.questionbank.shared_files import SHARED, needs_shared

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
QUESTIONS = 3000


def import_in_a_process(content, name):
    """Import a file; return what it took and what came of it."""
    topic = TopicFactory()
    teacher = teacher_of(topic.course)
    job = imports.start_import(actor=teacher, topic=topic, file=stored(content, name, teacher), now=WRITTEN)
    process = subprocess.run(
        [sys.executable, "-m", "tests.questionbank.import_process", str(job.pk)],
        cwd=PROJECT,
        env=environment(DJANGO_SETTINGS_MODULE="config.settings.test"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 0, process.stderr.decode()
    return json.loads(process.stdout)


def check_budget(spent):
    assert (spent["status"], spent["success_count"], QuestionEntry.objects.count()) == (
        "completed",
        QUESTIONS,
        QUESTIONS,
    )
    # what it works is the same on a crowded machine; what it waits is not (measured 2026-11-25, quiet: under 2 s in all)
    assert spent["processor_seconds"] < 5
    assert spent["seconds"] < 9 or os.getloadavg()[0] > 2 * (os.cpu_count() or 1)
    assert spent["peak_megabytes"] < 300


@pytest.mark.parametrize(
    ("make", "name"), [(csv_of, "made.csv"), (gift_of, "made.gift"), (moodle_xml_of, "made.moodle.xml")]
)
def test_three_thousand_questions_of_our_own(make, name):
    check_budget(import_in_a_process(make(QUESTIONS), name))


@needs_shared
@pytest.mark.parametrize("name", ["trivia-3000.csv", "trivia-3000.gift", "trivia-3000.moodle.xml"])
def test_three_thousand_questions_of_others(name):
    check_budget(import_in_a_process((SHARED / "made" / "scale" / name).read_bytes(), name))
