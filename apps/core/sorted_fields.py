"""What core's own columns hold."""

from apps.core.personal import sort

sort("core.OutboxFact", plain="id public_id organization_id kind payload occurred_at recorded_at position")
sort("core.OutboxHead", plain="id position pruned_to pruned_before")
sort("core.ConsumerCursor", plain="id consumer position failures begun retry_at")
sort("core.Delivery", plain="id consumer fact delivered_at")
sort("core.DeadLetter", plain="id consumer fact attempts error created_at")
sort(
    "core.Job",
    plain="id public_id organization kind args dedupe_key state run_after attempts max_attempts lease_token lease_until "
    "heartbeat_at progress_done progress_total progress_message result error cancel_requested_at created_at started_at "
    "ended_at",
    personal="requested_by",
)
sort("core.ScheduleRun", plain="id name started_at finished_at error")
sort(
    "core.AuditEntry",
    plain="id public_id organization_id action subject_type subject_id request_id details occurred_at",
    personal="actor_id address",
)
sort(
    "core.IdempotencyRecord",
    plain="id key fingerprint token lease_until status headers expires_at",
    personal="caller body",
)
sort("core.RateCount", plain="id window_started_at count", personal="subject")
sort(
    "core.StoredFile",
    plain="id public_id organization sha256 storage_name media_type kind size_bytes width_pixels height_pixels "
    "created_at removed_at",
    personal="owner filename",
)
sort("core.FileShare", plain="id file created_at", personal="user")
sort("core.LiveTopic", plain="id name number pruned_to")
sort("core.LiveMessage", plain="id topic number type data created_at")
sort("core.LiveTicket", plain="id credential expires_at", personal="user", secret="digest")  # noqa: S106 - a name
