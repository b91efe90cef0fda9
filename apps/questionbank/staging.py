"""From the records of a question file to rows that wait for a decision: checked, compared with the bank, pictures kept."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from . import media
from .drafts import QuestionDraft, prepare
from .formats.records import ImportedQuestion, NotSupported, Record, RowProblem
from .models import Difficulty, ImportJob, ImportRow, QuestionEntry, QuestionVersion
from .types.shapes import InvalidQuestion

MAX_SOURCE_LENGTH: Final = 200_000  # characters of source kept of one row; a row is shown, never read back
UNSTORABLE: Final = {0: None, **dict.fromkeys(range(0xD800, 0xE000))}  # what PostgreSQL cannot hold in text
State = ImportRow.State
COUNTED_BY: Final = {
    State.READY: "ready_count",
    State.DUPLICATE: "duplicate_count",
    State.PROBLEM: "problem_count",
    State.UNSUPPORTED: "unsupported_count",
}


class ReadingTakenOver(Exception):
    """Another reader has begun with the same file, so this one must leave off."""


class Staging:
    """Rows of one import on their way in. Memory: one batch, and 100 bytes for each question seen."""

    def __init__(self, job: ImportJob, token: UUID) -> None:
        self.total = 0
        self._job = job
        self._token = token
        self._seen: dict[str, int] = {}
        self._idnumbers: set[str] = set()
        self._media = media.Keeper(organization_id=job.organization_id, owner=job.created_by)

    def add(self, records: Iterable[Record]) -> None:
        """Write one batch in a transaction of its own. Raises ``ReadingTakenOver``.

        Costs four statements, and for each new picture what storing it costs.
        """
        rows = [self._row(record) for record in records]
        self._mark_known(rows)
        self._free_idnumbers(rows)
        counts = Counter(COUNTED_BY[State(row.state)] for row in rows)
        with transaction.atomic():
            grown = {name: F(name) + count for name, count in counts.items()}
            held = ImportJob.objects.filter(pk=self._job.pk, reading_token=self._token)
            if not held.update(processed_rows=self.total, total_rows=self.total, **grown):
                raise ReadingTakenOver
            ImportRow.objects.bulk_create(rows)

    def _row(self, record: Record) -> ImportRow:
        self.total += 1
        row = ImportRow(
            organization_id=self._job.organization_id,
            job=self._job,
            number=self.total,
            line=record.position.line,
            source=storable(record.source)[:MAX_SOURCE_LENGTH],
        )
        if isinstance(record, ImportedQuestion):
            self._fill_question(row, record)
        elif isinstance(record, NotSupported):
            row.state = State.UNSUPPORTED
            row.findings = [unsupported(record)]
        else:
            row.state = State.PROBLEM
            row.findings = [problem(record)]
        return row

    def _fill_question(self, row: ImportRow, record: ImportedQuestion) -> None:
        try:
            prepared = prepare(
                QuestionDraft(
                    type=record.type,
                    content=record.content,
                    key=record.key,
                    title=storable(record.title),
                    explanation_html=record.explanation_html,
                )
            )
        except InvalidQuestion as error:
            row.state = State.PROBLEM
            row.findings = [
                finding("invalid_question", f"{name}: {text}") for name, texts in error.errors.items() for text in texts
            ]
            return
        row.state = State.READY
        row.findings = [finding(notice.code, notice.message) for notice in record.notices]
        for refusal in self._media.keep(record.media):
            row.findings.append(finding("media_refused", refusal, _("Add the picture to the question afterwards.")))
        row.content_hash = prepared.content_hash
        row.question = {
            **{name: value for name, value in vars(prepared).items() if name != "content_hash"},
            "difficulty": difficulty_of(record.tags),
            "idnumber": storable(record.idnumber).strip(),
        }

    def _mark_known(self, rows: Sequence[ImportRow]) -> None:
        """Tell which questions are in the bank, or further up in the file."""
        ready = [row for row in rows if row.state == State.READY]
        known = known_questions(self._job.organization_id, {row.content_hash for row in ready})
        for row in ready:
            if row.content_hash in known:
                row.state = State.DUPLICATE
                row.findings.append(already_in_bank(known[row.content_hash]))
            elif row.content_hash in self._seen:
                first = self._seen[row.content_hash]
                row.state = State.DUPLICATE
                row.findings.append(
                    finding(
                        "repeated", _("The same question stands further up, at number %(first)d.") % {"first": first}
                    )
                )
            else:
                self._seen[row.content_hash] = row.number

    def _free_idnumbers(self, rows: Sequence[ImportRow]) -> None:
        """Take an own number off a question when another one has it: the number is not worth losing the question."""
        wanted = [(row, row.question["idnumber"]) for row in rows if row.state == State.READY and row.question]
        taken = set(
            QuestionEntry.objects.filter(
                organization=self._job.organization_id, idnumber__in={number for _row, number in wanted if number}
            ).values_list("idnumber", flat=True)
        )
        for row, number in wanted:
            if number in taken | self._idnumbers:
                row.question = {**(row.question or {}), "idnumber": ""}
                row.findings.append(
                    finding(
                        "idnumber_taken",
                        _("Another question has the number “%(number)s”; this one comes in without.")
                        % {"number": number},
                    )
                )
            elif number:
                self._idnumbers.add(number)


def known_questions(organization_id: int, hashes: Iterable[str]) -> dict[str, str]:
    """Return which of these are in the bank and not hidden: hash to the question's public id. One statement."""
    versions = (
        QuestionVersion.objects.filter(organization=organization_id, content_hash__in=hashes)
        .exclude(entry__status=QuestionEntry.Status.HIDDEN)
        .values_list("content_hash", "entry__public_id")
    )
    return {known: str(public_id) for known, public_id in versions}


def finding(code: str, message: str, remedy: str = "", **more: Any) -> dict[str, Any]:
    """Return one finding as it is kept."""
    return {"code": code, "message": storable(message), "remedy": storable(remedy), **more}


def already_in_bank(question: str) -> dict[str, Any]:
    """Return the finding about a question that need not be added; ``question`` is the id of the one there is."""
    return finding("already_in_bank", _("This question is already in the bank."), question=question)


def unsupported(record: NotSupported) -> dict[str, Any]:
    """Return the finding about a question of a type the bank does not have."""
    name = record.type_name or _("unknown")
    return finding(
        "type_not_supported",
        _("Questions of the type “%(name)s” cannot be taken in yet.") % {"name": name},
        _("Its source is kept in this import. Write it as another type, or leave it out."),
        type_name=storable(name),
        title=storable(record.title),
    )


def problem(record: RowProblem) -> dict[str, Any]:
    """Return the finding about what should have been a question."""
    return finding(record.code, record.message, record.remedy)


def difficulty_of(tags: Iterable[str]) -> str:
    """Return the difficulty a tag names, else medium."""
    return next((tag.lower() for tag in tags if tag.lower() in Difficulty.values), Difficulty.MEDIUM)


def storable(text: str) -> str:
    """Return text without the characters that PostgreSQL refuses: NUL and halves of surrogate pairs."""
    return text.translate(UNSTORABLE)
