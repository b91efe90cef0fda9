"""Stamping, handing on, dead letters, replays and pruning, round by round without a process."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from apps.core import events, outbox
from apps.core.models import ConsumerCursor, DeadLetter, Delivery, OutboxFact
from apps.core.relay import Relay
from tests.core.facts import BellRang, DoorOpened

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Listener:
    """A consumer that remembers what it was handed and refuses what it is told to."""

    def __init__(self):
        self.heard = []
        self.refuses = set()

    def __call__(self, event, fact):
        if event.number in self.refuses:
            raise ValueError(f"no {event.number}")
        self.heard.append(event.number)

    def reset(self, pruned_before):
        self.heard.clear()


@pytest.fixture
def listener():
    return Listener()


@pytest.fixture
def registry(listener):
    registry = outbox.Registry()
    registry.projection("tests.bell_list", kinds=[BellRang], reset=listener.reset)(listener)
    return registry


@pytest.fixture
def effect_registry(listener):
    registry = outbox.Registry()
    registry.effect("tests.bell_mail", kinds=[BellRang])(listener)
    return registry


def ring(*numbers, event=BellRang):
    with transaction.atomic():
        for number in numbers:
            events.publish(event(occurred_at=AT, number=number))


def positions():
    return list(OutboxFact.objects.order_by("position").values_list("position", flat=True))


@pytest.fixture
def at_once(monkeypatch):
    """Refused facts are tried again without waiting."""
    monkeypatch.setattr(outbox, "RETRY_SECONDS", (0.0, 0.0))


@pytest.mark.django_db
def test_facts_reach_their_consumer_in_order_and_others_do_not(registry, listener):
    ring(1, 2)
    ring(9, event=DoorOpened)
    ring(3)

    Relay(registry).drain()

    assert listener.heard == [1, 2, 3]
    assert positions() == [1, 2, 3, 4]


@pytest.mark.django_db
def test_a_second_round_hands_on_nothing_twice(registry, listener):
    ring(1)

    Relay(registry).drain()
    Relay(registry).drain()

    assert listener.heard == [1]


@pytest.mark.django_db
def test_an_idle_round_costs_the_same_few_statements_whatever_is_stored(registry, django_assert_num_queries):
    Relay(registry).drain()
    for size in (1, 30):
        ring(*range(size))
        Relay(registry).drain()
        with django_assert_num_queries(4):
            assert Relay(registry).round() is None


@pytest.mark.django_db
def test_a_cursor_is_moved_past_many_facts_of_other_kinds(registry, monkeypatch):
    monkeypatch.setattr(outbox, "SKIP_AFTER", 5)
    ring(*range(5), event=DoorOpened)

    Relay(registry).drain()

    assert ConsumerCursor.objects.get(consumer="tests.bell_list").position == 5


@pytest.mark.django_db
def test_a_new_effect_begins_now_and_a_new_projection_at_the_oldest_fact(registry, listener):
    ring(1, 2)
    outbox.stamp()
    mail = Listener()
    registry.effect("tests.bell_mail", kinds=[BellRang])(mail)
    outbox.register_cursors(registry.consumers())
    ring(3)

    Relay(registry).drain()

    assert (listener.heard, mail.heard) == ([1, 2, 3], [3])


@pytest.mark.django_db
def test_a_refused_fact_is_tried_again_before_later_ones(registry, listener):
    listener.refuses = {2}
    ring(1, 2, 3)
    relay = Relay(registry)
    outbox.register_cursors(registry.consumers())

    wait = relay.round()
    listener.refuses = set()
    waiting = relay.round()
    heard_before = list(listener.heard)
    ConsumerCursor.objects.filter(consumer="tests.bell_list").update(retry_at=AT)
    relay.drain()

    assert wait == outbox.RETRY_SECONDS[0]
    assert 0 < waiting <= wait
    assert (heard_before, listener.heard) == ([1], [1, 2, 3])
    assert ConsumerCursor.objects.get(consumer="tests.bell_list").failures == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_a_fact_refused_too_often_becomes_a_dead_letter_and_later_ones_go_on(registry, listener):
    listener.refuses = {2}
    ring(1, 2, 3)

    Relay(registry).drain()

    letter = DeadLetter.objects.get()
    assert listener.heard == [1, 3]
    assert (letter.consumer, letter.fact.payload["number"], letter.attempts) == ("tests.bell_list", 2, 3)
    assert "ValueError: no 2" in letter.error


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_what_a_refused_handler_wrote_is_undone(listener):
    registry = outbox.Registry()

    @registry.effect("tests.writes_then_fails", kinds=[BellRang])
    def write_then_fail(event, fact):
        events.publish(DoorOpened(occurred_at=AT, number=event.number))
        raise ValueError("no")

    ring(1)
    Relay(registry).drain()

    assert not OutboxFact.objects.filter(kind=DoorOpened.kind).exists()
    assert not Delivery.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_a_fact_that_cannot_be_read_is_a_dead_letter(registry, listener):
    ring(1, 2)
    OutboxFact.objects.filter(payload__number=1).update(payload={"occurred_at": "soon", "number": 1})

    Relay(registry).drain()

    assert listener.heard == [2]
    assert "soon" in DeadLetter.objects.get().error


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_replay_dead_letters_hands_them_on_once(effect_registry, listener):
    listener.refuses = {1, 2}
    ring(1, 2)
    Relay(effect_registry).drain()
    listener.refuses = {2}

    first = outbox.replay_dead_letters(effect_registry.consumers())
    listener.refuses = set()
    second = outbox.replay_dead_letters(effect_registry.consumers())
    third = outbox.replay_dead_letters(effect_registry.consumers())

    assert (first, second, third) == ((1, 1), (1, 0), (0, 0))
    assert listener.heard == [1, 2]
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_an_effect_is_not_repeated_even_if_its_cursor_goes_back(effect_registry, listener):
    ring(1, 2)
    Relay(effect_registry).drain()
    ConsumerCursor.objects.update(position=0)

    Relay(effect_registry).drain()

    assert listener.heard == [1, 2]


@pytest.mark.django_db
def test_without_the_delivery_row_it_would_be_repeated(effect_registry, listener, monkeypatch):
    """The twin of the test above."""
    monkeypatch.setattr(outbox, "_is_first_delivery", lambda consumer, fact: True)
    ring(1, 2)
    Relay(effect_registry).drain()
    ConsumerCursor.objects.update(position=0)

    Relay(effect_registry).drain()

    assert listener.heard == [1, 2, 1, 2]


@pytest.mark.django_db
def test_a_fact_that_ends_the_relay_each_time_becomes_a_dead_letter(registry, listener):
    ring(1, 2, 3)
    outbox.stamp()
    outbox.register_cursors(registry.consumers())
    consumer = registry.get("tests.bell_list")

    def dies(event, fact):
        if event.number == 2:
            raise SystemExit
        listener(event, fact)

    deadly = outbox.Consumer(name=consumer.name, kinds=consumer.kinds, handler=dies, reset=consumer.reset)
    deaths = 0
    for _ in range(20):
        try:
            if outbox.hand_on(deadly, now=AT) is None:
                break
        except SystemExit:
            deaths += 1

    assert listener.heard[-1] == 3
    assert DeadLetter.objects.get().fact.payload["number"] == 2
    assert deaths <= outbox.DEATHS_BEFORE_DEAD_LETTER + outbox.DEATHS_BEFORE_SINGLE


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_replay_consumer_empties_a_projection_and_feeds_it_again(registry, listener):
    listener.refuses = {2}
    ring(1, 2, 3)
    Relay(registry).drain()
    listener.refuses = set()

    outbox.replay(registry.get("tests.bell_list"))
    emptied = list(listener.heard)
    Relay(registry).drain()

    assert (emptied, listener.heard) == ([], [1, 2, 3])
    assert not DeadLetter.objects.exists()


@pytest.mark.django_db
def test_replay_refuses_an_effect(effect_registry):
    with pytest.raises(outbox.NotReplayable, match="replay_dead_letters"):
        outbox.replay(effect_registry.get("tests.bell_mail"))


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["replay_consumer", "replay_dead_letters"])
def test_commands_name_the_consumers_there_are(command, monkeypatch, registry):
    monkeypatch.setattr(outbox, "registry", registry)
    arguments = ["tests.nobody"] if command == "replay_consumer" else ["--consumer", "tests.nobody"]

    with pytest.raises(CommandError, match=r"tests\.bell_list"):
        call_command(command, *arguments)


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_prune_keeps_what_is_new_not_passed_or_refused(registry, listener, settings):
    listener.refuses = {1}
    ring(1, 2, 3, 4)
    Relay(registry).drain()
    ring(5)
    outbox.stamp()
    old, now = AT - timedelta(days=settings.FACT_RETENTION_DAYS + 1), AT
    OutboxFact.objects.exclude(payload__number=4).update(recorded_at=old)
    OutboxFact.objects.filter(payload__number=4).update(recorded_at=now)

    pruned = outbox.prune(registry.consumers(), now=now)

    assert pruned == 2
    assert sorted(OutboxFact.objects.values_list("payload__number", flat=True)) == [1, 4, 5]


@pytest.mark.django_db
def test_a_replay_after_pruning_says_from_when_on_facts_are_kept(settings):
    told = []
    registry = outbox.Registry()
    registry.projection("tests.told", kinds=[BellRang], reset=told.append)(lambda event, fact: None)
    ring(1, 2)
    Relay(registry).drain()
    OutboxFact.objects.update(recorded_at=AT - timedelta(days=settings.FACT_RETENTION_DAYS, seconds=1))
    outbox.replay(registry.get("tests.told"))
    Relay(registry).drain()
    outbox.prune(registry.consumers(), now=AT)

    next_position = outbox.replay(registry.get("tests.told"))

    assert told == [None, AT - timedelta(days=settings.FACT_RETENTION_DAYS)]
    assert next_position == 3


# --- Several at once --------------------------------------------------------------------------------------------------
def in_thread(function):
    """Start a function on its own database connection; returns the thread, whose ``error`` is what it raised."""

    def run():
        try:
            function()
        except BaseException as error:  # handed to the test
            thread.error = error
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.error = None
    thread.start()
    return thread


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_long_transaction_delays_only_its_own_facts(registry, listener):
    written, may_end = threading.Event(), threading.Event()

    def publish_slowly():
        with transaction.atomic():
            events.publish(BellRang(occurred_at=AT, number=1))
            written.set()
            may_end.wait(10)

    slow = in_thread(publish_slowly)
    written.wait(10)
    ring(2, 3)
    Relay(registry).drain()
    before = list(listener.heard)
    may_end.set()
    slow.join()
    Relay(registry).drain()

    assert slow.error is None
    assert (before, listener.heard) == ([2, 3], [2, 3, 1])
    assert positions() == [1, 2, 3]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_cursor_over_row_numbers_would_lose_the_late_fact():
    """The twin of the test above: without stamping, whoever reads in order of ids passes over the open transaction."""
    written, may_end = threading.Event(), threading.Event()

    def publish_slowly():
        with transaction.atomic():
            events.publish(BellRang(occurred_at=AT, number=1))
            written.set()
            may_end.wait(10)

    slow = in_thread(publish_slowly)
    written.wait(10)
    ring(2)
    heard, last = [], 0
    for step in range(2):
        for row in OutboxFact.objects.filter(pk__gt=last).order_by("pk"):
            heard.append(row.payload["number"])
            last = row.pk
        if step == 0:
            may_end.set()
            slow.join()

    assert heard == [2]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False], ids=["locked", "twin"])
def test_two_stampers_give_no_position_twice(locked, monkeypatch):
    ring(*range(40))
    both_read = threading.Barrier(2, timeout=2)
    take_lock = outbox._locked_head

    def head_without_lock(cursor):
        cursor.execute("SELECT position FROM core_outboxhead WHERE id = 1")
        found = cursor.fetchone()
        both_read.wait()
        return found[0] if found else 0

    monkeypatch.setattr(outbox, "_locked_head", take_lock if locked else head_without_lock)
    stampers = [in_thread(outbox.stamp) for _ in range(2)]
    for stamper in stampers:
        stamper.join()
    monkeypatch.setattr(outbox, "_locked_head", take_lock)
    ring(40)
    last = in_thread(outbox.stamp)
    last.join()

    went_well = [stamper.error for stamper in (*stampers, last)] == [None, None, None]
    is_gapless = positions() == list(range(1, 42)) and outbox.head_position() == 41
    assert (went_well and is_gapless) is locked
