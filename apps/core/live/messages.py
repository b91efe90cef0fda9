"""The log behind the live topics: written with the deed, numbered after the commit, told through Valkey, kept for a while.

Numbers of a topic follow each other without a gap and every message names the one before it, so whoever listens notices
a loss and reads the log. A topic's numbers begin at the milliseconds since 1970 when it was first used: a topic that was
forgotten and comes back never repeats one.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, Max, OuterRef

from apps.core import valkey
from apps.core.models import LiveMessage, LiveTopic

log = structlog.get_logger(__name__)

MAX_BYTES = 32 * 1024
REPLAY_LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class Message:
    """A numbered message of a topic."""

    topic: str
    number: int
    type: str
    data: Any
    at: datetime

    def as_dict(self) -> dict[str, Any]:
        """Return the frame a listener gets; ``after`` is the number of the message before this one."""
        return {
            "type": "message",
            "topic": self.topic,
            "id": self.number,
            "after": self.number - 1,
            "event": self.type,
            "data": self.data,
            "at": self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What a listener missed. When it ``is_complete`` is false, the log no longer holds all: load the state anew."""

    messages: Sequence[Message]
    number: int
    is_complete: bool


class PublishedOutsideTransaction(RuntimeError):
    """A message can only be published together with the deed it tells of."""


def publish(topic: str, type: str, data: Mapping[str, Any]) -> None:
    """Tell the listeners of a topic, if and when the caller's transaction commits.

    Nothing that goes wrong after the commit reaches the caller; the sweep of unnumbered messages makes up for it. Costs one
    INSERT, and after the commit a short transaction per topic.
    """
    if not connection.in_atomic_block:
        raise PublishedOutsideTransaction(
            f"{type} was published to {topic} outside a transaction. Publish it inside the `transaction.atomic` block of "
            "the deed."
        )
    size = len(orjson.dumps(data))
    if size > MAX_BYTES:
        raise ValueError(
            f"{type} for {topic} has {size} bytes; {MAX_BYTES} are the most. Send ids and let clients fetch."
        )
    LiveMessage.objects.create(topic=topic, type=type, data=dict(data))
    announcement = _Announcement(topic)
    if not any(callback == announcement for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(announcement)


@dataclass(frozen=True)
class _Announcement:
    """What is done about one topic after a commit, once however many messages the transaction wrote."""

    topic: str

    def __call__(self) -> None:
        try:
            announce(self.topic)
        except DatabaseError as error:
            log.warning("live_messages_left_to_the_sweep", topic=self.topic, error=str(error))


def announce(topic: str) -> int:
    """Number the topic's committed messages and send them out; return how many. A dead Valkey only delays the listeners."""
    numbered = _number(topic)
    try:
        for message in numbered:
            _send_out(message)
    except valkey.Unreachable:
        log.info("live_messages_left_to_the_log", topic=topic, count=len(numbered))
    return len(numbered)


def _send_out(message: Message) -> None:
    frame = orjson.dumps(message.as_dict())
    valkey.attempt(lambda server: server.publish(channel(message.topic), frame))


def channel(topic: str) -> str:
    """Return the name of the topic's channel in Valkey."""
    return f"{settings.VALKEY_PREFIX}:live:{topic}"


def _number(topic: str) -> list[Message]:
    start = _first_number()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_livetopic AS topic (name, number, pruned_to)
            VALUES (%s, %s, %s)
            ON CONFLICT (name) DO UPDATE SET number = topic.number
            RETURNING number
            """,
            [topic, start, start],
        )
        last = cursor.fetchone()[0]
        cursor.execute(
            """
            UPDATE core_livemessage AS message SET number = %s + waiting.place
            FROM (
                SELECT id, row_number() OVER (ORDER BY id) AS place FROM core_livemessage
                WHERE topic = %s AND number IS NULL
            ) AS waiting
            WHERE message.id = waiting.id
            RETURNING message.id
            """,
            [last, topic],
        )
        rows = LiveMessage.objects.filter(pk__in=[pk for (pk,) in cursor.fetchall()]).order_by("number")
        messages = [_message(row) for row in rows]
        if messages:
            LiveTopic.objects.filter(name=topic).update(number=messages[-1].number)
    return messages


def after(topic: str, seen: int | None) -> Replay:
    """Return the messages after the one a listener saw last; with None, only where the topic stands."""
    start = _first_number()
    head, _is_new = LiveTopic.objects.get_or_create(name=topic, defaults={"number": start, "pruned_to": start})
    if seen is None:
        return Replay(messages=[], number=head.number, is_complete=True)
    if seen < head.pruned_to or seen > head.number:
        return Replay(messages=[], number=head.number, is_complete=False)
    rows = list(LiveMessage.objects.filter(topic=topic, number__gt=seen).order_by("number")[: REPLAY_LIMIT + 1])
    if len(rows) > REPLAY_LIMIT:
        return Replay(messages=[], number=max(head.number, rows[-1].number or 0), is_complete=False)
    messages = [_message(row) for row in rows]
    return Replay(messages=messages, number=messages[-1].number if messages else head.number, is_complete=True)


def from_dict(frame: Mapping[str, Any]) -> Message:
    """Return the message of a frame that ``as_dict`` made."""
    return Message(
        topic=frame["topic"],
        number=frame["id"],
        type=frame["event"],
        data=frame["data"],
        at=datetime.fromisoformat(frame["at"]),
    )


def position(topic: str) -> int:
    """Return where a topic stands, for a page to render beside the state it shows and to listen from."""
    return after(topic, None).number


def heads(topics: Sequence[str]) -> dict[str, int]:
    """Return the last number of each of these topics that has any."""
    return dict(LiveTopic.objects.filter(name__in=topics).values_list("name", "number"))


def sweep() -> int:
    """Number and send what a process that ended between commit and announcement left behind; return how many."""
    topics = LiveMessage.objects.filter(number=None).order_by().values_list("topic", flat=True).distinct()
    return sum(announce(topic) for topic in list(topics[:1000]))


def prune(*, now: datetime, batch: int = 5000) -> int:
    """Remove messages older than ``LIVE_RETENTION_HOURS`` and topics without any; return how many messages.

    One call removes at most ``batch``; call again until it returns 0.
    """
    before = now - timedelta(hours=settings.LIVE_RETENTION_HOURS)
    old = LiveMessage.objects.filter(created_at__lt=before, number__isnull=False).order_by("created_at")
    doomed = list(old.values_list("pk", flat=True)[:batch])
    with transaction.atomic():
        rows = LiveMessage.objects.filter(pk__in=doomed)
        ends = rows.order_by().values("topic").annotate(last=Max("number")).order_by("topic")
        for end in ends:
            LiveTopic.objects.filter(name=end["topic"], pruned_to__lt=end["last"]).update(pruned_to=end["last"])
        rows.delete()
        LiveTopic.objects.filter(
            ~Exists(LiveMessage.objects.filter(topic=OuterRef("name"))), pruned_to=F("number")
        ).delete()
    return len(doomed)


def _first_number() -> int:
    return int(time.time() * 1000)


def _message(row: LiveMessage) -> Message:
    return Message(topic=row.topic, number=row.number or 0, type=row.type, data=row.data, at=row.created_at)
