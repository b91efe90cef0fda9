"""The bank: where questions hang (faculty ▸ department ▸ course ▸ topic), questions, their versions, and imports."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Membership, User
from apps.core.ids import uuid7


def staff_membership(user: User) -> Membership | None:
    """Return the membership under which this person acts as staff, or None; platform administrators always do."""
    membership = user.acting_membership()
    if membership is None or not user.is_active:
        return None
    is_staff = membership.role in Membership.STAFF_ROLES or user.platform_role == User.PlatformRole.ADMIN
    return membership if is_staff else None


class InOrganizationQuerySet(models.QuerySet):
    """Reads of rows that every member of their organisation may see."""

    def visible_to(self, user: User) -> Self:
        """Rows of the organisation the user acts in; nothing without one."""
        membership = user.acting_membership()
        return self.filter(organization=membership.organization_id) if membership else self.none()


class Faculty(models.Model):
    """A faculty of a university."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    university = models.ForeignKey("accounts.University", on_delete=models.PROTECT, related_name="faculties")
    name = models.CharField(_("name"), max_length=200)
    objects = InOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("faculty")
        verbose_name_plural = _("faculties")
        constraints = [
            models.UniqueConstraint("university", Lower("name"), name="questionbank_faculty_name_unique_in_university"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department of a faculty."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    faculty = models.ForeignKey(Faculty, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(_("name"), max_length=200)
    objects = InOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint("faculty", Lower("name"), name="questionbank_department_name_unique_in_faculty"),
        ]

    def __str__(self) -> str:
        return self.name


class CourseQuerySet(InOrganizationQuerySet):
    """Reads of courses."""

    def current(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_at=None)

    def taught_by(self, user: User) -> Self:
        """Courses this person teaches."""
        return self.filter(enrolments__user=user, enrolments__role=Enrolment.Role.TEACHER)

    def taken_by(self, user: User) -> Self:
        """Courses this person is enrolled in, in any role."""
        return self.filter(enrolments__user=user)


class Course(models.Model):
    """A course of a department; topics hang below it, people enrol in it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="courses")
    code = models.CharField(_("code"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    level = models.PositiveSmallIntegerField(_("level"), default=100, help_text=_("100, 200, 300 and up."))
    language = models.CharField(_("language"), max_length=10, default="en")
    summary_html = models.TextField(_("summary"), blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.UniqueConstraint(
                "organization", Lower("code"), name="questionbank_course_code_unique_in_organization"
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
                name="questionbank_course_archived_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Enrolment(models.Model):
    """One person in one course."""

    class Role(models.TextChoices):
        STUDENT = "student", _("Student")
        TEACHER = "teacher", _("Teacher")

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="enrolments")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.STUDENT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = InOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [models.UniqueConstraint(fields=["course", "user"], name="questionbank_enrolment_once")]

    def __str__(self) -> str:
        return f"{self.course_id} · {self.user_id}"


class Topic(models.Model):
    """A topic of a course; questions hang below it."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="topics")
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    objects = InOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.UniqueConstraint("course", Lower("name"), name="questionbank_topic_name_unique_in_course")
        ]

    def __str__(self) -> str:
        return self.name


class QuestionType(models.TextChoices):
    """The six question types; ``questionbank.types`` holds what each can do."""

    SINGLE_CHOICE = "single_choice", _("Single choice")
    MULTIPLE_CHOICE = "multiple_choice", _("Multiple choice")
    TRUE_FALSE = "true_false", _("True or false")
    NUMERICAL = "numerical", _("Numerical")
    SHORT_ANSWER = "short_answer", _("Short answer")
    MATCHING = "matching", _("Matching")


class Difficulty(models.TextChoices):
    """How hard a question was meant to be."""

    EASY = "easy", _("Easy")
    MEDIUM = "medium", _("Medium")
    HARD = "hard", _("Hard")


class QuestionEntryQuerySet(models.QuerySet["QuestionEntry"]):
    """Reads of questions."""

    def visible_to(self, user: User) -> Self:
        """Staff see every question of their organisation; others the approved ones of courses that are not archived."""
        membership = user.acting_membership()
        if membership is None:
            return self.none()
        rows = self.filter(organization=membership.organization_id)
        if staff_membership(user) is not None:
            return rows
        return rows.filter(status=QuestionEntry.Status.APPROVED, topic__course__archived_at=None)

    def drawable(self) -> Self:
        """Those a session may be drawn from."""
        return self.filter(status=QuestionEntry.Status.APPROVED, latest__isnull=False)


class QuestionEntry(models.Model):
    """The identity of a question. What it asks is in its versions; ``latest`` points to the newest."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        HIDDEN = "hidden", _("Hidden")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="questions")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    idnumber = models.CharField(_("own number"), max_length=100, blank=True, default="")
    type = models.CharField(_("type"), max_length=20, choices=QuestionType)
    difficulty = models.CharField(_("difficulty"), max_length=10, choices=Difficulty, default=Difficulty.MEDIUM)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    latest = models.ForeignKey(
        "QuestionVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    import_job = models.ForeignKey(
        "ImportJob", null=True, blank=True, on_delete=models.SET_NULL, related_name="entries", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = QuestionEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "idnumber"],
                condition=~Q(idnumber=""),
                name="questionbank_entry_idnumber_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "topic", "status", "difficulty"], name="questionbank_entry_draw"),
            models.Index(fields=["organization", "-created_at", "-id"], name="questionbank_entry_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.public_id}"


class QuestionVersion(models.Model):
    """What a question asks and how it is marked, as it stood once. Never changed: a correction is a new version.

    ``content`` is what a candidate may see, ``key`` what marks the answer; ``questionbank.types`` documents the shapes.
    ``stem_text`` is the words of the stem, for lists and search.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(QuestionEntry, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(default=1)
    type = models.CharField(max_length=20, choices=QuestionType)
    title = models.CharField(max_length=300, blank=True, default="")
    stem_text = models.TextField()
    content = models.JSONField()
    key = models.JSONField()
    explanation_html = models.TextField(blank=True, default="")
    content_hash = models.CharField(max_length=64)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = InOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("question version")
        verbose_name_plural = _("question versions")
        constraints = [models.UniqueConstraint(fields=["entry", "number"], name="questionbank_version_number_unique")]
        indexes = [models.Index(fields=["organization", "content_hash"], name="questionbank_version_by_hash")]

    def __str__(self) -> str:
        return self.title or str(self.public_id)


class Media(models.Model):
    """A picture or sound that questions of an organisation show; their HTML names it ``media:<sha256>``."""

    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    objects = InOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("media file")
        verbose_name_plural = _("media files")
        constraints = [models.UniqueConstraint(fields=["organization", "sha256"], name="questionbank_media_once")]

    def __str__(self) -> str:
        return self.sha256


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    """Reads of imports."""

    def visible_to(self, user: User) -> Self:
        """Staff see the imports of their organisation; others none."""
        membership = staff_membership(user)
        return self.filter(organization=membership.organization_id) if membership else self.none()


class ImportJob(models.Model):
    """One file of questions on its way into the bank.

    Reading the file fills ``rows`` and changes nothing else; confirming copies the good rows into the bank in one short
    transaction. Counts are of rows: ``processed_rows`` grows while the file is read, and once it is,
    ``total_rows = ready + duplicates + problems + unsupported``. ``success_count`` is how many came into the bank.
    ``failure`` says why a whole file was refused: ``{code, message, remedy}``. Only the reader that holds
    ``reading_token`` may write rows.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting to be read")
        PROCESSING = "processing", _("Being read")
        PREVIEWED = "previewed", _("Waiting for your decision")
        COMPLETED = "completed", _("Done")
        FAILED = "failed", _("Refused")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+")
    filename = models.CharField(max_length=255)
    file = models.ForeignKey("core.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    format = models.CharField(max_length=20, blank=True, default="")
    encoding = models.CharField(max_length=30, blank=True, default="")
    status = models.CharField(max_length=12, choices=Status, default=Status.PENDING)
    reading_job = models.ForeignKey("core.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reading_token = models.UUIDField(null=True, blank=True, editable=False)
    failure = models.JSONField(null=True, blank=True)
    total_rows = models.PositiveIntegerField(default=0)
    processed_rows = models.PositiveIntegerField(default=0)
    ready_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    problem_count = models.PositiveIntegerField(default=0)
    unsupported_count = models.PositiveIntegerField(default=0)
    success_count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(status="completed", confirmed_at__isnull=False, confirmed_by__isnull=False)
                | (~Q(status="completed") & Q(confirmed_at=None, confirmed_by=None)),
                name="questionbank_import_completed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status="failed", failure__isnull=False) | (~Q(status="failed") & Q(failure=None)),
                name="questionbank_import_refused_for_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-created_at"], name="questionbank_import_newest")]

    def __str__(self) -> str:
        return self.filename


class ImportRow(models.Model):
    """One question, or one thing that is not one, as read from an import file; its source text is kept.

    ``number`` counts from 1 in the order of the file, ``line`` is where it starts there.
    ``question`` is what would come into the bank: ``{type, title, stem_text, content, key, explanation_html,
    difficulty, idnumber}``. ``findings`` says what is wrong or was changed: a list of ``{code, message, remedy}``.
    The public ids are those the question will have, so that confirming is one INSERT … SELECT.
    """

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        DUPLICATE = "duplicate", _("Already in the bank")
        PROBLEM = "problem", _("Cannot be read")
        UNSUPPORTED = "unsupported", _("Type not supported")

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State)
    question = models.JSONField(null=True, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, default="")
    findings = models.JSONField(default=list)
    source = models.TextField(blank=True, default="")
    entry_public_id = models.UUIDField(default=uuid7)
    version_public_id = models.UUIDField(default=uuid7)

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="questionbank_import_row_number_unique"),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "duplicate"]) | (Q(question__isnull=False) & ~Q(content_hash="")),
                name="questionbank_import_row_ready_has_a_question",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} · {self.number}"
