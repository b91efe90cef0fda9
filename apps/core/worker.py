"""Carries jobs out: claims one, keeps its lease alive from a second thread, records how it ended."""

import contextlib
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import structlog
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from apps.core import jobs, metrics
from apps.core.errors import LecternError
from apps.core.models import Job

log = structlog.get_logger(__name__)

LEASE_SECONDS = 30
BEAT_SECONDS = 3.0
PROGRESS_SECONDS = 0.5
RECORD_WITHIN_SECONDS = 60
TOO_LONG_EXIT = 75


class Cancelled(Exception):
    """Raised by ``JobContext.stop_if_cancelled``; the job ends as cancelled."""


class JobContext:
    """What a job's function is given: the row it works for, and the ways to tell how far it is."""

    def __init__(self, job: Job, pulse: "Pulse") -> None:
        self.job = job
        self._pulse = pulse

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Tell how far the work is. Cheap; written at most twice a second, outside the job's own transactions."""
        self._pulse.progress(done, total, message)

    def cancelled(self) -> bool:
        """Whether to stop: someone asked for it, or another worker has taken the job over."""
        return self._pulse.must_stop.is_set()

    def stop_if_cancelled(self) -> None:
        """End the job here if it is to stop."""
        if self.cancelled():
            raise Cancelled


class Pulse:
    """The thread that moves a job's lease on and writes its progress, on a connection of its own."""

    def __init__(self, job: Job, *, limit_seconds: float, end_process: Callable[[int], Any] = os._exit) -> None:
        self.must_stop = threading.Event()
        self._job = job
        self._end_at = time.monotonic() + limit_seconds
        self._limit_seconds = limit_seconds
        self._end_process = end_process
        self._news = threading.Event()
        self._finished = threading.Event()
        self._progress: dict[str, Any] = {}

    @contextlib.contextmanager
    def beating(self) -> Iterator["Pulse"]:
        """Beat while the block runs."""
        thread = threading.Thread(target=self._run, name=f"pulse of job {self._job.pk}", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._finished.set()
            self._news.set()
            thread.join()

    def progress(self, done: int, total: int | None, message: str) -> None:
        """Note progress; the next beat, soon, writes it."""
        self._progress = {
            "progress_done": max(done, 0),
            "progress_total": total,
            "progress_message": message[:200],
        }
        self._news.set()

    def _run(self) -> None:
        try:
            while not self._finished.is_set():
                self._news.wait(BEAT_SECONDS)
                self._news.clear()
                self._beat()
                self._finished.wait(PROGRESS_SECONDS)
            self._write_progress()
        finally:
            connection.close()

    def _beat(self) -> None:
        if time.monotonic() > self._end_at and not self._finished.is_set():
            self._end_by_force()
            return
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE core_job SET lease_until = now() + make_interval(secs => %s), heartbeat_at = now()"
                    " WHERE id = %s AND lease_token = %s RETURNING cancel_requested_at IS NOT NULL",
                    [LEASE_SECONDS, self._job.pk, self._job.lease_token],
                )
                row = cursor.fetchone()
            if row is None or row[0]:
                self.must_stop.set()
            self._write_progress()
        except DatabaseError as error:
            log.warning("job_beat_missed", job=self._job.public_id, error=str(error))
        finally:
            connection.close()

    def _write_progress(self) -> None:
        progress, self._progress = self._progress, {}
        if progress:
            jobs.note_progress(self._job, **progress)

    def _end_by_force(self) -> None:
        error = f"It ran for longer than the {self._limit_seconds:g} s a job of its kind may take."
        log.error("job_ended_by_force", job=self._job.public_id, kind=self._job.kind)
        with contextlib.suppress(DatabaseError):
            jobs.give_back(self._job, error=error)
        self.must_stop.set()
        self._end_process(TOO_LONG_EXIT)


def work(*, within_seconds: float) -> int:
    """Carry out jobs until none is due or the time is over; return how many. Begins no job after ``within_seconds``."""
    end = time.monotonic() + within_seconds
    done = 0
    while time.monotonic() < end:
        job = claim()
        if job is None:
            return done
        carry_out(job)
        done += 1
    jobs.wake()
    return done


def claim() -> Job | None:
    """Take the job that has been due longest, of the kinds this process knows; nobody else can until the lease ends."""
    claimed = Job.objects.raw(
        """
        UPDATE core_job SET state = 'running', lease_token = %s, lease_until = now() + make_interval(secs => %s),
            heartbeat_at = now(), started_at = coalesce(started_at, now()), attempts = attempts + 1
        WHERE id = (
            SELECT id FROM core_job WHERE state = 'queued' AND run_after <= now() AND kind = ANY(%s)
            ORDER BY run_after, id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        RETURNING *
        """,
        [uuid4(), LEASE_SECONDS, jobs.kind_names()],
    )
    return next(iter(claimed), None)


def carry_out(job: Job, *, end_process: Callable[[int], Any] = os._exit) -> None:
    """Run a claimed job and record how it ended. Whatever its function raises ends here."""
    kind = jobs.get_kind(job.kind)
    began = time.monotonic()
    with structlog.contextvars.bound_contextvars(job=str(job.public_id), job_kind=job.kind):
        with Pulse(job, limit_seconds=kind.limit_seconds, end_process=end_process).beating() as pulse:
            outcome = _run(kind, JobContext(job, pulse))
        recorded = _record(outcome)
        metrics.jobs_ended.labels(job.kind, job.state).inc()
        log.info(
            "job_ended",
            recorded=recorded,
            attempt=job.attempts,
            state=job.state,
            seconds=round(time.monotonic() - began, 3),
        )


def _run(kind: jobs.Kind, context: JobContext) -> Callable[[], bool]:
    """Return what records the outcome."""
    job = context.job
    try:
        result = kind.function(context, **job.args)
    except Cancelled:
        return lambda: jobs.end_attempt(job, state=Job.State.CANCELLED, ended_at=timezone.now())
    except LecternError as error:
        if error.status < 500:
            refusal = f"{error.error_code}: {error.message}"
            return lambda: jobs.end_attempt(job, state=Job.State.FAILED, ended_at=timezone.now(), error=refusal)
        return _failed(job, error)
    except Exception as error:  # an attempt may fail in any way
        return _failed(job, error)
    values = {"state": Job.State.DONE, "ended_at": timezone.now(), "error": ""}
    return lambda: jobs.end_attempt(job, result=None if result is None else dict(result), **values)


def _failed(job: Job, error: Exception) -> Callable[[], bool]:
    log.warning("job_attempt_failed", attempt=job.attempts, error=repr(error))
    described = "".join(traceback.format_exception(error))
    return lambda: jobs.give_back(job, error=described)


def _record(outcome: Callable[[], bool]) -> bool:
    """Record an outcome, waiting for a database that is away; after a minute the job is left to the sweep."""
    end = time.monotonic() + RECORD_WITHIN_SECONDS
    while True:
        try:
            return outcome()
        except DatabaseError as error:
            log.warning("job_outcome_not_recorded", error=str(error))
            connection.close()
            if time.monotonic() > end:
                return False
            time.sleep(1)
