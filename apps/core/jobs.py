"""Work for the workers: asked for in the caller's transaction, done at least once, its progress and result kept in a row.

The app that does the work registers it in its ``handlers.py``, and anyone below or beside asks for it by name::

    @jobs.kind("questionbank.read_import")
    def read_import(context, *, import_id): ...

    jobs.enqueue("questionbank.read_import", {"import_id": job.pk}, requested_by=actor, dedupe_key=f"read:{job.pk}")

A job may be carried out more than once (its worker can die after the work and before the row says so), so doing it twice
must come to the same. The message to the broker only wakes a worker; without it the sweep does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.core import live, valkey
from apps.core.models import Job

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

log = structlog.get_logger(__name__)

ATTEMPTS = 5
LIMIT_SECONDS = 3600
RETRY_SECONDS = (5, 30, 120, 600)
WAITING_WAKE_UPS = 64  # more messages than this in the broker wake nobody who is not awake
QUEUE = "work"
ERROR_CHARACTERS = 4000
LOST_WORKER = "Its worker ended before the work did."

Function = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of job: what does it, how often it may be tried, after how long one attempt is ended by force."""

    name: str
    function: Function
    attempts: int
    limit_seconds: int


_kinds: dict[str, Kind] = {}


def kind(name: str, *, attempts: int = ATTEMPTS, limit_seconds: int = LIMIT_SECONDS) -> Callable[[Function], Function]:
    """Register ``function(context, **args)``, which may return a JSON object as the result.

    A ``LecternError`` with a status below 500 fails the job at once; any other exception is an attempt that failed. An
    attempt that outlives ``limit_seconds`` ends together with its worker process.
    """

    def register(function: Function) -> Function:
        if name in _kinds:
            raise ValueError(f"Two kinds of jobs are called {name!r}.")
        _kinds[name] = Kind(name=name, function=function, attempts=attempts, limit_seconds=limit_seconds)
        return function

    return register


def kind_names() -> list[str]:
    """All kinds this process can carry out."""
    return sorted(_kinds)


def get_kind(name: str) -> Kind:
    """Return a kind; LookupError names those that exist."""
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"No kind of job is called {name!r}. There are: {', '.join(kind_names())}.") from None


def enqueue(
    name: str,
    args: Mapping[str, Any] | None = None,
    *,
    dedupe_key: str | None = None,
    requested_by: "AbstractBaseUser | None" = None,
    organization_id: int | None = None,
    run_after: datetime | None = None,
) -> Job:
    """Ask for work, in the caller's transaction. While a job with the same ``dedupe_key`` has not ended, it is returned."""
    wanted = get_kind(name)
    job = Job(
        kind=name,
        args=dict(args or {}),
        dedupe_key=dedupe_key,
        requested_by_id=None if requested_by is None else requested_by.pk,
        organization_id=organization_id,
        max_attempts=wanted.attempts,
        **({"run_after": run_after} if run_after else {}),
    )
    if dedupe_key is None:
        job.save(force_insert=True)
    else:
        stored = _insert_or_find(job)
        if stored.public_id != job.public_id:
            return stored
        job = stored
    if run_after is None:
        wake_after_commit()
    return job


def _insert_or_find(job: Job) -> Job:
    while True:
        # waits for an uncommitted twin, then finds it or takes its place
        Job.objects.bulk_create([job], ignore_conflicts=True)
        stored = Job.objects.filter(
            Q(public_id=job.public_id) | Q(dedupe_key=job.dedupe_key, state__in=Job.OPEN_STATES)
        )
        found = stored.first()
        if found is not None:
            return found


def cancel(job: Job, *, now: datetime) -> Job:
    """Cancel a waiting job, ask a running one to stop. One that has ended is returned as it is."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state == Job.State.QUEUED:
            job.state, job.ended_at = Job.State.CANCELLED, now
            job.save(update_fields=["state", "ended_at"])
            tell(job)
        elif job.state == Job.State.RUNNING and job.cancel_requested_at is None:
            job.cancel_requested_at = now
            job.save(update_fields=["cancel_requested_at"])
    return job


def tell(job: Job) -> None:
    """Tell the listeners of ``job:<id>`` how it stands, in the caller's transaction."""
    live.publish(f"job:{job.public_id}", "job", as_progress(job))


def note_progress(job: Job, **values: Any) -> None:
    """Write how far a running job is and tell its listeners; nothing happens when its lease is another's by now."""
    with transaction.atomic():
        held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)
        if held.update(**values):
            tell(held.get())


def as_progress(job: Job) -> dict[str, Any]:
    """Return how a job stands, as shown to whoever asked for it."""
    return {
        "id": str(job.public_id),
        "kind": job.kind,
        "state": job.state,
        "done": job.progress_done,
        "total": job.progress_total,
        "message": job.progress_message,
    }


# --- Waking -----------------------------------------------------------------------------------------------------------
def wake_after_commit() -> None:
    """Wake a worker once the caller's transaction has committed, once however many jobs it asked for."""
    if not any(callback is wake for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(wake)


def wake() -> None:
    """Send a worker a message to look for jobs. What goes wrong is left to the sweep."""
    try:
        waiting = valkey.attempt(lambda server: server.llen(f"{settings.JOB_KEY_PREFIX}{QUEUE}"))
        if waiting < WAITING_WAKE_UPS:
            from config.celery import waker  # here, so that only processes that ask for work load Celery

            waker.send_task("core.work", queue=QUEUE, retry=False)
    except Exception as error:  # the broker's client has many ways to say that the broker is away
        log.info("worker_not_woken", error=repr(error))


# --- Sweeping ---------------------------------------------------------------------------------------------------------
def sweep() -> int:
    """Queue again, or fail, what lost its worker, and wake workers for what is due; return how many were lost."""
    lost = [job for job in _lost() if give_back(job, error=LOST_WORKER)]
    if Job.objects.filter(state=Job.State.QUEUED, run_after__lte=Now()).exists():
        wake()
    return len(lost)


def _lost() -> list[Job]:
    return list(Job.objects.filter(state=Job.State.RUNNING, lease_until__lt=Now()).order_by("lease_until")[:500])


def give_back(job: Job, *, error: str) -> bool:
    """End an attempt that did not succeed: queue the job again with a wait, or fail it after the last attempt.

    False when somebody else holds the job by now.
    """
    now = timezone.now()
    is_last = job.attempts >= job.max_attempts
    wait = RETRY_SECONDS[min(job.attempts, len(RETRY_SECONDS)) - 1]
    values: dict[str, Any] = {"state": Job.State.QUEUED, "run_after": now + timedelta(seconds=wait)}
    if is_last:
        values = {"state": Job.State.FAILED, "ended_at": now}
    return end_attempt(job, error=error[-ERROR_CHARACTERS:], **values)


def end_attempt(job: Job, **values: Any) -> bool:
    """Take the lease off a running job and set ``values``; False when the lease is not the one ``job`` knows."""
    with transaction.atomic():
        held = Job.objects.filter(pk=job.pk, state=Job.State.RUNNING, lease_token=job.lease_token)
        ended = held.update(lease_token=None, lease_until=None, **values)
        if ended:
            job.refresh_from_db()
            tell(job)
    return bool(ended)


def prune(*, now: datetime, batch: int = 5000) -> int:
    """Remove jobs that ended more than ``JOB_RETENTION_DAYS`` ago; return how many, at most ``batch``."""
    old = Job.objects.filter(ended_at__lt=now - timedelta(days=settings.JOB_RETENTION_DAYS)).order_by("ended_at")
    removed, _by_model = Job.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:batch])).delete()
    return removed
