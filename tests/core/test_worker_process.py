"""The worker as a process: woken, killed in the middle of a job, cut off from its broker."""

import pytest
from django.conf import settings
from django.db import connection

from apps.core import jobs, valkey
from apps.core.models import Job
from tests.processes import running, wait_for

WORKER = ("-m", "tests.core.worker_process")

pytestmark = [pytest.mark.slow, pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def carried_out(transactional_db, monkeypatch):
    """Return the numbers the worker's jobs noted."""
    monkeypatch.setattr(jobs, "_kinds", {})
    for name in ("tests.note", "tests.dies_once"):
        jobs.kind(name)(print)
    valkey.attempt(lambda server: server.delete(f"{settings.JOB_KEY_PREFIX}{jobs.QUEUE}"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE carried_out (number integer)")

    def numbers():
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM carried_out ORDER BY number")
            return [number for (number,) in cursor]

    yield numbers
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE carried_out")


def test_the_message_wakes_a_worker_and_a_killed_process_costs_no_job(carried_out, tmp_path):
    with running(*WORKER, log=tmp_path / "worker.log", grace=0):
        jobs.enqueue("tests.note", {"number": 1})
        wait_for(lambda: carried_out() == [1], what="the first job")
        killed = jobs.enqueue("tests.dies_once", {"number": 2, "marker": str(tmp_path / "died")})
        jobs.enqueue("tests.note", {"number": 3})
        wait_for(lambda: carried_out() == [1, 3], what="the job behind the killed one")
        wait_for(jobs.sweep, what="the sweep finding the lost job")
        Job.objects.filter(state="queued").update(run_after=killed.run_after)
        jobs.wake()
        wait_for(lambda: carried_out() == [1, 2, 3], what="the second attempt")
        wait_for(lambda: not Job.objects.open().exists())

    killed.refresh_from_db()
    assert (killed.state, killed.attempts) == ("done", 2)


def test_a_job_asked_for_while_the_message_got_lost_is_found_by_the_sweep(carried_out, tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(valkey, "attempt", lambda operation: 10**6)
        jobs.enqueue("tests.note", {"number": 1})
    with running(*WORKER, log=tmp_path / "worker.log", grace=0):
        jobs.sweep()
        wait_for(lambda: carried_out() == [1])

    assert Job.objects.get().attempts == 1


def test_a_worker_goes_on_when_its_broker_cut_all_connections(carried_out, tmp_path):
    with running(*WORKER, log=tmp_path / "worker.log", grace=0) as worker:
        jobs.enqueue("tests.note", {"number": 1})
        wait_for(lambda: carried_out() == [1])
        valkey.attempt(lambda server: server.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
        jobs.enqueue("tests.note", {"number": 2})
        wait_for(lambda: carried_out() == [1, 2], within=30)
        assert worker.poll() is None
