"""Importing: read, look at, decide, all at once."""

import base64
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, connections

from apps.accounts.models import Membership
from apps.core import files
from apps.core.errors import NotAllowed
from apps.core.models import AuditEntry, Job, StoredFile
from apps.questionbank import handlers, imports, staging
from apps.questionbank.events import ImportCompleted
from apps.questionbank.models import ImportJob, ImportRow, Media, QuestionEntry, QuestionVersion
from tests.factories.questionbank import (
    WRITTEN,
    CourseFactory,
    ImportJobFactory,
    QuestionEntryFactory,
    TopicFactory,
    member,
    teacher_of,
)
from tests.questionbank.conftest import unchanged
from tests.questionbank.files_of_questions import csv_of, gift_of, moodle_xml_of, png, stored

LATER = WRITTEN + timedelta(days=1)
GIFT = """
// a heading
::Primes:: Which is prime? { =23 ~21#3 times 7 ~25 }

Grant is buried in Grant's tomb. {F}

How many sides has a hexagon? {#6}

Write an essay. {}

::Broken:: This never ends {=1 ~2
"""


def uploaded(topic, content, name="questions.csv", teacher=None):
    """Return a new import of a file's content, not read yet."""
    teacher = teacher or teacher_of(topic.course)
    return imports.start_import(actor=teacher, topic=topic, file=stored(content, name, teacher), now=WRITTEN)


def read(job, report=lambda rows: None):
    return imports.read_import(import_id=job.pk, report=report)


def previewed(topic, content, name="questions.csv", teacher=None):
    return read(uploaded(topic, content, name, teacher))


def counts(job):
    job.refresh_from_db()
    return (job.total_rows, job.ready_count, job.duplicate_count, job.problem_count, job.unsupported_count)


def codes(job):
    return [[finding["code"] for finding in row.findings] for row in job.rows.order_by("number")]


@pytest.mark.django_db
class TestStart:
    def test_asks_for_the_file_to_be_read(self):
        topic = TopicFactory()

        job = uploaded(topic, csv_of(1))

        assert (job.status, job.organization_id, job.topic) == ("pending", topic.organization_id, topic)
        assert list(Job.objects.values_list("kind", "args", "requested_by")) == [
            ("questionbank.read_import", {"import_id": job.pk}, job.created_by_id)
        ]
        assert job.reading_job == Job.objects.get()

    def test_of_an_upload_keeps_the_file_and_its_name(self):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)

        job = imports.upload(actor=teacher, topic=topic, file=SimpleUploadedFile("weekly.tab", csv_of(1)), now=WRITTEN)

        assert (job.filename, job.file.owner, job.file.organization) == ("weekly.tab", teacher, topic.organization)
        assert read(job).format == "csv"

    @pytest.mark.parametrize(
        ("content", "refusal"),
        [(b"", files.EmptyFile), (b"\x00\x01\x02", imports.NotAQuestionFile), (png(), imports.NotAQuestionFile)],
    )
    def test_of_what_is_no_text_keeps_nothing(self, content, refusal):
        topic = TopicFactory()

        with pytest.raises(refusal):
            imports.upload(
                actor=teacher_of(topic.course), topic=topic, file=SimpleUploadedFile("a.csv", content), now=WRITTEN
            )

        assert (StoredFile.objects.count(), ImportJob.objects.count()) == (0, 0)

    def test_takes_questions_about_pages(self):
        topic = TopicFactory()
        content = moodle_xml_of(1).replace(b"<p>What", b"<script>alert(1)</script><svg></svg><p>What")

        job = imports.upload(
            actor=teacher_of(topic.course), topic=topic, file=SimpleUploadedFile("a.xml", content), now=WRITTEN
        )

        assert counts(read(job)) == (1, 1, 0, 0, 0)

    def test_refuses_those_who_are_not_staff_of_the_organisation(self):
        topic = TopicFactory()

        for actor in (member(topic.organization), teacher_of(CourseFactory())):
            file = stored(csv_of(1), "questions.csv", actor)
            with pytest.raises(NotAllowed):
                imports.start_import(actor=actor, topic=topic, file=file, now=WRITTEN)

        assert (ImportJob.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db
class TestRead:
    def test_fills_rows_and_leaves_the_bank_alone(self):
        topic = TopicFactory()
        job = uploaded(topic, GIFT.encode(), "exam.gift")

        with unchanged(QuestionEntry.objects, QuestionVersion.objects):
            job = read(job)

        assert (job.status, job.format, job.failure) == ("previewed", "gift", None)
        assert counts(job) == (5, 3, 0, 1, 1)
        assert list(job.rows.order_by("number").values_list("number", "line", "state", "question__type")) == [
            (1, 3, "ready", "single_choice"),
            (2, 5, "ready", "true_false"),
            (3, 7, "ready", "numerical"),
            (4, 9, "unsupported", None),
            (5, 11, "problem", None),
        ]
        assert job.rows.get(number=4).source == "Write an essay. {}"
        assert job.rows.get(number=4).findings[0]["type_name"] == "essay"
        assert codes(job)[4] == ["unbalanced_brace"]

    def test_tells_how_far_it_is_batch_by_batch(self, monkeypatch):
        monkeypatch.setattr(imports, "BATCH", 2)
        job = uploaded(TopicFactory(), csv_of(5))
        told = []

        def report(rows):
            told.append((rows, ImportJob.objects.get(pk=job.pk).processed_rows, job.rows.count()))

        read(job, report)

        assert told == [(2, 2, 2), (4, 4, 4), (5, 5, 5)]

    def test_again_after_an_interruption_begins_anew(self, monkeypatch):
        monkeypatch.setattr(imports, "BATCH", 2)
        job = uploaded(TopicFactory(), csv_of(5))

        def die(rows):
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            read(job, die)
        interrupted = counts(job)
        read(job)

        assert (interrupted, counts(job)) == ((2, 2, 0, 0, 0), (5, 5, 0, 0, 0))
        assert list(job.rows.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4, 5]

    def test_when_it_was_read_changes_nothing(self):
        job = previewed(TopicFactory(), csv_of(2))

        with unchanged(ImportRow.objects, ImportJob.objects):
            read(job)

    def test_a_reader_that_was_taken_over_writes_no_more(self, monkeypatch):
        monkeypatch.setattr(imports, "BATCH", 2)
        job = uploaded(TopicFactory(), csv_of(5))

        read(job, lambda rows: read(job) if rows == 2 else None)

        job.refresh_from_db()
        assert (job.status, counts(job), job.rows.count()) == ("previewed", (5, 5, 0, 0, 0), 5)

    def test_twin_without_the_token_lets_two_readers_write(self, monkeypatch):
        monkeypatch.setattr(imports, "BATCH", 2)
        one_token = uuid4()
        monkeypatch.setattr(imports, "uuid4", lambda: one_token)
        job = uploaded(TopicFactory(), csv_of(5))

        with pytest.raises(IntegrityError):
            read(job, lambda rows: read(job) if rows == 2 else None)

    @pytest.mark.parametrize(
        ("content", "name", "code"),
        [
            (moodle_xml_of(4)[:-60], "cut.xml", "truncated"),
            (b"<lesson>One</lesson>", "lesson.xml", "wrong_root"),
            (b"Dear all, see you on Monday.", "letter.txt", "unknown_format"),
        ],
    )
    def test_of_a_refused_file_nothing_is_kept(self, content, name, code):
        job = previewed(TopicFactory(), content, name)

        assert (job.status, job.failure["code"], counts(job), job.rows.count()) == ("failed", code, (0, 0, 0, 0, 0), 0)
        assert job.failure["message"]
        assert job.failure["remedy"]

    def test_of_a_file_refused_halfway_nothing_is_kept(self, monkeypatch):
        monkeypatch.setattr(imports, "BATCH", 50)
        job, told = uploaded(TopicFactory(), "\ufeff".encode() + csv_of(600) + b"\nWhat is \xff?,1,2,3,A,"), []

        job = read(job, told.append)

        assert told[:2] == [50, 100]
        assert (job.status, job.failure["code"], job.rows.count()) == ("failed", "undecodable", 0)

    def test_finds_questions_of_the_bank_and_repeated_ones(self):
        topic = TopicFactory()
        imports.confirm_import(actor=teacher_of(topic.course), job=previewed(topic, csv_of(2)), now=WRITTEN)
        known = QuestionEntry.objects.order_by("pk").first()

        job = previewed(topic, csv_of(4) + b"\n" + csv_of(4).splitlines()[-1])

        assert counts(job) == (5, 2, 3, 0, 0)
        assert codes(job) == [["already_in_bank"], ["already_in_bank"], [], [], ["repeated"]]
        assert job.rows.get(number=1).findings[0]["question"] == str(known.public_id)

    def test_takes_hidden_questions_and_those_of_others_for_new(self):
        topic = TopicFactory()
        other = TopicFactory()
        for place in (topic, other):
            imports.confirm_import(actor=teacher_of(place.course), job=previewed(place, csv_of(1)), now=WRITTEN)
        QuestionEntry.objects.filter(topic=topic).update(status="hidden")

        assert counts(previewed(topic, csv_of(1))) == (1, 1, 0, 0, 0)

    def test_takes_off_own_numbers_that_are_taken(self):
        topic = TopicFactory()
        QuestionEntryFactory(topic=topic, idnumber="Q-1")
        head, *questions = csv_of(3).splitlines()
        content = b"\n".join([b"id," + head, b"Q-1," + questions[0], b"Q-2," + questions[1], b"Q-2," + questions[2]])

        job = previewed(topic, content)

        assert [row.question["idnumber"] for row in job.rows.order_by("number")] == ["", "Q-2", ""]
        assert codes(job) == [["idnumber_taken"], [], ["idnumber_taken"]]
        assert counts(job) == (3, 3, 0, 0, 0)

    def test_keeps_pictures_once_for_the_organisation(self):
        topic = TopicFactory()
        image = base64.b64encode(png()).decode()
        one = """<question type="truefalse"><questiontext format="html">
            <text><![CDATA[<img src="@@PLUGINFILE@@/dot.png" alt="a dot"> {n}]]></text>
            <file name="dot.png" encoding="base64">{image}</file></questiontext>
            <answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>"""
        content = f"<quiz>{''.join(one.format(n=n, image=image) for n in (1, 2))}</quiz>".encode()

        first, second = previewed(topic, content, "a.xml"), previewed(topic, content, "b.xml")

        media = Media.objects.get()
        assert media.organization == topic.organization
        for job in (first, second):
            assert f"media:{media.sha256}" in job.rows.get(number=2).question["content"]["stem_html"]
            assert codes(job) == [[], []]

    def test_keeps_no_script(self):
        head, question = csv_of(1).splitlines()
        hostile = question.replace(b"What is", b"<b onclick=alert(1)>What</b> <script>alert(1)</script>is")

        job = previewed(TopicFactory(), head + b"\n" + hostile)

        stem = job.rows.get().question["content"]["stem_html"]
        assert "onclick" not in stem
        assert "<script" not in stem

    def test_keeps_text_that_the_database_cannot_hold_out_of_it(self):
        far_down = b"// heading\n" * 1000  # where the look at the first bytes does not reach
        job = previewed(TopicFactory(), far_down + b"\nOne\x00two {T}\n\n::a\x00b:: {x\x00", "nul.gift")

        assert (job.status, job.total_rows) == ("previewed", 2)
        assert "\x00" not in "".join(row.source for row in job.rows.all())


@pytest.mark.django_db
class TestConfirm:
    def test_copies_every_type_as_it_was_previewed(self, published):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        job = previewed(topic, gift_of(10), "exam.gift", teacher)

        with published() as facts:
            job = imports.confirm_import(actor=teacher, job=job, now=LATER)

        assert (job.status, job.success_count, job.confirmed_by, job.confirmed_at) == ("completed", 10, teacher, LATER)
        assert imports.outcome(job) == "10 questions added."
        for row, entry in zip(
            job.rows.order_by("number"), QuestionEntry.objects.order_by("pk").select_related("latest"), strict=True
        ):
            version = entry.latest
            shown = {name: getattr(version, name) for name in row.question if hasattr(version, name)}
            assert {**row.question, "difficulty": entry.difficulty, "idnumber": entry.idnumber} == {
                **shown,
                "difficulty": "medium",
                "idnumber": "",
            }
            assert (entry.public_id, version.public_id) == (row.entry_public_id, row.version_public_id)
            assert (entry.status, entry.topic, entry.owner, entry.created_at) == ("approved", topic, teacher, LATER)
            assert (version.number, version.content_hash, version.created_by) == (1, row.content_hash, teacher)
        assert facts == [
            ImportCompleted(
                organization_id=topic.organization_id,
                import_id=job.pk,
                topic_id=topic.pk,
                added=10,
                occurred_at=LATER,
            )
        ]
        assert AuditEntry.objects.filter(action="import.confirmed").values_list("details", flat=True)[0] == {
            "added": 10
        }

    def test_by_a_teacher_of_other_courses_waits_for_moderation(self):
        topic = TopicFactory()
        teacher = member(topic.organization, Membership.Role.TEACHER)

        imports.confirm_import(actor=teacher, job=previewed(topic, csv_of(2), teacher=teacher), now=LATER)

        assert list(QuestionEntry.objects.values_list("status", flat=True)) == ["pending", "pending"]

    def test_twice_keeps_the_first(self, published):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        job = previewed(topic, csv_of(2), teacher=teacher)
        first = imports.confirm_import(actor=teacher, job=job, now=WRITTEN)

        with published() as facts, unchanged(QuestionEntry.objects, ImportJob.objects):
            second = imports.confirm_import(actor=teacher, job=job, now=LATER)

        assert (facts, second.confirmed_at, second.success_count) == ([], first.confirmed_at, 2)

    def test_of_the_same_file_again_adds_nothing_and_says_so(self):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        imports.confirm_import(actor=teacher, job=previewed(topic, csv_of(20), teacher=teacher), now=WRITTEN)

        with unchanged(QuestionEntry.objects, QuestionVersion.objects):
            again = previewed(topic, csv_of(20), teacher=teacher)
            before = imports.outcome(again)
            again = imports.confirm_import(actor=teacher, job=again, now=LATER)

        assert (again.status, again.success_count, counts(again)) == ("completed", 0, (20, 0, 20, 0, 0))
        assert before == imports.outcome(again) == "All 20 questions are already in the bank."

    def test_looks_at_the_bank_once_more(self):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        first, second = (previewed(topic, csv_of(3, start=start), teacher=teacher) for start in (1, 2))
        imports.confirm_import(actor=teacher, job=first, now=WRITTEN)

        second = imports.confirm_import(actor=teacher, job=second, now=LATER)

        assert (second.success_count, counts(second)) == (1, (3, 1, 2, 0, 0))
        assert imports.outcome(second) == "1 question added. 2 are already in the bank."
        assert codes(second) == [["already_in_bank"], ["already_in_bank"], []]
        assert second.rows.get(number=1).findings[0]["question"] == str(
            QuestionEntry.objects.get(latest__stem_text="What is 2 plus 2?").public_id
        )

    def test_takes_off_own_numbers_that_were_taken_since(self):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        head, question = csv_of(1).splitlines()
        job = previewed(topic, b"id," + head + b"\nQ-1," + question, teacher=teacher)
        QuestionEntryFactory(topic=topic, idnumber="Q-1")

        imports.confirm_import(actor=teacher, job=job, now=LATER)

        assert sorted(QuestionEntry.objects.values_list("idnumber", flat=True)) == ["", "Q-1"]

    def test_leaves_what_cannot_be_read_aside(self):
        topic = TopicFactory()
        job = previewed(topic, GIFT.encode(), "exam.gift")

        assert imports.outcome(job) == "3 questions are ready. 1 cannot be read. 1 is of a type that is not supported."
        job = imports.confirm_import(actor=teacher_of(topic.course), job=job, now=LATER)

        assert QuestionEntry.objects.count() == 3
        assert imports.outcome(job) == "3 questions added. 1 cannot be read. 1 is of a type that is not supported."

    @pytest.mark.parametrize(
        ("status", "refusal", "failure"),
        [
            ("pending", imports.NotYetRead, None),
            ("processing", imports.NotYetRead, None),
            ("failed", imports.ImportRefused, {"code": "empty_file", "message": "x", "remedy": "y"}),
        ],
    )
    def test_needs_an_import_that_was_read(self, status, refusal, failure):
        job = ImportJobFactory(status=status, failure=failure)

        with pytest.raises(refusal):
            imports.confirm_import(actor=teacher_of(job.topic.course), job=job, now=LATER)

        job.refresh_from_db()
        assert job.status == status

    def test_refuses_those_who_are_not_staff(self):
        job = previewed(TopicFactory(), csv_of(1))

        with pytest.raises(NotAllowed), unchanged(QuestionEntry.objects):
            imports.confirm_import(actor=member(job.organization), job=job, now=LATER)

    def test_costs_the_same_statements_for_more_rows(self, statements):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        spent = []
        for count, start in ((1, 1), (30, 100)):
            job = previewed(topic, csv_of(count, start=start), teacher=teacher)
            with statements() as counted:
                imports.confirm_import(actor=teacher, job=job, now=LATER)
            spent.append(len(counted))

        assert spent[0] == spent[1]


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Two people who decide at the same moment."""

    def confirm_both(self, jobs, teacher):
        """Confirm each job in a thread of its own, all at once; return what was raised."""
        barrier, refusals = threading.Barrier(len(jobs)), []

        def confirm(job):
            try:
                barrier.wait(10)
                imports.confirm_import(actor=teacher, job=job, now=LATER)
            except Exception as error:
                refusals.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=confirm, args=[job]) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return refusals

    def prepared(self, files):
        topic = TopicFactory()
        teacher = teacher_of(topic.course)
        return teacher, [previewed(topic, csv_of(50), teacher=teacher) for _number in range(files)]

    def test_one_import_confirmed_twice_at_once_comes_in_once(self, published):
        teacher, [job] = self.prepared(1)

        with published() as facts:
            refusals = self.confirm_both([job, job], teacher)

        assert (refusals, QuestionEntry.objects.count(), len(facts)) == ([], 50, 1)

    def test_one_file_imported_twice_at_once_comes_in_once(self):
        teacher, jobs = self.prepared(2)

        refusals = self.confirm_both(jobs, teacher)

        assert (refusals, QuestionEntry.objects.count()) == ([], 50)
        assert sorted(ImportJob.objects.values_list("success_count", "duplicate_count")) == [(0, 50), (50, 0)]

    def test_twin_without_the_lock_brings_the_file_in_twice(self, monkeypatch):
        teacher, jobs = self.prepared(2)
        both_have_looked = threading.Barrier(2)
        look = imports._set_duplicates_aside

        def look_and_wait(job):
            look(job)
            both_have_looked.wait(10)

        monkeypatch.setattr(imports, "_set_duplicates_aside", look_and_wait)
        monkeypatch.setattr(imports, "_let_no_other_import_in", lambda organization_id: None)

        refusals = self.confirm_both(jobs, teacher)

        assert (refusals, QuestionEntry.objects.count()) == ([], 100)

    def test_imports_of_two_organisations_do_not_wait_for_each_other(self):
        teacher, [job] = self.prepared(1)
        _teacher, [other] = self.prepared(1)

        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"questionbank.import:{other.organization_id}"]
            )
            refusals = self.confirm_both([job], teacher)
            cursor.execute("SELECT pg_advisory_unlock_all()")

        assert (refusals, QuestionEntry.objects.count()) == ([], 50)


@pytest.mark.django_db
class TestJob:
    """What the worker runs."""

    class Context:
        """Stands in for a worker's view of the job."""

        def __init__(self, job, attempts=1):
            job.attempts = attempts
            self.job = job
            self.told = []

        def stop_if_cancelled(self):
            pass

        def progress(self, done, total=None, message=""):
            self.told.append(done)

    def test_reads_the_file_and_reports(self):
        job = uploaded(TopicFactory(), csv_of(3))
        context = self.Context(job.reading_job)

        handlers.read_import(context, import_id=job.pk)

        assert (counts(job), context.told) == ((3, 3, 0, 0, 0), [3])

    @pytest.mark.parametrize(("attempts", "status"), [(1, "processing"), (3, "failed")])
    def test_gives_the_import_up_after_the_last_attempt(self, monkeypatch, attempts, status):
        job = uploaded(TopicFactory(), csv_of(3))

        def fail(self, records):
            raise RuntimeError("a mistake of ours")

        monkeypatch.setattr(staging.Staging, "add", fail)

        with pytest.raises(RuntimeError):
            handlers.read_import(self.Context(job.reading_job, attempts), import_id=job.pk)

        job.refresh_from_db()
        assert (job.status, job.rows.count()) == (status, 0)
