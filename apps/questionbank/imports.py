"""Importing files of questions: read and look at, then decide, then all of it at once.

Reading runs as a job, fills rows and changes nothing in the bank. Confirming copies the good rows into the bank in one short
transaction of set-based statements; it costs the same few round trips for any number of rows.
"""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import BinaryIO, Final, cast
from uuid import UUID, uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core import audit, events, files, jobs
from apps.core.errors import NotAllowed, UnsupportedType, WrongState
from apps.core.models import StoredFile

from . import permissions, staging
from .events import ImportCompleted
from .formats.reading import open_questions
from .formats.records import FileRefused, Record
from .models import ImportJob, ImportRow, QuestionEntry, Topic

BATCH: Final = 500  # rows a statement; larger ones were not faster
MAX_FILENAME_LENGTH: Final = 255
READ: Final = "questionbank.read_import"
MAY_IMPORT = _("Only teachers can import questions, and only into courses that are not archived.")
Status = ImportJob.Status


class NotAQuestionFile(UnsupportedType):
    """It is no text and no workbook."""

    code = "unknown_format"
    default_message = _(
        "The file is none of the formats that can be imported. Save the questions as CSV, XLSX, GIFT or Moodle XML."
    )


class NotYetRead(WrongState):
    """The file is still being read."""

    code = "not_yet_read"
    default_message = _("The file is still being read. Wait until it can be looked at.")


class ImportRefused(WrongState):
    """The file was refused, so there is nothing to add."""

    code = "import_refused"
    default_message = _("This file was refused; nothing can be added from it. See the reason and send it again.")


def upload(*, actor: User, topic: Topic, file: UploadedFile, now: datetime) -> ImportJob:
    """Keep an uploaded file and have it read; see ``start_import``.

    Raises ``NotAQuestionFile``, ``files.EmptyFile`` or ``TooLarge`` before anything is kept.
    """
    if not permissions.can_import_questions(actor, topic.course):
        raise NotAllowed(MAY_IMPORT)
    name = file.name or "questions"
    try:
        kept = files.store(
            owner=actor,
            organization_id=topic.organization_id,
            filename=name,
            content=file,
            kinds=files.DOCUMENTS,
            may_hold_markup=True,  # questions about pages hold pages; this file is read here and shown to nobody
        )
    except files.TypeNotAccepted as error:
        raise NotAQuestionFile from error
    return start_import(actor=actor, topic=topic, file=kept, filename=name, now=now)


@transaction.atomic
def start_import(*, actor: User, topic: Topic, file: StoredFile, now: datetime, filename: str = "") -> ImportJob:
    """Have a stored file read into rows for ``topic``. Nothing comes into the bank before it is confirmed.

    ``filename`` is the name it came with, which says more of its format than the one it was stored under.
    """
    if not permissions.can_import_questions(actor, topic.course):
        raise NotAllowed(MAY_IMPORT)
    job = ImportJob.objects.create(
        organization_id=topic.organization_id,
        created_by=actor,
        topic=topic,
        filename=(filename or file.filename)[-MAX_FILENAME_LENGTH:],
        file=file,
        created_at=now,
    )
    job.reading_job = jobs.enqueue(
        READ,
        {"import_id": job.pk},
        dedupe_key=f"{READ}:{job.pk}",
        requested_by=actor,
        organization_id=job.organization_id,
    )
    job.save(update_fields=["reading_job"])
    audit.record(actor=actor, action="import.started", subject=job)
    return job


def read_import(*, import_id: int, report: Callable[[int], None]) -> ImportJob:
    """Read the file of an import into rows, in batches that are seen at once; ``report`` is told how many there are.

    Begins anew when called again, unless the file was read before. Of a refused file no row is kept.
    """
    job = ImportJob.objects.select_related("file", "created_by").get(pk=import_id)
    if job.status not in (Status.PENDING, Status.PROCESSING) or job.file is None:
        return job
    token = _begin_reading(job)
    with translation.override(job.created_by.language), files.opened(job.file) as stream:
        try:
            _stage(job, token, stream, report)
        except FileRefused as refusal:
            _end_reading(job, token, status=Status.FAILED, failure=_as_failure(refusal))
        except staging.ReadingTakenOver:
            return job
        else:
            _end_reading(job, token, status=Status.PREVIEWED)
    job.refresh_from_db()
    return job


def fail_import(*, import_id: int) -> None:
    """Give up on an import whose file could not be read because of a mistake of the platform."""
    job = ImportJob.objects.get(pk=import_id)
    failure = {
        "code": "internal",
        "message": gettext("The file could not be read because of a mistake of the platform."),
        "remedy": gettext("Send it again. If that fails too, give the file to whoever runs this site."),
    }
    _end_reading(job, job.reading_token, status=Status.FAILED, failure=failure)


def _begin_reading(job: ImportJob) -> UUID:
    """Take the import over and empty it; a reader that had begun before writes no more."""
    token = uuid4()
    with transaction.atomic():
        ImportJob.objects.filter(pk=job.pk).update(
            status=Status.PROCESSING,
            reading_token=token,
            processed_rows=0,
            total_rows=0,
            **dict.fromkeys(staging.COUNTED_BY.values(), 0),
        )
        ImportRow.objects.filter(job=job).delete()
    return token


def _stage(job: ImportJob, token: UUID, stream: BinaryIO, report: Callable[[int], None]) -> None:
    reading = open_questions(stream, job.filename)
    ImportJob.objects.filter(pk=job.pk, reading_token=token).update(format=reading.format, encoding=reading.encoding)
    staged = staging.Staging(job, token)
    with closing(cast(Generator[Record], reading.records)) as records:  # before the file is closed under them
        for batch in _batches(records):
            staged.add(batch)
            report(staged.total)


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    while batch := list(islice(records, BATCH)):
        yield batch


def _end_reading(
    job: ImportJob, token: UUID | None, *, status: str, failure: Mapping[str, object] | None = None
) -> None:
    """Record how reading ended, unless another reader took over; a refused file keeps no rows."""
    emptied = dict.fromkeys(("total_rows", "processed_rows", *staging.COUNTED_BY.values()), 0) if failure else {}
    with transaction.atomic():
        held = ImportJob.objects.filter(pk=job.pk, reading_token=token, status__in=[Status.PENDING, Status.PROCESSING])
        if held.update(status=status, failure=failure, **emptied) and failure:
            ImportRow.objects.filter(job=job).delete()


def _as_failure(refusal: FileRefused) -> dict[str, object]:
    return {
        "code": refusal.code,
        "message": staging.storable(refusal.message),
        "remedy": staging.storable(refusal.remedy),
        "line": refusal.line,
    }


@transaction.atomic
def confirm_import(*, actor: User, job: ImportJob, now: datetime) -> ImportJob:
    """Add the ready questions of an import to the bank, all at once; a repeated call returns the finished import.

    What came into the bank since the file was read is looked for once more, so nothing is added twice, not even by two
    people who confirm the same file at the same moment. Five statements whatever the number of rows.
    """
    job = ImportJob.objects.select_for_update(of=("self",)).select_related("topic__course").get(pk=job.pk)
    if not permissions.can_import_questions(actor, job.topic.course):
        raise NotAllowed(MAY_IMPORT)
    if job.status == Status.COMPLETED:
        return job
    if job.status == Status.FAILED:
        raise ImportRefused
    if job.status != Status.PREVIEWED:
        raise NotYetRead
    _let_no_other_import_in(job.organization_id)
    _set_duplicates_aside(job)
    may_publish = permissions.can_publish_question(actor, job.topic.course)
    added = _copy_into_bank(
        job, status=QuestionEntry.Status.APPROVED if may_publish else QuestionEntry.Status.PENDING, actor=actor, now=now
    )
    job.status, job.success_count = Status.COMPLETED, added
    job.duplicate_count += job.ready_count - added
    job.ready_count = added
    job.confirmed_at, job.confirmed_by = now, actor
    job.save(
        update_fields=["status", "success_count", "duplicate_count", "ready_count", "confirmed_at", "confirmed_by"]
    )
    audit.record(actor=actor, action="import.confirmed", subject=job, details={"added": added})
    events.publish(
        ImportCompleted(
            organization_id=job.organization_id,
            import_id=job.pk,
            topic_id=job.topic_id,
            added=added,
            occurred_at=now,
        )
    )
    return job


def _let_no_other_import_in(organization_id: int) -> None:
    """Wait for other imports of the organisation that are being confirmed, and let none begin until this one is done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"questionbank.import:{organization_id}"]
        )


def _set_duplicates_aside(job: ImportJob) -> None:
    """Mark what is in the bank by now, and take off own numbers that are taken by now."""
    finding = staging.already_in_bank("")
    del finding["question"]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE questionbank_importrow AS staged
            SET state = 'duplicate',
                findings = staged.findings || jsonb_build_array(%s::jsonb || jsonb_build_object('question', known.public_id))
            FROM questionbank_questionversion AS version
            JOIN questionbank_questionentry AS known ON known.id = version.entry_id AND known.status <> 'hidden'
            WHERE staged.job_id = %s AND staged.state = 'ready'
              AND version.organization_id = staged.organization_id AND version.content_hash = staged.content_hash
            """,
            [json.dumps(finding), job.pk],
        )
        cursor.execute(
            """
            UPDATE questionbank_importrow AS staged
            SET question = jsonb_set(staged.question, '{idnumber}', '""')
            FROM questionbank_questionentry AS known
            WHERE staged.job_id = %s AND staged.state = 'ready' AND staged.question->>'idnumber' <> ''
              AND known.organization_id = staged.organization_id AND known.idnumber = staged.question->>'idnumber'
            """,
            [job.pk],
        )


def _copy_into_bank(job: ImportJob, *, status: str, actor: User, now: datetime) -> int:
    """Turn the ready rows into questions with their first versions; return how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO questionbank_questionentry
                (public_id, organization_id, topic_id, owner_id, import_job_id, idnumber, type, difficulty, status, created_at)
            SELECT entry_public_id, organization_id, %s, %s, job_id, question->>'idnumber', question->>'type',
                question->>'difficulty', %s, %s
            FROM questionbank_importrow WHERE job_id = %s AND state = 'ready' ORDER BY number
            """,
            [job.topic_id, actor.pk, status, now, job.pk],
        )
        added = cursor.rowcount
        cursor.execute(
            """
            INSERT INTO questionbank_questionversion
                (public_id, organization_id, entry_id, number, type, title, stem_text, content, key, explanation_html,
                 content_hash, created_by_id, created_at)
            SELECT staged.version_public_id, staged.organization_id, entry.id, 1, entry.type, question->>'title',
                question->>'stem_text', question->'content', question->'key', question->>'explanation_html',
                staged.content_hash, entry.owner_id, entry.created_at
            FROM questionbank_importrow AS staged
            JOIN questionbank_questionentry AS entry ON entry.public_id = staged.entry_public_id
            WHERE staged.job_id = %s AND staged.state = 'ready' ORDER BY staged.number
            """,
            [job.pk],
        )
        cursor.execute(
            """
            UPDATE questionbank_questionentry AS entry SET latest_id = version.id
            FROM questionbank_questionversion AS version
            WHERE version.entry_id = entry.id AND entry.import_job_id = %s
            """,
            [job.pk],
        )
    return added


def outcome(job: ImportJob) -> str:
    """Return in words how an import stands."""
    if job.status == Status.FAILED:
        return str((job.failure or {}).get("message", ""))
    if job.status in (Status.PENDING, Status.PROCESSING):
        return gettext("The file is being read.")
    if job.duplicate_count and job.duplicate_count == job.total_rows:
        return ngettext(
            "The question is already in the bank.",
            "All %(count)d questions are already in the bank.",
            job.total_rows,
        ) % {"count": job.total_rows}
    return " ".join(_sentences(job)) or gettext("There are no questions in the file.")


def _sentences(job: ImportJob) -> list[str]:
    is_done = job.status == Status.COMPLETED
    counted = (
        (
            job.success_count if is_done else 0,
            ngettext("%(count)d question added.", "%(count)d questions added.", job.success_count),
        ),
        (
            0 if is_done else job.ready_count,
            ngettext("%(count)d question is ready.", "%(count)d questions are ready.", job.ready_count),
        ),
        (
            job.duplicate_count,
            ngettext("%(count)d is already in the bank.", "%(count)d are already in the bank.", job.duplicate_count),
        ),
        (job.problem_count, ngettext("%(count)d cannot be read.", "%(count)d cannot be read.", job.problem_count)),
        (
            job.unsupported_count,
            ngettext(
                "%(count)d is of a type that is not supported.",
                "%(count)d are of types that are not supported.",
                job.unsupported_count,
            ),
        ),
    )
    return [words % {"count": count} for count, words in counted if count]
