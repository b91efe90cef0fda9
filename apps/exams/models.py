"""Exams as published, sessions as sat, answers as given, grades as marked.

Published revisions and given answers never change: a change is a new revision, a correction a new row. Triggers in the
database refuse anything else. ``db_constraint=False`` stands where a migration ties a row to its parent and their common
organisation with one composite foreign key.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership
from apps.core.ids import uuid7

if TYPE_CHECKING:
    from apps.accounts.models import User

MARK_DIGITS: dict[str, Any] = {"max_digits": 12, "decimal_places": 7}


class ExamType(models.TextChoices):
    """What a session is for."""

    PRACTICE = "practice", _("Practice")
    TIMED_EXAM = "timed_exam", _("Timed exam")
    ASSIGNMENT = "assignment", _("Assignment")


PUBLISHED_TYPES = [choice for choice in ExamType.choices if choice[0] != ExamType.PRACTICE]
"""What an exam of a course can be; practice is each candidate's own."""


class ExamQuerySet(models.QuerySet["Exam"]):
    """Reads of exams."""

    def visible_to(self, user: "User") -> Self:
        """Staff see every exam of their organisation, drafts included; others published ones of courses they take."""
        membership = user.acting_membership()
        if membership is None:
            return self.none()
        rows = self.filter(organization=membership.organization_id)
        if membership.role in Membership.STAFF_ROLES:
            return rows
        return rows.filter(current__isnull=False, archived_at=None, course__enrolments__user=user)


class Exam(models.Model):
    """The identity of an exam of a course. What is asked, and by which rules, is in its revisions."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey("questionbank.Course", on_delete=models.PROTECT, related_name="exams")
    title = models.CharField(_("title"), max_length=200)
    exam_type = models.CharField(
        _("kind"),
        max_length=20,
        choices=PUBLISHED_TYPES,
        default=ExamType.TIMED_EXAM,
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    current = models.ForeignKey(
        "ExamRevision", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    objects = ExamQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam")
        verbose_name_plural = _("exams")
        indexes = [models.Index(fields=["organization", "course", "-created_at"], name="exams_exam_of_course")]

    def __str__(self) -> str:
        return self.title

    def status_at(self, now: datetime) -> str:
        """Return ``draft``, ``upcoming``, ``open`` or ``closed`` by the published revision's window."""
        if self.current is None:
            return "draft"
        if self.current.opens_at is not None and now < self.current.opens_at:
            return "upcoming"
        if self.current.closes_at is not None and now >= self.current.closes_at:
            return "closed"
        return "open"


class ExamRevision(models.Model):
    """The rules and slots of an exam as they stood once; frozen by ``published_at``.

    ``paper`` is what publishing pinned, read at every start: ``[{"candidates": [version keys], "draw_count", "max_mark"}]``
    in the order of the slots. Times: ``opens_at`` and ``closes_at`` bound starting. ``window_policy`` says whether a
    candidate who starts late keeps the whole limit (``limit_continues``) or is cut at the close (``window_wins``).
    """

    class WindowPolicy(models.TextChoices):
        WINDOW_WINS = "window_wins", _("Everybody ends when the window closes")
        LIMIT_CONTINUES = "limit_continues", _("The time limit runs on past the close")

    class ReviewPolicy(models.TextChoices):
        AFTER_SUBMIT = "after_submit", _("After finishing")
        AFTER_CLOSE = "after_close", _("After the window closes")
        NEVER = "never", _("Marks only")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    exam = models.ForeignKey(Exam, on_delete=models.CASCADE, related_name="revisions", db_constraint=False)
    number = models.PositiveIntegerField(default=1)
    instructions_html = models.TextField(_("instructions"), blank=True, default="")
    duration_minutes = models.PositiveIntegerField(
        _("time limit in minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10080)]
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    window_policy = models.CharField(max_length=20, choices=WindowPolicy, default=WindowPolicy.WINDOW_WINS)
    grace_seconds = models.PositiveIntegerField(
        _("grace in seconds"),
        default=0,
        validators=[MaxValueValidator(600)],
        help_text=_("An answer that arrives this long after the deadline still counts."),
    )
    attempts_allowed = models.PositiveSmallIntegerField(
        _("attempts"), default=1, help_text=_("0 means any number."), validators=[MaxValueValidator(100)]
    )
    pass_percentage = models.DecimalField(
        _("passing mark in percent"),
        **MARK_DIGITS,
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    shuffle_questions = models.BooleanField(_("shuffle questions"), default=True)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    is_going_back_allowed = models.BooleanField(_("candidates may go back"), default=True)
    review_policy = models.CharField(max_length=20, choices=ReviewPolicy, default=ReviewPolicy.AFTER_SUBMIT)
    paper = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("exam revision")
        verbose_name_plural = _("exam revisions")
        constraints = [
            models.UniqueConstraint(fields=["exam", "number"], name="exams_revision_number_unique"),
            models.UniqueConstraint(fields=["exam"], condition=Q(published_at=None), name="exams_revision_one_draft"),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="exams_revision_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="exams_revision_published_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exam_id} · {self.number}"


class Slot(models.Model):
    """One place in a revision: a fixed question, or ``draw_count`` questions drawn from a pool.

    Publishing pins a fixed slot to a version and a pool to its ``candidates``, so that nothing done to the bank afterwards
    reaches a candidate.
    """

    class Kind(models.TextChoices):
        FIXED = "fixed", _("One question")
        POOL = "pool", _("Drawn from a pool")

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(ExamRevision, on_delete=models.CASCADE, related_name="slots", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    entry = models.ForeignKey(
        "questionbank.QuestionEntry", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.ForeignKey(
        "questionbank.QuestionVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    topic = models.ForeignKey("questionbank.Topic", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    difficulty = models.CharField(max_length=10, blank=True, default="")
    draw_count = models.PositiveSmallIntegerField(default=1)
    max_mark = models.DecimalField(**MARK_DIGITS, default=1, validators=[MinValueValidator(0)])
    candidates = models.ManyToManyField("questionbank.QuestionVersion", through="SlotCandidate", related_name="+")

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="exams_slot_position_unique"),
            models.CheckConstraint(
                condition=Q(kind="fixed", entry__isnull=False, topic=None, draw_count=1)
                | Q(kind="pool", entry=None, topic__isnull=False),
                name="exams_slot_is_fixed_or_pool",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision_id} · {self.position}"


class SlotCandidate(models.Model):
    """One question version that a published pool slot may draw."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey("questionbank.QuestionVersion", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("slot candidate")
        verbose_name_plural = _("slot candidates")
        constraints = [models.UniqueConstraint(fields=["slot", "version"], name="exams_slot_candidate_once")]

    def __str__(self) -> str:
        return f"{self.slot_id} · {self.version_id}"


class ExamSessionQuerySet(models.QuerySet["ExamSession"]):
    """Reads of sessions."""

    def visible_to(self, user: "User") -> Self:
        """One's own in the organisation one acts in; staff also those of its exams. Practice is nobody else's business."""
        membership = user.acting_membership()
        if membership is None:
            return self.none()
        rows = self.filter(organization=membership.organization_id)
        if membership.role in Membership.STAFF_ROLES:
            return rows.filter(Q(user=user) | Q(exam__isnull=False))
        return rows.filter(user=user)

    def unfinished(self) -> Self:
        """Running or closing."""
        return self.filter(finished_at=None)

    def finished(self) -> Self:
        """Closed and marked."""
        return self.filter(finished_at__isnull=False)


class ExamSession(models.Model):
    """One sitting by one candidate.

    The server fixes the times at the start. Until ``deadline_at`` the session is running, then closing, and at
    ``hard_close_at`` anybody who looks, or the sweep, finishes it. Answers that arrived by ``accepts_until`` count.
    Finishing is final: answers are folded and marked once, and the session never reopens in place.
    A practice session has no times.
    """

    class Source(models.TextChoices):
        CANDIDATE = "candidate", _("Handed in")
        TIMEOUT = "timeout", _("Time was up")
        STAFF = "staff", _("Closed by staff")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exam_sessions")
    exam_type = models.CharField(max_length=20, choices=ExamType)
    exam = models.ForeignKey(
        Exam, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions", db_constraint=False
    )
    revision = models.ForeignKey(
        ExamRevision, null=True, blank=True, on_delete=models.PROTECT, related_name="sessions", db_constraint=False
    )
    course = models.ForeignKey("questionbank.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=300)
    number = models.PositiveIntegerField(default=1)
    seed = models.BigIntegerField()
    time_factor = models.DecimalField(max_digits=5, decimal_places=3, default=1)
    pass_percentage = models.DecimalField(**MARK_DIGITS, default=50)
    is_going_back_allowed = models.BooleanField(default=True)
    reached_position = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)
    accepts_until = models.DateTimeField(null=True, blank=True)
    hard_close_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source, blank=True, default="")
    score = models.DecimalField(**MARK_DIGITS, null=True, blank=True)
    max_score = models.DecimalField(**MARK_DIGITS, null=True, blank=True)
    is_passed = models.BooleanField(null=True, blank=True)
    receipt = models.JSONField(null=True, blank=True)
    opened_items: "list[SessionItem]"  # only on a session that was made a moment ago, so that showing it asks nothing
    objects = ExamSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam session")
        verbose_name_plural = _("exam sessions")
        constraints = [
            models.UniqueConstraint(fields=["exam", "user", "number"], name="exams_session_number_unique"),
            models.UniqueConstraint(
                fields=["exam", "user"], condition=Q(finished_at=None), name="exams_session_one_unfinished"
            ),
            models.CheckConstraint(
                condition=Q(deadline_at=None, accepts_until=None, hard_close_at=None)
                | Q(
                    deadline_at__gt=F("started_at"),
                    accepts_until__gte=F("deadline_at"),
                    hard_close_at__gt=F("accepts_until"),
                ),
                name="exams_session_deadline_follows_start",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, score=None, submitted_at=None)
                | Q(finished_at__isnull=False, score__isnull=False, submitted_at__isnull=False),
                name="exams_session_finished_is_marked",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "user", "-started_at"], name="exams_session_history"),
            models.Index(fields=["hard_close_at"], condition=Q(finished_at=None), name="exams_session_due"),
        ]

    def __str__(self) -> str:
        return self.title

    def status_at(self, now: datetime) -> str:
        """Return ``running``, ``closing`` (past the deadline, not yet marked) or ``finished``."""
        if self.finished_at is not None:
            return "finished"
        return "closing" if self.deadline_at is not None and now > self.deadline_at else "running"

    def is_due_at(self, now: datetime) -> bool:
        """Return whether time has come to finish this session without its candidate."""
        return self.finished_at is None and self.hard_close_at is not None and now >= self.hard_close_at


class SessionItem(models.Model):
    """One question of a session: the version, the order its options are shown in, and what an answer may look like.

    ``accepts`` is what the saving function in the database checks an answer against (``questionbank.types``: ``accepts``).
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    session = models.ForeignKey(
        ExamSession, on_delete=models.PROTECT, related_name="items", db_index=False, db_constraint=False
    )
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey(
        "questionbank.QuestionVersion", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    option_order = models.JSONField(default=list)
    accepts = models.JSONField(default=dict)
    max_mark = models.DecimalField(**MARK_DIGITS, default=1)

    class Meta:
        verbose_name = _("session item")
        verbose_name_plural = _("session items")
        constraints = [models.UniqueConstraint(fields=["session", "position"], name="exams_item_position_unique")]

    def __str__(self) -> str:
        return f"{self.session_id} · {self.position}"


class Answer(models.Model):
    """One answer as it arrived; append-only. The answer that counts is the last ``save`` of an item by ``sequence``.

    ``payload`` is the API's ``selected_answer`` (null clears). ``time_spent`` is cumulative seconds on the question, folded
    by maximum. A write made on a stale view is kept as ``conflict`` and never counts.
    """

    class Kind(models.TextChoices):
        SAVE = "save", _("Saved")
        CONFLICT = "conflict", _("Kept beside a newer answer")

    organization_id = models.BigIntegerField()
    item = models.ForeignKey(
        SessionItem, on_delete=models.PROTECT, related_name="answers", db_index=False, db_constraint=False
    )
    sequence = models.PositiveIntegerField()
    client_operation_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=Kind)
    payload = models.JSONField(null=True)
    time_spent = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    client_at = models.DateTimeField(null=True, blank=True)
    device_session_id = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["item", "sequence"], name="exams_answer_sequence_unique"),
        ]
        indexes = [
            # was this operation here before? A hash costs the same at any size; that an operation is never stored twice
            # is the saving function's doing, which holds the question's lock while it looks and appends
            HashIndex(fields=["client_operation_id"], name="exams_answer_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} · {self.sequence}"


class Grade(models.Model):
    """The mark of one item by one key; append-only except for ``superseded_by``, which a regrade sets.

    ``fraction`` is from the type's marking (1 is full), ``mark`` is ``fraction × max_mark``.
    """

    class Grader(models.TextChoices):
        AUTO = "auto", _("Marked by the key")
        PERSON = "person", _("Marked by a person")

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    item = models.ForeignKey(SessionItem, on_delete=models.PROTECT, related_name="grades", db_constraint=False)
    answer = models.ForeignKey(
        Answer, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    key_version = models.ForeignKey(
        "questionbank.QuestionVersion", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    fraction = models.DecimalField(**MARK_DIGITS)
    mark = models.DecimalField(**MARK_DIGITS)
    grader = models.CharField(max_length=10, choices=Grader, default=Grader.AUTO)
    created_at = models.DateTimeField()
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("grade")
        verbose_name_plural = _("grades")
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(superseded_by=None), name="exams_grade_one_current"),
        ]
        # for regrades by key, and so that an answer, a version or a grade can go without a look at every grade
        # (2026-11-25: removing 4,500 answers beside 100,000 other grades took 217 s without, 2 s with; marking is as fast)
        indexes = [
            models.Index(fields=["answer"], name="exams_grade_of_answer"),
            models.Index(fields=["key_version"], name="exams_grade_by_key"),
            models.Index(
                fields=["superseded_by"], condition=Q(superseded_by__isnull=False), name="exams_grade_superseded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.mark}"


class SessionEvent(models.Model):
    """Something that happened to a session: started, left the page, came back, finished, extended."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    session = models.ForeignKey(ExamSession, on_delete=models.PROTECT, related_name="events", db_constraint=False)
    at = models.DateTimeField()
    type = models.CharField(max_length=40)
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("session event")
        verbose_name_plural = _("session events")

    def __str__(self) -> str:
        return self.type
