"""Every question file beside the project, from its upload into the bank, counted against a separate reader's counts.

The mapping is that of ``shared_files.TYPES``; "multichoice" there says nothing of one or several right answers, so both
count. What has no type here must be reported as not supported, under the type's own name and with its source.
"""

from collections import Counter

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import files
from apps.questionbank import imports
from apps.questionbank.models import QuestionEntry
from tests.factories.questionbank import WRITTEN, TopicFactory, teacher_of
from tests.questionbank.shared_files import FORMATS, SHARED, TYPES, expected, needs_shared

pytestmark = [needs_shared, pytest.mark.slow, pytest.mark.django_db]

REFUSED_UPLOADS = {
    "made/hostile/empty.gift": files.EmptyFile,
    "made/hostile/not-xml.moodle.xml": imports.NotAQuestionFile,
}
REFUSED_FILES = {
    "made/hostile/billion-laughs.moodle.xml": "entity_expansion",
    "made/hostile/truncated.moodle.xml": "truncated",
    "made/hostile/xxe-file.moodle.xml": "external_entity",
    "qti12/instructure/test_qti_1.2_canvas/i00f37ac2af026e5a607e4a5d9a70b1d5/assessment_meta.xml": "wrong_root",
}
REFUSED_QUESTIONS = {
    "made/hostile/fractions.moodle.xml": {1: "no_full_mark"},
    "made/hostile/short-row.csv": {2: "columns_missing", 3: "key_out_of_range"},
    "made/hostile/unbalanced.gift": {1: "unbalanced_brace"},
}


def wanted_types(row):
    wanted = Counter()
    for name, count in row["types"].items():
        wanted[TYPES.get(name, name)] += count
    if "choice" in wanted:
        wanted["choice"] += wanted.pop("single_choice", 0) + wanted.pop("multiple_choice", 0)
    return wanted


def found_types(job, wanted):
    found = Counter()
    for row in job.rows.all():
        if row.state in ("ready", "duplicate"):
            type_code = row.question["type"]
            found["choice" if "choice" in wanted and type_code.endswith("_choice") else type_code] += 1
        elif row.state == "unsupported":
            found[row.findings[-1]["type_name"]] += 1
            assert row.source
    return found


@pytest.mark.parametrize("row", expected(), ids=lambda row: row["file"])
def test_file_comes_into_the_bank_and_its_second_import_adds_nothing(row):
    topic = TopicFactory()
    teacher = teacher_of(topic.course)
    path = SHARED / row["file"]
    wanted = wanted_types(row)

    def read():
        file = SimpleUploadedFile(path.name, path.read_bytes())
        job = imports.upload(actor=teacher, topic=topic, file=file, now=WRITTEN)
        return imports.read_import(import_id=job.pk, report=lambda rows: None)

    if refusal := REFUSED_UPLOADS.get(row["file"]):
        with pytest.raises(refusal):
            read()
        return
    job = read()
    if row["file"] in REFUSED_FILES:
        assert (job.status, job.failure["code"], job.rows.count()) == ("failed", REFUSED_FILES[row["file"]], 0)
        return
    problems = {found.number: found.findings[0]["code"] for found in job.rows.filter(state="problem")}
    assert (job.status, job.format) == ("previewed", FORMATS[row["format"]])
    assert found_types(job, wanted) == wanted
    assert problems == REFUSED_QUESTIONS.get(row["file"], {})

    job = imports.confirm_import(actor=teacher, job=job, now=WRITTEN)
    added = QuestionEntry.objects.count()
    again = imports.confirm_import(actor=teacher, job=read(), now=WRITTEN)

    assert (
        job.success_count == added == job.total_rows - job.duplicate_count - job.problem_count - job.unsupported_count
    )
    assert (again.success_count, again.ready_count, QuestionEntry.objects.count()) == (0, 0, added)
    assert again.duplicate_count == job.duplicate_count + added
    if added == job.total_rows > 1:
        assert imports.outcome(again) == f"All {added} questions are already in the bank."
