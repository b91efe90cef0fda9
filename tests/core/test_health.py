"""What the probe says to everybody, and what the checks find."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.core import events, health, outbox, valkey
from apps.core.health import WELL, Finding, State
from apps.core.models import ConsumerCursor, DeadLetter, Job, OutboxFact, ScheduleRun
from apps.core.relay import Relay
from tests.core.facts import BellRang

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def parts(monkeypatch):
    monkeypatch.setattr(health, "_parts", {})


def probe(**query):
    answer = Client().get("/health", query)
    return answer.status_code, answer.json()


@pytest.mark.usefixtures("parts")
def test_the_probe_tells_that_the_process_lives_whatever_is_down():
    health.check("tests.down", critical=True)(lambda: 1 / 0)

    assert probe() == (200, {"status": "ok"})
    assert probe(ready="1") == (503, {"status": "unavailable"})


@pytest.mark.usefixtures("parts")
def test_what_people_can_go_on_without_does_not_make_it_unready():
    health.check("tests.well", critical=True)(lambda: WELL)
    health.check("tests.impaired", critical=True)(lambda: Finding(state=State.IMPAIRED, detail="slow"))
    health.check("tests.down")(lambda: 1 / 0)

    assert probe(ready="1") == (200, {"status": "ok"})


@pytest.mark.usefixtures("parts")
def test_a_check_that_fails_or_hangs_is_down_and_delays_no_other(monkeypatch):
    monkeypatch.setattr(health, "WITHIN_SECONDS", 0.05)
    release = threading.Event()
    health.check("tests.fails")(lambda: 1 / 0)
    health.check("tests.hangs")(lambda: release.wait(10))
    health.check("tests.well")(lambda: WELL)

    found = {report.name: report.finding for report in health.examine(health.parts())}
    release.set()

    assert found == {
        "tests.fails": Finding(state=State.DOWN, detail="ZeroDivisionError: division by zero"),
        "tests.hangs": Finding(state=State.DOWN, detail="No answer within 0.05 s."),
        "tests.well": WELL,
    }


@pytest.mark.django_db(transaction=True)
def test_with_the_real_parts_the_site_is_ready():
    assert probe(ready="1") == (200, {"status": "ok"})
    assert {part.name for part in health.parts()} >= {"database", "cache", "storage", "facts", "jobs", "schedule"}


def test_without_valkey_the_cache_is_impaired_and_not_down(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())

    assert health.cache().state is State.IMPAIRED


def test_the_storage_takes_and_returns_a_file():
    assert health.storage() == WELL


@pytest.fixture
def registry(monkeypatch):
    registry = outbox.Registry()
    registry.effect("tests.bell", kinds=[BellRang])(lambda event, fact: None)
    monkeypatch.setattr(outbox, "registry", registry)
    return registry


@pytest.mark.django_db
def test_facts_are_well_while_the_relay_keeps_up_and_impaired_when_it_does_not(registry):
    outbox.register_cursors(registry.consumers())
    events.publish(BellRang(occurred_at=AT, number=1))
    fresh = health.facts()
    OutboxFact.objects.update(recorded_at=AT)
    unstamped = health.facts()
    outbox.stamp()
    behind = health.facts()
    Relay(registry).drain()
    caught_up = health.facts()

    assert (fresh, caught_up) == (WELL, WELL)
    assert (unstamped.state, behind.state) == (State.IMPAIRED, State.IMPAIRED)
    assert "tests.bell" in behind.detail


@pytest.mark.django_db
def test_dead_letters_are_told_with_the_remedy(registry):
    outbox.register_cursors(registry.consumers())
    events.publish(BellRang(occurred_at=AT, number=1))
    Relay(registry).drain()
    DeadLetter.objects.create(consumer="tests.bell", fact=OutboxFact.objects.get(), attempts=5, error="no")

    assert health.facts() == Finding(
        state=State.IMPAIRED,
        detail="1 facts were refused too often. See the dead letters, then `manage.py replay_dead_letters`.",
    )


@pytest.mark.django_db
def test_jobs_that_wait_and_a_clock_that_stands_still_are_told():
    well = (health.jobs_move(), health.schedule_runs().state)
    Job.objects.create(kind="tests.any", run_after=timezone.now() - timedelta(minutes=5))
    ScheduleRun.objects.create(name="tests.any", started_at=timezone.now())
    after = (health.jobs_move().state, health.schedule_runs())

    assert well == (WELL, State.IMPAIRED)
    assert after == (State.IMPAIRED, WELL)


def test_cursors_of_consumers_without_facts_are_not_behind(db, registry):
    ConsumerCursor.objects.create(consumer="tests.bell")

    assert health.facts() == WELL
