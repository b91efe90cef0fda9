"""What people do with the bank: open courses and topics, enrol, write, revise and hide questions.

Every service locks what it changes, checks who asks, leaves an audit row and, where others care, a fact.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from apps.accounts.models import University, User
from apps.core import audit, events
from apps.core.errors import BadInput, Conflict, NotAllowed, WrongState
from apps.core.richtext import from_html

from . import permissions
from .drafts import VERSION_FIELDS, PreparedQuestion, QuestionDraft, media_of, prepare
from .events import CourseCreated, QuestionCreated, QuestionHidden, QuestionRevised
from .models import (
    Course,
    Department,
    Difficulty,
    Enrolment,
    Faculty,
    Media,
    QuestionEntry,
    QuestionVersion,
    Topic,
)
from .types.shapes import InvalidQuestion

COURSE_FIELDS = ("department", "code", "title", "level", "language", "summary_html")
TOPIC_FIELDS = ("name", "position")
ENTRY_FIELDS = ("topic", "difficulty", "idnumber")
IDNUMBER_TAKEN = _("Another question has this number. Choose another one, or leave it empty.")


@contextmanager
def _unique(field: str, message: Any) -> Iterator[None]:
    """Turn a broken uniqueness constraint into a refusal that names the field."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, UniqueViolation):
            raise BadInput(fields={field: [message]}) from error
        raise


def _assign(row: Any, changes: Mapping[str, Any], allowed: tuple[str, ...]) -> list[str]:
    """Set the fields of ``changes`` that differ and return their names."""
    changed = [name for name in allowed if name in changes and getattr(row, name) != changes[name]]
    for name in changed:
        setattr(row, name, changes[name])
    return changed


@transaction.atomic
def create_faculty(*, actor: User, university: University, name: str) -> Faculty:
    """Add a faculty to a university."""
    if not permissions.can_manage_structure(actor, university.organization_id):
        raise NotAllowed(_("Only the organisation's administrators can add faculties."))
    with _unique("name", _("This university has a faculty of this name. Use it, or choose another name.")):
        faculty = Faculty.objects.create(organization_id=university.organization_id, university=university, name=name)
    audit.record(actor=actor, action="faculty.created", subject=faculty)
    return faculty


@transaction.atomic
def create_department(*, actor: User, faculty: Faculty, name: str) -> Department:
    """Add a department to a faculty."""
    if not permissions.can_manage_structure(actor, faculty.organization_id):
        raise NotAllowed(_("Only the organisation's administrators can add departments."))
    with _unique("name", _("This faculty has a department of this name. Use it, or choose another name.")):
        department = Department.objects.create(organization_id=faculty.organization_id, faculty=faculty, name=name)
    audit.record(actor=actor, action="department.created", subject=department)
    return department


@transaction.atomic
def create_course(*, actor: User, department: Department, now: datetime, **fields: Any) -> Course:
    """Open a course with ``code``, ``title`` and optionally ``level``, ``language`` and ``summary_html``.

    A teacher who opens a course teaches it.
    """
    if not permissions.can_create_course(actor, department.organization_id):
        raise NotAllowed(_("Only teachers can open courses."))
    course = Course(organization_id=department.organization_id, department=department, created_at=now)
    _assign(course, _cleaned(fields), COURSE_FIELDS)
    with _unique("code", _("Another course has this code. Choose another one.")):
        course.save()
    Enrolment.objects.create(
        organization_id=course.organization_id, course=course, user=actor, role=Enrolment.Role.TEACHER, created_at=now
    )
    audit.record(actor=actor, action="course.created", subject=course)
    events.publish(CourseCreated(organization_id=course.organization_id, course_id=course.pk, occurred_at=now))
    return course


@transaction.atomic
def change_course(*, actor: User, course: Course, changes: Mapping[str, Any]) -> Course:
    """Change what is given of a course's own fields. The department must be of the same organisation."""
    course = Course.objects.select_for_update().get(pk=course.pk)
    if not permissions.can_change_course(actor, course):
        raise NotAllowed(_("Only the teachers of this course can change it."))
    if course.archived_at is not None:
        raise WrongState(_("This course is archived and can no longer be changed."), code="course_archived")
    department = changes.get("department", course.department)
    if department.organization_id != course.organization_id:
        raise BadInput(fields={"department": [_("This department belongs to another organisation.")]})
    changed = _assign(course, _cleaned(changes), COURSE_FIELDS)
    if changed:
        with _unique("code", _("Another course has this code. Choose another one.")):
            course.save(update_fields=changed)
        audit.record(actor=actor, action="course.changed", subject=course, details={"fields": changed})
    return course


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return course fields with the summary sanitised."""
    found = dict(fields)
    if found.get("summary_html"):
        found["summary_html"] = from_html(found["summary_html"])
    return found


@transaction.atomic
def archive_course(*, actor: User, course: Course, now: datetime) -> Course:
    """Close a course: it leaves the lists and takes no more questions. A repeated call changes nothing."""
    course = Course.objects.select_for_update().get(pk=course.pk)
    if not permissions.can_change_course(actor, course):
        raise NotAllowed(_("Only the teachers of this course can archive it."))
    if course.archived_at is None:
        course.archived_at, course.archived_by = now, actor
        course.save(update_fields=["archived_at", "archived_by"])
        audit.record(actor=actor, action="course.archived", subject=course)
    return course


@transaction.atomic
def enrol(*, actor: User, course: Course, user: User, role: str, now: datetime) -> Enrolment:
    """Put a member of the organisation into a course; somebody already in it changes role."""
    if not permissions.can_change_course(actor, course):
        raise NotAllowed(_("Only the teachers of this course can enrol people."))
    if not user.memberships.filter(organization=course.organization_id, ended_at=None).exists():
        raise BadInput(fields={"user": [_("This person is not a member of the organisation. Invite them first.")]})
    enrolment, is_new = Enrolment.objects.select_for_update().get_or_create(
        course=course,
        user=user,
        defaults={"organization_id": course.organization_id, "role": role, "created_at": now},
    )
    if not is_new and enrolment.role != role:
        enrolment.role = role
        enrolment.save(update_fields=["role"])
    audit.record(
        actor=actor, action="course.enrolled", subject=course, details={"user": str(user.public_id), "role": role}
    )
    return enrolment


@transaction.atomic
def create_topic(*, actor: User, course: Course, name: str, position: int | None = None) -> Topic:
    """Add a topic to a course, at its end unless ``position`` says where."""
    course = Course.objects.select_for_update().get(pk=course.pk)
    if not permissions.can_change_course(actor, course):
        raise NotAllowed(_("Only the teachers of this course can add topics."))
    if course.archived_at is not None:
        raise WrongState(_("This course is archived and can no longer be changed."), code="course_archived")
    if position is None:
        position = course.topics.count()
    with _unique("name", _("This course has a topic of this name. Use it, or choose another name.")):
        topic = Topic.objects.create(
            organization_id=course.organization_id, course=course, name=name, position=position
        )
    audit.record(actor=actor, action="topic.created", subject=topic)
    return topic


@transaction.atomic
def change_topic(*, actor: User, topic: Topic, changes: Mapping[str, Any]) -> Topic:
    """Rename or move a topic within its course."""
    topic = Topic.objects.select_for_update(of=["self"]).select_related("course").get(pk=topic.pk)
    if not permissions.can_change_course(actor, topic.course):
        raise NotAllowed(_("Only the teachers of this course can change its topics."))
    if topic.course.archived_at is not None:
        raise WrongState(_("This course is archived and can no longer be changed."), code="course_archived")
    changed = _assign(topic, changes, TOPIC_FIELDS)
    if changed:
        with _unique("name", _("This course has a topic of this name. Use it, or choose another name.")):
            topic.save(update_fields=changed)
        audit.record(actor=actor, action="topic.changed", subject=topic, details={"fields": changed})
    return topic


@transaction.atomic
def create_question(
    *,
    actor: User,
    topic: Topic,
    draft: QuestionDraft,
    now: datetime,
    difficulty: str = Difficulty.MEDIUM,
    idnumber: str = "",
) -> QuestionEntry:
    """Write a question. It waits for moderation unless its author may publish in this course."""
    if not permissions.can_write_question(actor, topic.course):
        raise NotAllowed(_("Only teachers can write questions, and only for courses that are not archived."))
    prepared = _prepared(draft)
    _refuse_unknown_media(topic.organization_id, prepared.media)
    entry = QuestionEntry(
        organization_id=topic.organization_id,
        topic=topic,
        owner=actor,
        idnumber=idnumber.strip(),
        type=prepared.type,
        difficulty=difficulty,
        status=_status_of_writing(actor, topic.course),
        created_at=now,
    )
    with _unique("idnumber", IDNUMBER_TAKEN):
        entry.save()
    version = _write_version(entry, prepared, number=1, actor=actor, now=now)
    entry.save(update_fields=["latest"])
    audit.record(actor=actor, action="question.created", subject=entry)
    events.publish(_created(entry, version, now))
    return entry


@dataclass(frozen=True, kw_only=True)
class NewQuestion:
    """One of many questions written at once."""

    draft: QuestionDraft
    difficulty: str = Difficulty.MEDIUM
    idnumber: str = ""


@transaction.atomic
def add_questions(*, actor: User, topic: Topic, questions: Sequence[NewQuestion], now: datetime) -> list[QuestionEntry]:
    """Write many questions of one topic, each as ``create_question`` would have; all or none.

    Ten statements for any number up to ``audit.INSERT_BATCH``, where one at a time takes as many for each.
    """
    if not permissions.can_write_question(actor, topic.course):
        raise NotAllowed(_("Only teachers can write questions, and only for courses that are not archived."))
    prepared = [_prepared(question.draft) for question in questions]
    _refuse_unknown_media(topic.organization_id, frozenset().union(*(made.media for made in prepared)))
    status = _status_of_writing(actor, topic.course)
    entries = [
        QuestionEntry(
            organization_id=topic.organization_id,
            topic=topic,
            owner=actor,
            idnumber=question.idnumber.strip(),
            type=made.type,
            difficulty=question.difficulty,
            status=status,
            created_at=now,
        )
        for question, made in zip(questions, prepared, strict=True)
    ]
    with _unique("idnumber", IDNUMBER_TAKEN):
        QuestionEntry.objects.bulk_create(entries)
    versions = QuestionVersion.objects.bulk_create(
        [_version(entry, made, number=1, actor=actor, now=now) for entry, made in zip(entries, prepared, strict=True)]
    )
    for entry, version in zip(entries, versions, strict=True):
        entry.latest = version
    QuestionEntry.objects.bulk_update(entries, ["latest"])
    audit.record_all(actor=actor, action="question.created", subjects=entries)
    events.publish_all([_created(entry, version, now) for entry, version in zip(entries, versions, strict=True)])
    return entries


def _revised(entry: QuestionEntry, version: QuestionVersion, now: datetime) -> QuestionRevised:
    return QuestionRevised(
        organization_id=entry.organization_id,
        question_id=entry.pk,
        version_id=version.pk,
        number=version.number,
        occurred_at=now,
    )


def _created(entry: QuestionEntry, version: QuestionVersion, now: datetime) -> QuestionCreated:
    return QuestionCreated(
        organization_id=entry.organization_id,
        question_id=entry.pk,
        version_id=version.pk,
        topic_id=entry.topic_id,
        status=entry.status,
        occurred_at=now,
    )


@transaction.atomic
def revise_question(
    *,
    actor: User,
    entry: QuestionEntry,
    changes: Mapping[str, Any],
    now: datetime,
    expected_number: int | None = None,
) -> QuestionEntry:
    """Write a new version with what ``changes`` holds of title, content, key and explanation; topic, difficulty and own
    number change in place. What is as it was makes no version.

    ``expected_number`` is the version the author saw; another present one is a ``Conflict``.
    """
    entry = lock_question(entry)
    latest = _version_to_change(actor, entry, expected_number)
    changed = _assign(entry, changes, ENTRY_FIELDS)
    if "topic" in changed and not permissions.can_write_question(actor, entry.topic.course):
        raise BadInput(fields={"topic": [_("You cannot write questions for this topic. Choose another one.")]})
    prepared = _prepared(_draft_of(latest).changed(changes))
    number = latest.number
    if _differs(latest, prepared):
        _refuse_unknown_media(entry.organization_id, prepared.media - media_of(latest))
        number += 1
        version = _write_version(entry, prepared, number=number, actor=actor, now=now)
        entry.status = _status_of_writing(actor, entry.topic.course)
        changed += ["latest", "status"]
        events.publish(_revised(entry, version, now))
    if changed:
        with _unique("idnumber", IDNUMBER_TAKEN):
            entry.save(update_fields=changed)
        audit.record(
            actor=actor,
            action="question.changed",
            subject=entry,
            details={"fields": changed, "version": number},
        )
    return entry


@transaction.atomic
def hide_question(*, actor: User, entry: QuestionEntry, now: datetime) -> QuestionEntry:
    """Take a question out of the bank. Versions in use stay where they are used. A repeated call changes nothing."""
    entry = lock_question(entry)
    if not permissions.can_change_question(actor, entry):
        raise NotAllowed(_("Only its author and the teachers of its course can hide this question."))
    if entry.status != QuestionEntry.Status.HIDDEN:
        entry.status = QuestionEntry.Status.HIDDEN
        entry.save(update_fields=["status"])
        audit.record(actor=actor, action="question.hidden", subject=entry)
        events.publish(QuestionHidden(organization_id=entry.organization_id, question_id=entry.pk, occurred_at=now))
    return entry


def lock_question(entry: QuestionEntry) -> QuestionEntry:
    """Return the question as it stands, locked until the transaction ends, with its latest version and its course."""
    # Locked first, read after: a statement that waited for the lock would join the versions of the moment it began.
    QuestionEntry.objects.select_for_update().get(pk=entry.pk)
    return QuestionEntry.objects.select_related("latest", "topic__course").get(pk=entry.pk)


def _version_to_change(actor: User, entry: QuestionEntry, expected_number: int | None) -> QuestionVersion:
    """Return the version a revision starts from, or refuse."""
    if not permissions.can_change_question(actor, entry):
        raise NotAllowed(_("Only its author and the teachers of its course can change this question."))
    if entry.status == QuestionEntry.Status.HIDDEN or entry.latest is None:
        raise WrongState(_("This question is hidden and can no longer be changed."), code="question_hidden")
    if expected_number not in (None, entry.latest.number):
        raise Conflict(details={"version": entry.latest.number})
    return entry.latest


def _status_of_writing(actor: User, course: Course) -> str:
    may_publish = permissions.can_publish_question(actor, course)
    return QuestionEntry.Status.APPROVED if may_publish else QuestionEntry.Status.PENDING


def _prepared(draft: QuestionDraft) -> PreparedQuestion:
    try:
        return prepare(draft)
    except InvalidQuestion as error:
        raise BadInput(fields=error.errors) from error


def _refuse_unknown_media(organization_id: int, wanted: frozenset[str]) -> None:
    """Refuse references to pictures and sounds that the organisation does not have. One statement, none without any."""
    if not wanted:
        return
    known = Media.objects.filter(organization=organization_id, sha256__in=wanted).values_list("sha256", flat=True)
    if missing := wanted - set(known):
        names = ", ".join(sorted(missing))
        raise BadInput(fields={"content": [_("There is no picture or sound %(names)s here.") % {"names": names}]})


def _draft_of(version: QuestionVersion) -> QuestionDraft:
    return QuestionDraft(type=version.type, **{name: getattr(version, name) for name in VERSION_FIELDS})


def _differs(version: QuestionVersion, prepared: PreparedQuestion) -> bool:
    return any(getattr(version, name) != getattr(prepared, name) for name in VERSION_FIELDS)


def _write_version(
    entry: QuestionEntry, prepared: PreparedQuestion, *, number: int, actor: User, now: datetime
) -> QuestionVersion:
    """Add a version and point the entry to it; the caller saves the entry."""
    version = _version(entry, prepared, number=number, actor=actor, now=now)
    version.save(force_insert=True)
    entry.latest = version
    return version


def _version(
    entry: QuestionEntry, prepared: PreparedQuestion, *, number: int, actor: User, now: datetime
) -> QuestionVersion:
    return QuestionVersion(
        organization_id=entry.organization_id,
        entry=entry,
        number=number,
        created_by=actor,
        created_at=now,
        **asdict(prepared),
    )
