"""The log of the live topics."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from apps.core import valkey
from apps.core.live import messages, publish
from apps.core.models import LiveMessage, LiveTopic

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOPIC = "job:1"
committing = pytest.mark.django_db(transaction=True)


def tell(*texts, topic=TOPIC):
    with transaction.atomic():
        for text in texts:
            publish(topic, "said", {"text": text})


def log_of(topic=TOPIC, seen=None):
    start = LiveTopic.objects.get(name=topic)
    replay = messages.after(topic, start.pruned_to if seen is None else seen)
    return [message.data["text"] for message in replay.messages]


@committing
def test_messages_are_numbered_without_gaps_and_name_the_one_before():
    tell("a", "b")
    tell("c")

    frames = [message.as_dict() for message in messages.after(TOPIC, LiveTopic.objects.get().pruned_to).messages]
    first = frames[0]["id"]
    assert [(frame["id"] - first, frame["after"] - first, frame["data"]["text"]) for frame in frames] == [
        (0, -1, "a"),
        (1, 0, "b"),
        (2, 1, "c"),
    ]
    assert {(frame["type"], frame["event"]) for frame in frames} == {("message", "said")}


@pytest.mark.django_db
def test_a_frame_can_be_read_back():
    message = messages.Message(topic=TOPIC, number=4, type="said", data={"a": [1]}, at=AT)

    assert messages.from_dict(message.as_dict()) == message


@committing
def test_a_rolled_back_transaction_says_nothing():
    with transaction.atomic():
        publish(TOPIC, "said", {"text": "never"})
        transaction.set_rollback(True)

    assert not LiveMessage.objects.exists()


@committing
def test_publish_outside_a_transaction_is_refused():
    with pytest.raises(messages.PublishedOutsideTransaction, match="job:1"):
        publish(TOPIC, "said", {})


@pytest.mark.django_db
def test_a_message_that_is_too_large_is_refused_where_it_is_written():
    with pytest.raises(ValueError, match="32768 are the most"):
        publish(TOPIC, "said", {"text": "x" * 40_000})


@committing
def test_after_returns_what_was_missed_and_says_when_that_is_not_all(monkeypatch):
    tell("a", "b", "c")
    last = LiveTopic.objects.get().number

    missed = messages.after(TOPIC, last - 1)
    assert ([message.data["text"] for message in missed.messages], missed.is_complete) == (["c"], True)
    assert messages.after(TOPIC, last) == messages.Replay(messages=[], number=last, is_complete=True)
    assert messages.after(TOPIC, None) == messages.Replay(messages=[], number=last, is_complete=True)
    for seen in (0, last + 1):
        assert messages.after(TOPIC, seen) == messages.Replay(messages=[], number=last, is_complete=False)
    monkeypatch.setattr(messages, "REPLAY_LIMIT", 2)
    assert messages.after(TOPIC, last - 3) == messages.Replay(messages=[], number=last, is_complete=False)


@committing
def test_a_topic_nobody_told_yet_is_heard_from_its_first_message_on():
    silent = messages.after(TOPIC, None)
    tell("first")

    assert (silent.messages, silent.is_complete) == ([], True)
    assert log_of(seen=silent.number) == ["first"]


@committing
def test_what_a_process_left_behind_is_swept_up(monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(messages, "announce", lambda topic: None)
        tell("a")
        tell("b", topic="job:2")
    before = LiveMessage.objects.filter(number=None).count()

    assert (before, messages.sweep(), messages.sweep()) == (2, 2, 0)
    assert (log_of(), log_of("job:2")) == (["a"], ["b"])


@committing
def test_without_valkey_the_log_has_everything(settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())

    tell("a")

    assert log_of() == ["a"]


@committing
def test_prune_forgets_old_messages_and_topics_and_numbers_never_come_back(settings):
    tell("old")
    tell("also old", topic="job:2")
    old_number = LiveTopic.objects.get(name=TOPIC).number
    LiveMessage.objects.update(created_at=AT - timedelta(hours=settings.LIVE_RETENTION_HOURS, seconds=1))
    tell("new", topic="job:2")
    LiveMessage.objects.filter(data__text="new").update(created_at=AT)

    pruned = messages.prune(now=AT)
    threading.Event().wait(0.002)
    tell("again")

    assert pruned == 2
    assert log_of("job:2") == ["new"]
    assert not messages.after("job:2", LiveTopic.objects.get(name="job:2").pruned_to - 1).is_complete
    assert LiveTopic.objects.get(name=TOPIC).number > old_number
    assert not messages.after(TOPIC, old_number).is_complete


@committing
@pytest.mark.slow
def test_a_long_transaction_holds_up_no_other_message_and_its_own_come_after():
    written, may_end = threading.Event(), threading.Event()

    def tell_slowly():
        try:
            with transaction.atomic():
                publish(TOPIC, "said", {"text": "slow"})
                written.set()
                may_end.wait(10)
        finally:
            connection.close()

    slow = threading.Thread(target=tell_slowly)
    slow.start()
    written.wait(10)
    tell("quick")
    before = log_of()
    may_end.set()
    slow.join()

    assert (before, log_of()) == (["quick"], ["quick", "slow"])


@committing
@pytest.mark.slow
def test_many_at_once_get_a_number_each():
    def run(name):
        try:
            for number in range(5):
                tell(f"{name}{number}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[name]) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    numbers = list(LiveMessage.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + 30))
