"""The beat as a process: alone in its seat, and back after it lost its database."""

import signal

import pytest
from django.db import connection

from tests.processes import running, wait_for

BEAT = ("-m", "tests.core.beat_process")

pytestmark = [pytest.mark.slow, pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ticks(transactional_db):
    """Return how often the entry ran."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE ticked (at timestamptz)")

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM ticked")
            return cursor.fetchone()[0]

    yield count
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE ticked")


def more_than(ticks, number):
    wait_for(lambda: ticks() > number, what=f"more than {number} ticks")


def test_beat_goes_on_when_its_connections_are_cut_and_ends_when_told(ticks, tmp_path):
    with running(*BEAT, log=tmp_path / "beat.log") as beat:
        more_than(ticks, 0)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        more_than(ticks, ticks() + 1)
        beat.send_signal(signal.SIGTERM)
        assert beat.wait(10) == 0


def test_of_two_one_runs_the_schedule_and_the_other_takes_over(ticks, tmp_path):
    with running(*BEAT, log=tmp_path / "first.log") as first:
        more_than(ticks, 0)
        with running(*BEAT, log=tmp_path / "second.log"):
            more_than(ticks, ticks() + 2)
            second_waits = "beat_active" not in (tmp_path / "second.log").read_text()
            first.kill()
            first.wait(10)
            more_than(ticks, ticks() + 1)

    assert second_waits
    assert "beat_active" in (tmp_path / "second.log").read_text()
