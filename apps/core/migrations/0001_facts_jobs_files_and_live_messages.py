import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import apps.core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ConsumerCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consumer", models.CharField(max_length=120, unique=True)),
                ("position", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("begun", models.PositiveIntegerField(default=0)),
                ("retry_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "consumer of facts",
                "verbose_name_plural": "consumers of facts",
            },
        ),
        migrations.CreateModel(
            name="ScheduleRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("error", models.TextField(blank=True, default="")),
            ],
            options={
                "verbose_name": "scheduled run",
                "verbose_name_plural": "scheduled runs",
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=apps.core.ids.uuid7, editable=False, unique=True)),
                ("organization_id", models.BigIntegerField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("action", models.CharField(max_length=80)),
                ("subject_type", models.CharField(max_length=80)),
                ("subject_id", models.CharField(max_length=64)),
                ("address", models.GenericIPAddressField(null=True)),
                ("request_id", models.CharField(blank=True, default="", max_length=64)),
                ("details", models.JSONField(default=dict)),
                ("occurred_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["organization_id", "-id"], name="core_audit_of_organization"),
                    models.Index(fields=["subject_type", "subject_id", "id"], name="core_audit_of_subject"),
                    models.Index(fields=["actor_id", "-id"], name="core_audit_of_actor"),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("caller", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("token", models.UUIDField()),
                ("lease_until", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.BinaryField(default=bytes)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "idempotency record",
                "verbose_name_plural": "idempotency records",
                "constraints": [
                    models.UniqueConstraint(fields=("caller", "key"), name="core_idempotency_key_of_caller")
                ],
            },
        ),
        migrations.CreateModel(
            name="LiveMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("topic", models.CharField(max_length=120)),
                ("number", models.BigIntegerField(null=True)),
                ("type", models.CharField(max_length=60)),
                ("data", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), db_index=True),
                ),
            ],
            options={
                "verbose_name": "live message",
                "verbose_name_plural": "live messages",
                "indexes": [
                    models.Index(
                        condition=models.Q(("number", None)),
                        fields=["topic", "id"],
                        name="core_live_message_unnumbered",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("topic", "number"), name="core_live_message_number_in_topic")
                ],
            },
        ),
        migrations.CreateModel(
            name="LiveTicket",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("credential", models.CharField(blank=True, default="", max_length=100)),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "live ticket",
                "verbose_name_plural": "live tickets",
            },
        ),
        migrations.CreateModel(
            name="LiveTopic",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, unique=True)),
                ("number", models.BigIntegerField(default=0)),
                ("pruned_to", models.BigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "live topic",
                "verbose_name_plural": "live topics",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("pruned_to__lte", models.F("number"))),
                        name="core_live_topic_pruned_to_its_end",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxFact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=apps.core.ids.uuid7, editable=False, unique=True)),
                ("organization_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=120)),
                ("payload", models.JSONField()),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("position", models.BigIntegerField(null=True, unique=True)),
            ],
            options={
                "verbose_name": "fact",
                "verbose_name_plural": "facts",
                "indexes": [
                    models.Index(condition=models.Q(("position", None)), fields=["id"], name="core_fact_unstamped")
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboxHead",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("pruned_to", models.BigIntegerField(default=0)),
                ("pruned_before", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "head of the facts",
                "verbose_name_plural": "head of the facts",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="core_head_is_one_row")],
            },
        ),
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=200)),
                ("window_started_at", models.DateTimeField(db_index=True)),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "rate count",
                "verbose_name_plural": "rate counts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subject", "window_started_at"), name="core_rate_count_once_per_window"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=apps.core.ids.uuid7, editable=False, unique=True)),
                ("sha256", models.CharField(max_length=64)),
                ("storage_name", models.CharField(db_index=True, max_length=200)),
                ("filename", models.CharField(max_length=200, verbose_name="name")),
                ("media_type", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("image", "Image"),
                            ("audio", "Sound"),
                            ("video", "Video"),
                            ("document", "Document"),
                            ("archive", "Archive"),
                        ],
                        max_length=10,
                    ),
                ),
                ("size_bytes", models.PositiveBigIntegerField()),
                ("width_pixels", models.PositiveIntegerField(null=True)),
                ("height_pixels", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stored_files",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "stored file",
                "verbose_name_plural": "stored files",
            },
        ),
        migrations.CreateModel(
            name="FileShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="shares", to="core.storedfile"
                    ),
                ),
            ],
            options={
                "verbose_name": "file share",
                "verbose_name_plural": "file shares",
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=apps.core.ids.uuid7, editable=False, unique=True)),
                ("kind", models.CharField(max_length=120)),
                ("args", models.JSONField(default=dict)),
                ("dedupe_key", models.CharField(max_length=200, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("run_after", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("max_attempts", models.PositiveSmallIntegerField(default=5)),
                ("lease_token", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("progress_done", models.PositiveBigIntegerField(default=0)),
                ("progress_total", models.PositiveBigIntegerField(null=True)),
                ("progress_message", models.CharField(blank=True, default="", max_length=200)),
                ("result", models.JSONField(null=True)),
                ("error", models.TextField(blank=True, default="")),
                ("cancel_requested_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("started_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="requested_jobs",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "job",
                "verbose_name_plural": "jobs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "queued")), fields=["run_after", "id"], name="core_job_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["lease_until"], name="core_job_leased"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at__isnull", False)), fields=["ended_at"], name="core_job_ended"
                    ),
                    models.Index(fields=["requested_by", "-created_at"], name="core_job_of_user"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["queued", "running"])),
                        fields=("dedupe_key",),
                        name="core_job_open_once_per_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lease_token__isnull", False), ("lease_until__isnull", False), ("state", "running")
                            ),
                            models.Q(
                                models.Q(("state", "running"), _negated=True),
                                ("lease_token", None),
                                ("lease_until", None),
                            ),
                            _connector="OR",
                        ),
                        name="core_job_leased_while_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("state__in", ["queued", "running"])),
                            models.Q(("ended_at__isnull", False), ("state__in", ["done", "failed", "cancelled"])),
                            _connector="OR",
                        ),
                        name="core_job_ended_has_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consumer", models.CharField(max_length=120)),
                ("delivered_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "fact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="core.outboxfact"
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "constraints": [models.UniqueConstraint(fields=("consumer", "fact"), name="core_delivery_once")],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("consumer", models.CharField(max_length=120)),
                ("attempts", models.PositiveIntegerField()),
                ("error", models.TextField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "fact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="dead_letters", to="core.outboxfact"
                    ),
                ),
            ],
            options={
                "verbose_name": "dead letter",
                "verbose_name_plural": "dead letters",
                "constraints": [models.UniqueConstraint(fields=("consumer", "fact"), name="core_dead_letter_once")],
            },
        ),
        migrations.AddIndex(
            model_name="storedfile",
            index=models.Index(fields=["organization", "sha256"], name="core_file_by_content"),
        ),
        migrations.AddIndex(
            model_name="storedfile",
            index=models.Index(fields=["owner", "-created_at"], name="core_file_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="fileshare",
            constraint=models.UniqueConstraint(fields=("file", "user"), name="core_file_shared_once"),
        ),
    ]
