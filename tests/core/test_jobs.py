"""Asking for work, carrying it out, losing and cancelling it."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from apps.core import jobs, worker
from apps.core.errors import BadInput, Unavailable
from apps.core.models import Job, LiveMessage

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
committing = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of jobs that exist for one test; ``ran`` collects what they were given."""
    monkeypatch.setattr(jobs, "_kinds", {})
    ran = []

    @jobs.kind("tests.note")
    def note(context, *, number=0):
        ran.append(number)
        return {"doubled": number * 2}

    @jobs.kind("tests.fail", attempts=3)
    def fail(context):
        ran.append("fail")
        raise RuntimeError("the disk is full")

    @jobs.kind("tests.refuse")
    def refuse(context):
        raise BadInput("The file has no rows.", code="empty_file")

    @jobs.kind("tests.away")
    def away(context):
        raise Unavailable

    return ran


@pytest.fixture
def not_woken(monkeypatch):
    woken = []
    monkeypatch.setattr(jobs, "wake", lambda: woken.append(1))
    return woken


def run_all():
    """Carry out what is due or waits for its next attempt."""
    for _ in range(20):
        Job.objects.filter(state="queued").update(run_after=AT)
        job = worker.claim()
        if job is None:
            return
        worker.carry_out(job)


def state(job):
    job.refresh_from_db()
    return job.state


@committing
@pytest.mark.usefixtures("not_woken")
def test_a_job_is_carried_out_and_keeps_its_result(kinds):
    job = jobs.enqueue("tests.note", {"number": 21})

    run_all()

    assert state(job) == "done"
    assert (kinds, job.result, job.attempts, job.error, job.lease_token) == ([21], {"doubled": 42}, 1, "", None)
    assert list(LiveMessage.objects.filter(topic=f"job:{job.public_id}").values_list("data__state", flat=True)) == [
        "done"
    ]


@pytest.mark.django_db
def test_enqueue_names_the_kinds_there_are(kinds):
    with pytest.raises(LookupError, match=r"tests\.note"):
        jobs.enqueue("tests.unknown")


@pytest.mark.django_db
def test_an_open_job_is_returned_for_its_dedupe_key_and_an_ended_one_is_not(kinds):
    first = jobs.enqueue("tests.note", {"number": 1}, dedupe_key="k")
    second = jobs.enqueue("tests.note", {"number": 2}, dedupe_key="k")
    jobs.cancel(first, now=AT)
    third = jobs.enqueue("tests.note", {"number": 3}, dedupe_key="k")

    assert (first, first.args) == (second, second.args)
    assert third not in {first, second}


@committing
@pytest.mark.usefixtures("not_woken")
def test_a_failing_job_is_tried_again_with_waits_and_then_failed_with_its_error(kinds):
    job = jobs.enqueue("tests.fail")
    waits = []
    for _ in range(3):
        worker.carry_out(worker.claim())
        job.refresh_from_db()
        waits.append(job.run_after - timezone.now())
        Job.objects.filter(state="queued").update(run_after=AT)

    assert (job.state, job.attempts, kinds) == ("failed", 3, ["fail"] * 3)
    assert job.error.endswith("RuntimeError: the disk is full\n")
    assert timedelta(seconds=4) < waits[0] < timedelta(seconds=6)
    assert timedelta(seconds=28) < waits[1] < timedelta(seconds=31)


@committing
@pytest.mark.usefixtures("not_woken", "kinds")
def test_a_refusal_fails_at_once_and_an_outage_is_tried_again():
    refused, away = jobs.enqueue("tests.refuse"), jobs.enqueue("tests.away")
    worker.carry_out(worker.claim())
    worker.carry_out(worker.claim())

    assert (state(refused), refused.error) == ("failed", "empty_file: The file has no rows.")
    assert (state(away), away.attempts) == ("queued", 1)


@committing
@pytest.mark.usefixtures("not_woken")
def test_a_job_of_a_kind_this_process_does_not_know_waits_for_one_that_does(kinds):
    job = jobs.enqueue("tests.note")
    Job.objects.update(kind="tests.from_a_later_release")

    assert worker.claim() is None
    assert state(job) == "queued"


@committing
@pytest.mark.usefixtures("not_woken", "kinds")
def test_cancelling_a_waiting_job_ends_it_and_an_ended_one_stays():
    job = jobs.cancel(jobs.enqueue("tests.note"), now=AT)
    again = jobs.cancel(job, now=AT + timedelta(days=1))

    assert (job.state, job.ended_at) == (again.state, again.ended_at) == ("cancelled", AT)
    assert worker.claim() is None


@committing
@pytest.mark.slow
@pytest.mark.usefixtures("not_woken", "kinds")
def test_a_running_job_learns_that_it_was_cancelled(monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.02)

    @jobs.kind("tests.long")
    def long(context):
        jobs.cancel(context.job, now=AT)
        assert context._pulse.must_stop.wait(10)
        context.stop_if_cancelled()

    job = jobs.enqueue("tests.long")
    run_all()

    assert state(job) == "cancelled"


@committing
@pytest.mark.slow
@pytest.mark.usefixtures("not_woken", "kinds")
def test_progress_is_seen_while_the_jobs_own_transaction_is_open(monkeypatch):
    seen = []

    @jobs.kind("tests.counts")
    def count(context):
        with transaction.atomic():
            context.progress(3, 10, "rows read")
            for _ in range(500):
                threading.Event().wait(0.01)
                done = in_thread(lambda: Job.objects.get(pk=context.job.pk).progress_done)
                if done:
                    break
            seen.append(done)

    job = jobs.enqueue("tests.counts")
    run_all()

    assert seen == [3]
    assert state(job) == "done"
    assert (job.progress_done, job.progress_total, job.progress_message) == (3, 10, "rows read")


def in_thread(function):
    found = []

    def run():
        try:
            found.append(function())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return found[0]


@committing
@pytest.mark.usefixtures("not_woken", "kinds")
def test_a_job_that_outlives_its_limit_is_given_back_and_its_process_ended(monkeypatch):
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.01)
    ended = []

    @jobs.kind("tests.hangs", limit_seconds=0.01)
    def hang(context):
        context._pulse.must_stop.wait(10)

    job = jobs.enqueue("tests.hangs")
    worker.carry_out(worker.claim(), end_process=ended.append)

    assert ended == [worker.TOO_LONG_EXIT]
    assert state(job) == "queued"
    assert "longer than the 0.01 s" in job.error


@committing
def test_a_job_that_lost_its_worker_is_queued_again_and_at_last_failed(kinds, not_woken):
    job = jobs.enqueue("tests.fail")
    states = []
    for _ in range(3):
        Job.objects.filter(state="queued").update(run_after=AT)
        worker.claim()
        Job.objects.update(lease_until=AT)
        swept = jobs.sweep()
        states.append((swept, state(job)))

    assert states == [(1, "queued"), (1, "queued"), (1, "failed")]
    assert job.error == jobs.LOST_WORKER
    assert jobs.sweep() == 0


@committing
@pytest.mark.parametrize("fenced", [True, False], ids=["fenced", "twin"])
@pytest.mark.usefixtures("not_woken")
def test_a_worker_that_was_given_up_cannot_overwrite_its_successor(fenced, kinds, monkeypatch):
    job = jobs.enqueue("tests.note", {"number": 1})
    slow = worker.claim()
    Job.objects.update(lease_until=AT)
    jobs.sweep()
    Job.objects.update(run_after=AT)
    successor = worker.claim()
    if not fenced:
        slow.lease_token = successor.lease_token

    worker.carry_out(slow)

    assert (state(job) == "running") is fenced
    assert Job.objects.get().lease_token == (successor.lease_token if fenced else None)


@committing
@pytest.mark.slow
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "twin"])
@pytest.mark.usefixtures("not_woken")
def test_no_two_workers_carry_out_the_same_job(locked, kinds):
    for number in range(20):
        jobs.enqueue("tests.note", {"number": number})
    reads_first = threading.Barrier(4, timeout=5)
    claimed = []

    def claim_without_lock():
        due = list(Job.objects.filter(state="queued").order_by("pk")[:1])
        reads_first.wait()
        claimed.extend(job.pk for job in due)

    def claim_all():
        while job := worker.claim():
            claimed.append(job.pk)

    def run():
        try:
            claim_all() if locked else claim_without_lock()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(claimed) == len(set(claimed))) is locked
    assert len(claimed) == (20 if locked else 4)


@committing
def test_workers_are_woken_once_a_transaction_and_not_before_it_ends(kinds, not_woken):
    with transaction.atomic():
        jobs.enqueue("tests.note")
        jobs.enqueue("tests.note")
        jobs.enqueue("tests.note", run_after=AT + timedelta(days=3650))
        before = list(not_woken)

    assert (before, not_woken) == ([], [1])


@committing
def test_a_broker_that_is_away_fails_nobody(kinds, settings, caplog):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    job = jobs.enqueue("tests.note")

    assert state(job) == "queued"


@pytest.mark.django_db
def test_prune_removes_what_ended_long_ago(kinds, settings):
    ended = [jobs.cancel(jobs.enqueue("tests.note"), now=AT - timedelta(days=days)) for days in (0, 31)]
    waiting = jobs.enqueue("tests.note")

    removed = jobs.prune(now=AT)

    assert removed == 1
    assert set(Job.objects.all()) == {ended[0], waiting}
