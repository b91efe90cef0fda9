"""What core itself registers: its topics, its rows of organisations, and its entries of the schedule."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import connection

from apps.core import (
    files,
    health,
    idempotency,
    jobs,
    key_rotation,  # noqa: F401 - registers its job
    live,
    metrics,
    outbox,
    ratelimits,
    removal,
    schedule,
    sorted_fields,  # noqa: F401 - says what core's columns hold
)
from apps.core.live import messages, tickets
from apps.core.models import AuditEntry, ConsumerCursor, DeadLetter, Delivery, FileShare, Job, OutboxFact, StoredFile

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def _may_follow_job(user: "AbstractBaseUser", public_id: str) -> bool:
    try:
        return Job.objects.visible_to(user).filter(public_id=public_id).exists()
    except ValidationError:
        return False


live.topic("job", can_subscribe=_may_follow_job)

removal.register(StoredFile, Job, OutboxFact, AuditEntry)
removal.register_parts(FileShare, of="file")
removal.register_parts(Delivery, of="fact")
removal.register_parts(DeadLetter, of="fact")


@schedule.every("core.sweep_jobs", seconds=5)
def sweep_jobs(now: datetime) -> None:
    """Queue again what lost its worker, and wake workers."""
    jobs.sweep()


@schedule.every("core.sweep_live_messages", seconds=5)
def sweep_live_messages(now: datetime) -> None:
    """Send what a process left behind when it ended."""
    messages.sweep()


@schedule.daily("core.prune", at="03:10")
def prune(now: datetime) -> None:
    """Remove what is kept for a time only."""
    while outbox.prune(outbox.registry.consumers(), now=now):
        pass
    while jobs.prune(now=now):
        pass
    while files.delete_removed(now=now):
        pass


@schedule.every("core.prune_short_lived", seconds=600)
def prune_short_lived(now: datetime) -> None:
    """Remove live messages, tickets, idempotency keys and counts whose time is over."""
    while messages.prune(now=now):
        pass
    tickets.prune(now=now)
    metrics.forget_dead_processes()
    idempotency.prune(now=now)
    ratelimits.prune(now=now)


def give_cursors_to_new_consumers(**signal: object) -> None:
    """After migrations: from here on nothing that is published passes a new effect by."""
    if ConsumerCursor._meta.db_table in connection.introspection.table_names():  # not so after `migrate core zero`
        outbox.register_cursors(outbox.registry.consumers())


health.check("database", critical=True)(health.database)
health.check("cache")(health.cache)
health.check("storage")(health.storage)
health.check("facts")(health.facts)
health.check("jobs")(health.jobs_move)
health.check("schedule")(health.schedule_runs)
