"""When entries are due, and the process that runs them."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core import schedule
from apps.core.beat import Beat
from apps.core.models import ScheduleRun

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
entries = st.one_of(
    st.builds(
        lambda seconds: schedule.Entry(name="e", action=print, every=timedelta(seconds=seconds)), st.integers(1, 10**6)
    ),
    st.builds(lambda at: schedule.Entry(name="e", action=print, at=at.replace(microsecond=0)), st.times()),
)


@given(entries, moments)
def test_an_entry_is_not_due_right_after_it_ran_and_is_due_at_its_time(entry, last):
    due = entry.due_at(last)

    assert not entry.is_due(last, last)
    assert entry.is_due(last, due)
    assert not entry.is_due(last, due - timedelta(microseconds=1)) or due - last <= timedelta(microseconds=1)


@given(entries, moments, st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_however_long_nothing_ran_it_runs_once_and_not_for_every_time_missed(entry, last, gap):
    now = last + gap

    assert not entry.is_due(now, now)


@given(entries, moments)
def test_a_clock_set_back_does_not_stop_an_entry(entry, last):
    assert entry.is_due(last, last - timedelta(hours=1))


def test_daily_is_due_at_the_hour_of_the_day():
    entry = schedule.Entry(name="e", action=print, at=time(3, 10))

    assert entry.due_at(datetime(2026, 3, 2, 3, 9, tzinfo=UTC)) == datetime(2026, 3, 2, 3, 10, tzinfo=UTC)
    assert entry.due_at(datetime(2026, 3, 2, 3, 10, tzinfo=UTC)) == datetime(2026, 3, 3, 3, 10, tzinfo=UTC)


def test_two_entries_cannot_share_a_name(monkeypatch):
    monkeypatch.setattr(schedule, "_entries", {})
    schedule.every("tests.tick", seconds=1)(print)

    with pytest.raises(ValueError, match=r"tests\.tick"):
        schedule.daily("tests.tick", at="03:00")(print)


def ran(beat, now):
    """Tick, wait for what began, return the names."""
    begun = beat.tick(now)
    for future in begun:
        future.result(10)
    return len(begun)


@pytest.mark.django_db(transaction=True)
def test_beat_runs_what_is_due_notes_it_and_survives_what_fails(monkeypatch):
    monkeypatch.setattr(schedule, "_entries", {})
    seen = []
    schedule.every("tests.notes", seconds=5)(seen.append)
    schedule.every("tests.fails", seconds=5)(lambda now: 1 / 0)
    schedule.daily("tests.daily", at="03:10")(seen.append)
    beat = Beat()
    beat.recall(AT)

    counts = [ran(beat, AT + timedelta(seconds=seconds)) for seconds in (0, 1, 4.9, 5, 6)]

    assert counts == [2, 0, 0, 2, 0]
    assert seen == [AT, AT + timedelta(seconds=5)]
    assert dict(ScheduleRun.objects.values_list("name", "error")) == {
        "tests.notes": "",
        "tests.fails": "ZeroDivisionError: division by zero",
    }


@pytest.mark.django_db(transaction=True)
def test_beat_remembers_across_restarts_when_an_entry_ran(monkeypatch):
    monkeypatch.setattr(schedule, "_entries", {})
    seen = []
    schedule.daily("tests.daily", at="03:10")(seen.append)
    ScheduleRun.objects.create(name="tests.daily", started_at=AT - timedelta(days=3))
    beats = [Beat(), Beat()]
    for beat in beats:
        beat.recall(AT)
        ran(beat, AT)

    assert seen == [AT]


@pytest.mark.django_db(transaction=True)
def test_an_entry_never_runs_beside_itself(monkeypatch):
    import threading

    monkeypatch.setattr(schedule, "_entries", {})
    release = threading.Event()
    schedule.every("tests.slow", seconds=1)(lambda now: release.wait(10))
    beat = Beat()
    beat.recall(AT)

    first = beat.tick(AT)
    during = beat.tick(AT + timedelta(seconds=60))
    release.set()
    first[0].result(10)
    after = beat.tick(AT + timedelta(seconds=61))
    after[0].result(10)

    assert (len(first), len(during), len(after)) == (1, 0, 1)
