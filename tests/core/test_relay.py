"""The relay as a process: killed, doubled, cut off from its database."""

import os
import random
import signal
import threading
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from apps.core import events, leadership
from apps.core.models import ConsumerCursor, OutboxFact
from tests.core.facts import BellRang
from tests.processes import running, wait_for

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RELAY = ("-m", "tests.core.relay_process")

pytestmark = [pytest.mark.slow, pytest.mark.chaos, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def heard(transactional_db):
    """Return the numbers one consumer noted, in order."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE heard (consumer text, number integer, at timestamptz DEFAULT clock_timestamp())")

    def numbers(consumer):
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM heard WHERE consumer = %s ORDER BY at", [consumer])
            return [number for (number,) in cursor]

    yield numbers
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE heard")


def ring(number, *, open_seconds=0.0):
    with transaction.atomic():
        events.publish(BellRang(occurred_at=AT, number=number))
        if open_seconds:
            time.sleep(open_seconds)


def is_active():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND"
            " (classid::bigint << 32 | objid::bigint) = %s",
            [leadership.seat_number("relay")],
        )
        return cursor.fetchone() == (1,)


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND query LIKE 'SELECT pg_try_advisory_lock%%'"
        )
        return cursor.fetchone()[0] > 0


def all_heard(heard, count):
    return len(heard("effect")) >= count and len(heard("projection")) >= count


def test_a_fact_is_heard_at_once_and_not_at_the_next_poll(heard, tmp_path):
    with running(*RELAY, log=tmp_path / "relay.log"):
        wait_for(is_active)
        waits = []
        for number in range(5):
            ring(number)
            began = time.monotonic()
            wait_for(lambda count=number + 1: len(heard("projection")) == count, every=0.005)
            waits.append(time.monotonic() - began)

    assert sorted(waits)[2] < 0.3


@pytest.mark.parametrize("careless", ["", "1"], ids=["in_one_transaction", "twin"])
def test_a_relay_killed_between_handling_and_its_cursor_hands_on_once(careless, heard, tmp_path):
    for number in range(8):
        ring(number)
    options = {"KILL_AFTER": "5", "KILL_MARKER": str(tmp_path / "died"), "CARELESS": careless}

    with running(*RELAY, log=tmp_path / "relay.log", **options) as first:
        first.wait(60)
    with running(*RELAY, log=tmp_path / "relay.log", **options):
        wait_for(lambda: all_heard(heard, 8))

    assert first.returncode == -signal.SIGKILL
    handed_on_once = heard("effect") == list(range(8))
    assert handed_on_once is not bool(careless)


def test_the_second_relay_takes_over_when_the_first_is_killed(heard, tmp_path):
    with running(*RELAY, log=tmp_path / "first.log") as first:
        wait_for(is_active)
        with running(*RELAY, log=tmp_path / "second.log") as second:
            ring(1)
            wait_for(lambda: all_heard(heard, 1))
            wait_for(somebody_waits, what="the second relay asking for the seat")
            first.kill()
            began = time.monotonic()
            ring(2)
            wait_for(lambda: all_heard(heard, 2))
            took_over_after = time.monotonic() - began
            assert second.poll() is None

    assert heard("effect") == [1, 2]
    assert took_over_after < 5


def test_a_relay_that_loses_its_connections_goes_on_by_itself(heard, tmp_path):
    with running(*RELAY, log=tmp_path / "relay.log") as relay:
        for number in range(3):
            wait_for(is_active)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            ring(number)
            wait_for(lambda count=number + 1: all_heard(heard, count))
        assert relay.poll() is None

    assert heard("effect") == [0, 1, 2]


def test_sigterm_ends_the_relay_quickly_and_cleanly(tmp_path, heard):
    with running(*RELAY, log=tmp_path / "relay.log") as relay:
        wait_for(is_active)
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(3) == 0


def test_killed_at_random_moments_it_loses_nothing_and_repeats_nothing(heard, tmp_path):
    seed = int(os.environ.get("LECTERN_CHAOS_SEED", "20260302"))
    moments = random.Random(seed)
    numbers = iter(range(1, 10_000))
    stop = threading.Event()
    acknowledged, lock = [], threading.Lock()

    def keep_ringing(slow):
        try:
            while not stop.is_set():
                with lock:
                    number = next(numbers)
                ring(number, open_seconds=0.7 if slow else 0.0)
                with lock:
                    acknowledged.append(number)
                time.sleep(0.05)
        finally:
            connection.close()

    ringers = [threading.Thread(target=keep_ringing, args=[index == 0]) for index in range(4)]
    for ringer in ringers:
        ringer.start()
    try:
        for _ in range(4):
            with running(*RELAY, log=tmp_path / "relay.log") as relay:
                wait_for(is_active)
                time.sleep(moments.uniform(0.0, 0.4))
                relay.kill()
    finally:
        stop.set()
        for ringer in ringers:
            ringer.join()
    with running(*RELAY, log=tmp_path / "relay.log"):
        wait_for(lambda: all_heard(heard, len(acknowledged)), what=f"all facts, seed {seed}")

    positions = list(OutboxFact.objects.order_by("position").values_list("position", "payload__number"))
    in_order = [number for _position, number in positions]
    assert sorted(in_order) == sorted(acknowledged)
    assert [position for position, _number in positions] == list(range(1, len(acknowledged) + 1))
    assert heard("effect") == heard("projection") == in_order
    cursors = ConsumerCursor.objects.filter(consumer__startswith="tests.")
    assert set(cursors.values_list("position", flat=True)) == {len(acknowledged)}
