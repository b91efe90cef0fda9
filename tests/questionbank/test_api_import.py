"""Imports of questions by API."""

import csv
import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.http import documents
from apps.questionbank import imports
from apps.questionbank.models import ImportJob, ImportRow, QuestionEntry
from tests.factories.accounts import MembershipFactory
from tests.factories.questionbank import ImportJobFactory, ImportRowFactory, TopicFactory
from tests.questionbank.files_of_questions import csv_of, png

pytestmark = pytest.mark.django_db
START = "/api/v1/admin/import/questions"
HOSTILE = b"""question,a,b,correct
What is 1 plus 1?,2,3,A
"=HYPERLINK(""http://x"",""y"")",2,3,Z
What is 2 plus 2?,4,5,A
"""


def upload(client, topic, content=HOSTILE, name="questions.csv"):
    return client.post(START, {"topic": str(topic.public_id), "file": SimpleUploadedFile(name, content)})


def path_of(job, what=""):
    return f"/api/v1/admin/import/{job.public_id}{what}"


@pytest.fixture
def job(org_admin, api, topic):
    """An import that was read: two good rows and one bad."""
    upload(api(org_admin), topic)
    return imports.read_import(import_id=ImportJob.objects.get().pk, report=lambda rows: None)


def test_upload_preview_confirm(api, org_admin, topic):
    client = api(org_admin)

    started = upload(client, topic).json()["data"]
    job = ImportJob.objects.get()
    imports.read_import(import_id=job.pk, report=lambda rows: None)
    read = client.get(path_of(job)).json()["data"]
    preview = client.get(path_of(job, "/preview"), {"state": "ready"}).json()["data"]
    confirmed = client.post(path_of(job, "/confirm")).json()
    again = client.post(path_of(job, "/confirm")).json()

    assert (started["id"], started["status"], started["filename"]) == (str(job.public_id), "pending", "questions.csv")
    assert started["live_topic"] == f"job:{job.reading_job.public_id}"
    assert (read["status"], read["total_rows"], read["ready_count"], read["error_count"]) == ("previewed", 3, 2, 1)
    assert [row["question"]["stem_html"] for row in preview] == ["What is 1 plus 1?", "What is 2 plus 2?"]
    assert (confirmed["data"]["status"], confirmed["data"]["success_count"]) == ("completed", 2)
    assert confirmed["message"] == "2 questions added. 1 cannot be read."
    assert again["data"] == confirmed["data"]
    assert QuestionEntry.objects.count() == 2


@pytest.mark.parametrize("what", ["start", "detail", "preview", "confirm", "errors", "history"])
def test_imports_are_for_administrators(api, people, topic, job, what):
    def call(person):
        client = api(person)
        if what == "start":
            return upload(client, topic).status_code
        if what == "history":
            return client.get("/api/v1/admin/import/history").status_code
        path = path_of(job, "" if what == "detail" else f"/{what}")
        return (client.post if what == "confirm" else client.get)(path).status_code

    done = 201 if what == "start" else 200
    nowhere = {"start": 400, "history": 200}.get(what, 404)  # acts in no organisation
    assert people.table(call) == {
        "student": 403,
        "classmate": 403,
        "teacher": 403,
        "foreign_teacher": 403,
        "parent": 403,
        "org_admin": done,
        "operator": 403,
        "admin": nowhere,
        "anonymous": 401,
    }


def test_a_platform_administrator_imports_for_the_organisation_they_act_in(api, admin, organization, topic):
    MembershipFactory(user=admin, organization=organization, role="org_admin")

    assert upload(api(admin), topic).status_code == 201


def test_the_imports_of_another_organisation_are_not_found(api, org_admin):
    other = ImportJobFactory()

    assert api(org_admin).get(path_of(other)).status_code == 404
    assert api(org_admin).get("/api/v1/admin/import/history").json()["data"] == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"file": SimpleUploadedFile("a.csv", b"x")}, ["topic"]),
        ({"topic": "x"}, ["file", "topic"]),
        ({"topic": "x", "file": "not a file"}, ["file", "topic"]),
    ],
)
def test_upload_names_the_fields_that_are_wrong(api, org_admin, fields, wrong):
    answer = api(org_admin).post(START, fields)

    assert (answer.status_code, sorted(answer.json()["details"]["fields"])) == (400, wrong)
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [(b"", 400, "invalid"), (b"\x00\x01\x02", 415, "unknown_format"), (png(), 415, "unknown_format")],
)
def test_upload_refuses_what_is_no_question_file(api, org_admin, topic, content, status, code):
    answer = upload(api(org_admin), topic, content, "questions.csv")

    assert (answer.status_code, answer.json()["details"]["code"]) == (status, code)
    assert not ImportJob.objects.exists()


def test_upload_takes_forms_only(api, org_admin, topic):
    answer = api(org_admin).post(START, {"topic": str(topic.public_id)}, content_type="application/json")

    assert answer.status_code == 415


def test_preview_shows_rows_with_findings(api, org_admin, job):
    answer = api(org_admin).get(path_of(job, "/preview"))

    good, bad, _other = answer.json()["data"]
    assert (good["number"], good["line"], good["state"], good["findings"]) == (1, 2, "ready", [])
    assert (good["question"]["type"], good["question"]["correct_answer"]) == ("single_choice", "a1")
    assert [option["html"] for option in good["question"]["options"]] == ["2", "3"]
    assert (bad["state"], bad["question"], bad["findings"][0]["code"]) == ("problem", None, "key_out_of_range")
    assert bad["findings"][0]["remedy"]
    assert "HYPERLINK" in bad["source_text"]


def test_preview_points_to_the_question_there_is_already(api, org_admin, topic, job):
    client = api(org_admin)
    client.post(path_of(job, "/confirm"))
    upload(client, topic)
    again = imports.read_import(import_id=ImportJob.objects.latest("pk").pk, report=lambda rows: None)

    duplicate = client.get(path_of(again, "/preview"), {"state": "duplicate"}).json()["data"][0]

    assert duplicate["findings"][0]["question"] == str(
        QuestionEntry.objects.get(latest__stem_text="What is 1 plus 1?").public_id
    )


def test_confirm_before_the_file_was_read_is_refused(api, org_admin, topic):
    upload(api(org_admin), topic)

    answer = api(org_admin).post(path_of(ImportJob.objects.get(), "/confirm"))

    assert (answer.status_code, answer.json()["details"]["code"]) == (400, "not_yet_read")


def test_a_refused_file_says_why(api, org_admin, topic):
    upload(api(org_admin), topic, b"Dear all, see you on Monday.", "letter.txt")
    job = imports.read_import(import_id=ImportJob.objects.get().pk, report=lambda rows: None)

    shown = api(org_admin).get(path_of(job)).json()["data"]

    assert (shown["status"], shown["failure"]["code"], shown["outcome"]) == (
        "failed",
        "unknown_format",
        shown["failure"]["message"],
    )


def test_errors_are_a_table_without_formulas(api, org_admin, job):
    row = job.rows.get(state="problem")
    ImportRow.objects.filter(pk=row.pk).update(source='=HYPERLINK("http://x","y")')

    answer = api(org_admin).get(path_of(job, "/errors"))

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="questions-errors.csv"'
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(content, newline=""))
    assert head == ["Number", "Line", "State", "Code", "What is wrong", "What to do", "Source"]
    assert [(row[0], row[1], row[2], row[3], row[6]) for row in rows] == [
        ("2", "3", "Cannot be read", "key_out_of_range", '\'=HYPERLINK("http://x","y")')
    ]


@pytest.mark.parametrize("accept", ["text/csv", "text/html", "*/*"])
def test_errors_come_whatever_is_accepted_and_refusals_in_the_envelope(api, org_admin, job, accept):
    client = api(org_admin, headers={"accept": accept})

    assert client.get(path_of(job, "/errors"))["Content-Type"] == "text/csv; charset=utf-8"
    refused = client.get(path_of(ImportJobFactory(), "/errors"))
    assert (refused.status_code, refused.json()["details"]["code"]) == (404, "not_found")


def test_errors_are_a_file_in_the_document(api):
    described = json.loads(documents._document(is_yaml=False))["paths"]["/api/v1/admin/import/{job_id}/errors"]["get"]

    assert list(described["responses"]["200"]["content"]) == ["text/csv"]
    assert "406" not in described["responses"]


def test_history_is_newest_first(api, org_admin, topic):
    names = ["first.csv", "second.csv"]
    for name in names:
        upload(api(org_admin), topic, csv_of(1), name)

    answer = api(org_admin).get("/api/v1/admin/import/history")

    assert [row["filename"] for row in answer.json()["data"]] == names[::-1]
    assert answer.json()["pagination"]["total"] == 2


@pytest.mark.parametrize("what", ["preview", "history", "errors"])
def test_lists_cost_the_same_with_more_rows(api, org_admin, job, flat, what):
    client = api(org_admin)

    def call():
        path = "/api/v1/admin/import/history" if what == "history" else path_of(job, f"/{what}")
        answer = client.get(path, {} if what == "errors" else {"limit": 100})
        if what == "errors":
            b"".join(answer.streaming_content)
        return answer

    def more():
        if what == "history":
            ImportJobFactory(topic=TopicFactory(course=job.topic.course))
        else:
            ImportRowFactory(job=job)

    flat(call, more)
