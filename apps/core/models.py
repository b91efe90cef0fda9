"""Rows every app leans on: facts and their consumers, jobs, audit entries, stored files, live messages, limits.

Tables that record what happened name people and organisations by number without a foreign key: they outlive what
they name.
"""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.ids import uuid7

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


# --- Facts ----------------------------------------------------------------------------------------------------------
class OutboxFact(models.Model):
    """Something that became true, written in the transaction that made it true.

    ``position`` is null until the relay has seen the row committed; positions follow each other without a gap.
    """

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=120)
    payload = models.JSONField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        indexes = [models.Index(fields=["id"], condition=Q(position=None), name="core_fact_unstamped")]

    def __str__(self) -> str:
        return self.kind


class OutboxHead(models.Model):
    """One row: the last position given, and up to when facts were pruned. Its lock is held by whoever stamps."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)
    pruned_to = models.BigIntegerField(default=0)
    pruned_before = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("head of the facts")
        verbose_name_plural = _("head of the facts")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="core_head_is_one_row")]

    def __str__(self) -> str:
        return str(self.position)


class ConsumerCursor(models.Model):
    """How far one consumer has come.

    ``failures`` counts refusals of the fact that stands next; ``begun`` counts batches begun since the last one that
    ended, so that a fact which kills the relay is noticed.
    """

    consumer = models.CharField(max_length=120, unique=True)
    position = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    begun = models.PositiveIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consumer of facts")
        verbose_name_plural = _("consumers of facts")

    def __str__(self) -> str:
        return self.consumer


class Delivery(models.Model):
    """One fact handed to one effect, written together with what the effect did: it happens once."""

    consumer = models.CharField(max_length=120)
    fact = models.ForeignKey(OutboxFact, on_delete=models.CASCADE, related_name="deliveries")
    delivered_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [models.UniqueConstraint(fields=["consumer", "fact"], name="core_delivery_once")]

    def __str__(self) -> str:
        return self.consumer


class DeadLetter(models.Model):
    """A fact that a consumer refused too often. Later facts went on; ``replay_dead_letters`` tries it again."""

    consumer = models.CharField(max_length=120)
    fact = models.ForeignKey(OutboxFact, on_delete=models.PROTECT, related_name="dead_letters")
    attempts = models.PositiveIntegerField()
    error = models.TextField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("dead letter")
        verbose_name_plural = _("dead letters")
        constraints = [models.UniqueConstraint(fields=["consumer", "fact"], name="core_dead_letter_once")]

    def __str__(self) -> str:
        return self.consumer


# --- Jobs and schedules ---------------------------------------------------------------------------------------------
class JobQuerySet(models.QuerySet["Job"]):
    """Reads of jobs."""

    def visible_to(self, user: "AbstractBaseUser") -> Self:
        """One's own."""
        return self.filter(requested_by=user.pk)

    def open(self) -> Self:
        """Those not ended."""
        return self.filter(state__in=Job.OPEN_STATES)


class Job(models.Model):
    """Work to be done by a worker, with its progress and its result.

    A worker holds a running job by ``lease_token`` until ``lease_until``, which its heartbeat moves on; a job whose
    lease ran out is queued again, at most ``max_attempts`` times. ``dedupe_key`` is unique among the jobs that have
    not ended.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN_STATES = (State.QUEUED, State.RUNNING)

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="requested_jobs"
    )
    kind = models.CharField(max_length=120)
    args = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, null=True)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    run_after = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    progress_done = models.PositiveBigIntegerField(default=0)
    progress_total = models.PositiveBigIntegerField(null=True)
    progress_message = models.CharField(max_length=200, blank=True, default="")
    result = models.JSONField(null=True)
    error = models.TextField(blank=True, default="")
    cancel_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], condition=Q(state__in=["queued", "running"]), name="core_job_open_once_per_key"
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease_token__isnull=False, lease_until__isnull=False)
                | ~Q(state="running") & Q(lease_token=None, lease_until=None),
                name="core_job_leased_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at=None)
                | Q(state__in=["done", "failed", "cancelled"], ended_at__isnull=False),
                name="core_job_ended_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["run_after", "id"], condition=Q(state="queued"), name="core_job_waiting"),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="core_job_leased"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="core_job_ended"),
            models.Index(fields=["requested_by", "-created_at"], name="core_job_of_user"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def is_open(self) -> bool:
        """Whether it may still run."""
        return self.state in self.OPEN_STATES


class ScheduleRun(models.Model):
    """When an entry of the schedule last ran, and what went wrong."""

    name = models.CharField(max_length=120, unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("scheduled run")
        verbose_name_plural = _("scheduled runs")

    def __str__(self) -> str:
        return self.name


# --- Audit ----------------------------------------------------------------------------------------------------------
class AuditEntry(models.Model):
    """Who did what to which row. Only ever added to: the database refuses changes and deletions."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization_id = models.BigIntegerField(null=True)
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="core_audit_of_organization"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="core_audit_of_subject"),
            models.Index(fields=["actor_id", "-id"], name="core_audit_of_actor"),
        ]

    def __str__(self) -> str:
        return self.action


# --- Repeated requests and limits -----------------------------------------------------------------------------------
class IdempotencyRecord(models.Model):
    """One ``Idempotency-Key`` of one caller: the request it stands for, and its answer once there is one.

    Until ``status`` is set the request is being carried out by whoever holds ``token``, at most until ``lease_until``.
    """

    caller = models.CharField(max_length=100)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    token = models.UUIDField()
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotency record")
        verbose_name_plural = _("idempotency records")
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="core_idempotency_key_of_caller")]

    def __str__(self) -> str:
        return self.key


class RateCount(models.Model):
    """Attempts of one subject in one window, for the limits that must hold while Valkey is away."""

    subject = models.CharField(max_length=200)
    window_started_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("rate count")
        verbose_name_plural = _("rate counts")
        constraints = [
            models.UniqueConstraint(fields=["subject", "window_started_at"], name="core_rate_count_once_per_window"),
        ]

    def __str__(self) -> str:
        return self.subject


# --- Files ----------------------------------------------------------------------------------------------------------
class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    """Reads of stored files."""

    def visible_to(self, user: "AbstractBaseUser") -> Self:
        """The owner's own, and those shared with them."""
        return self.filter(
            Q(owner=user.pk) | Q(pk__in=FileShare.objects.filter(user=user.pk).values("file")), removed_at=None
        )


class StoredFile(models.Model):
    """A file somebody uploaded. Rows with the same content in one organisation share one object in the storage."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        AUDIO = "audio", _("Sound")
        VIDEO = "video", _("Video")
        DOCUMENT = "document", _("Document")
        ARCHIVE = "archive", _("Archive")

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    organization = models.ForeignKey("accounts.Organization", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stored_files")
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=200, db_index=True)
    filename = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind)
    size_bytes = models.PositiveBigIntegerField()
    width_pixels = models.PositiveIntegerField(null=True)
    height_pixels = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True)
    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        indexes = [
            models.Index(fields=["organization", "sha256"], name="core_file_by_content"),
            models.Index(fields=["owner", "-created_at"], name="core_file_of_owner"),
        ]

    def __str__(self) -> str:
        return self.filename


class FileShare(models.Model):
    """Lets one more person read a stored file."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="shares")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("file share")
        verbose_name_plural = _("file shares")
        constraints = [models.UniqueConstraint(fields=["file", "user"], name="core_file_shared_once")]

    def __str__(self) -> str:
        return f"{self.file_id} · {self.user_id}"


# --- Live messages --------------------------------------------------------------------------------------------------
class LiveTopic(models.Model):
    """The last number given in a topic, and the last number no longer kept. Its lock is held by whoever numbers."""

    name = models.CharField(max_length=120, unique=True)
    number = models.BigIntegerField(default=0)
    pruned_to = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("live topic")
        verbose_name_plural = _("live topics")
        constraints = [
            models.CheckConstraint(condition=Q(pruned_to__lte=F("number")), name="core_live_topic_pruned_to_its_end"),
        ]

    def __str__(self) -> str:
        return self.name


class LiveMessage(models.Model):
    """Something subscribers of a topic are told.

    ``number`` is null until the transaction that wrote the row has committed; then numbers of a topic follow each other
    without a gap, so a receiver sees at once that it missed one.
    """

    topic = models.CharField(max_length=120)
    number = models.BigIntegerField(null=True)
    type = models.CharField(max_length=60)
    data = models.JSONField()
    created_at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("live message")
        verbose_name_plural = _("live messages")
        constraints = [models.UniqueConstraint(fields=["topic", "number"], name="core_live_message_number_in_topic")]
        indexes = [
            models.Index(fields=["topic", "id"], condition=Q(number=None), name="core_live_message_unnumbered"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.type}"


class LiveTicket(models.Model):
    """Opens one socket once, within a minute, for a client that has no cookie. Only a hash of the ticket is kept."""

    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    credential = models.CharField(max_length=100, blank=True, default="")
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("live ticket")
        verbose_name_plural = _("live tickets")

    def __str__(self) -> str:
        return str(self.user_id)
