"""The middle of a live process: hears all topics from Valkey, knows who listens to which, and lets nobody miss a message.

Valkey is only the fast way. A gap in the numbers, a reconnection, or simply the next look at the log (every few seconds
while Valkey is away) brings what was missed.
"""

import asyncio
import contextlib
import weakref
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

import orjson
import redis.asyncio
import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from redis.exceptions import RedisError

from apps.core import metrics
from apps.core.live import messages
from apps.core.live.authority import LiveIdentity, authority
from apps.core.live.messages import Message, Replay

log = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

AUTHORITY_SECONDS = 3.0
LOOK_SECONDS = 15.0  # how often the log is looked at while Valkey works
LOOK_SECONDS_ALONE = 2.0  # and while it does not
RECONNECT_SECONDS = (0.1, 0.5, 1.0, 2.0)
LOST = (RedisError, OSError, TimeoutError)

_threads = ThreadPoolExecutor(4, thread_name_prefix="live-database")


async def in_database(function: Callable[..., Answer], *arguments: Any, **named: Any) -> Answer:
    """Run something that queries outside the event loop, on a few threads of the process."""

    def run() -> Answer:
        try:
            return function(*arguments, **named)
        finally:
            connection.close()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)


class Listener(Protocol):
    """A socket as the hub knows it. ``positions`` holds, for each topic, the last number sent."""

    identity: LiveIdentity
    positions: dict[str, int]

    async def send_frame(self, frame: dict[str, Any]) -> None:
        """Send one frame."""

    async def turn_away(self) -> None:
        """Close the socket of somebody whose standing has changed."""


class _Feed:
    """One topic with at least one listener here. Its lock keeps the order of what is sent."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.last = 0
        self.listeners: set[Listener] = set()
        self.lock = asyncio.Lock()


class Hub:
    """One per event loop. Tasks run from the first socket to the last."""

    _of_loop: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Hub]" = weakref.WeakKeyDictionary()

    def __init__(self) -> None:
        self.hears_valkey = asyncio.Event()
        self._feeds: dict[str, _Feed] = {}
        self._sockets: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    def current(cls) -> "Hub":
        """Return the hub of the running event loop."""
        return cls._of_loop.setdefault(asyncio.get_running_loop(), cls())

    # --- Sockets ------------------------------------------------------------------------------------------------------
    def enter(self, listener: Listener) -> None:
        """Take a socket in; from now on its standing is checked."""
        self._sockets.add(listener)
        metrics.sockets.labels("live").inc()
        if not self._tasks:
            loop = asyncio.get_running_loop()
            self._tasks = [
                loop.create_task(_forever(work)) for work in (self._hear, self._look_at_log, self._check_standings)
            ]

    async def leave(self, listener: Listener) -> None:
        """Let a socket go. With the last one the tasks end."""
        if listener in self._sockets:
            metrics.sockets.labels("live").dec()
        self._sockets.discard(listener)
        for topic in list(listener.positions):
            self.unsubscribe(listener, topic)
        if not self._sockets:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def subscribe(self, listener: Listener, topic: str, seen: int | None) -> None:
        """Send what the listener missed after ``seen``, then everything new. Whether it may is asked before."""
        feed = self._feeds.setdefault(topic, _Feed(topic))
        async with feed.lock:
            try:
                replay = await in_database(messages.after, topic, seen)
            except DatabaseError:
                self._forget_if_unheard(feed)
                raise
            if not feed.listeners:
                feed.last = replay.number
            feed.listeners.add(listener)
            self._feeds[topic] = feed
            listener.positions[topic] = replay.messages[0].number - 1 if replay.messages else replay.number
            await listener.send_frame(
                {"type": "subscribed", "topic": topic, "id": replay.number, "complete": replay.is_complete}
            )
            for message in replay.messages:
                await _send(listener, message)

    def unsubscribe(self, listener: Listener, topic: str) -> None:
        """Send this listener nothing more of a topic."""
        listener.positions.pop(topic, None)
        feed = self._feeds.get(topic)
        if feed is not None:
            feed.listeners.discard(listener)
            self._forget_if_unheard(feed)

    def _forget_if_unheard(self, feed: _Feed) -> None:
        # somebody who is just subscribing puts it back
        if not feed.listeners and self._feeds.get(feed.topic) is feed:
            del self._feeds[feed.topic]

    # --- Messages -----------------------------------------------------------------------------------------------------
    async def hear(self, message: Message) -> None:
        """Pass a message on, after those before it, unless it has been."""
        feed = self._feeds.get(message.topic)
        if feed is None:
            return
        async with feed.lock:
            if message.number <= feed.last:
                return
            if message.number > feed.last + 1:
                await self._catch_up(feed)
            else:
                await _pass_on(feed, message)

    async def look(self) -> None:
        """Compare every topic with the log and pass on what was missed."""
        if not self._feeds:
            return
        heads = await in_database(messages.heads, list(self._feeds))
        for topic, number in heads.items():
            feed = self._feeds.get(topic)
            if feed is not None and number > feed.last:
                async with feed.lock:
                    await self._catch_up(feed)

    async def _catch_up(self, feed: _Feed) -> None:
        replay: Replay = await in_database(messages.after, feed.topic, feed.last)
        if not replay.is_complete:
            feed.last = replay.number
            for listener in list(feed.listeners):
                listener.positions[feed.topic] = replay.number
                await _quietly(
                    listener.send_frame(
                        {"type": "subscribed", "topic": feed.topic, "id": replay.number, "complete": False}
                    )
                )
            return
        for message in replay.messages:
            await _pass_on(feed, message)

    # --- Tasks --------------------------------------------------------------------------------------------------------
    async def _hear(self) -> None:
        """Listen to Valkey, and to it again whenever it comes back."""
        losses = 0
        while True:
            with contextlib.suppress(*LOST):
                async with (
                    redis.asyncio.from_url(settings.REDIS_URL, socket_timeout=None, socket_connect_timeout=2) as server,
                    server.pubsub() as subscription,
                ):
                    await subscription.psubscribe(messages.channel("*"))
                    async for event in subscription.listen():
                        if event["type"] == "pmessage":
                            await self.hear(messages.from_dict(orjson.loads(event["data"])))
                        else:  # the subscription began, maybe not for the first time
                            self.hears_valkey.set()
                            losses = 0
                            await self.look()
            self.hears_valkey.clear()
            log.info("live_lost_valkey")
            await asyncio.sleep(RECONNECT_SECONDS[min(losses, len(RECONNECT_SECONDS) - 1)])
            losses += 1

    async def _look_at_log(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS if self.hears_valkey.is_set() else LOOK_SECONDS_ALONE)
            await self.look()

    async def _check_standings(self) -> None:
        """Close every socket whose owner was signed out, suspended or given other rights."""
        while True:
            await asyncio.sleep(AUTHORITY_SECONDS)
            sockets = list(self._sockets)
            credentials = {socket.identity.credential for socket in sockets}
            standings = await in_database(authority().standings, credentials, now=timezone.now())
            for socket in sockets:
                if standings.get(socket.identity.credential) != socket.identity.standing:
                    await _quietly(socket.turn_away())


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    """Run a task of the hub again after whatever ended it; a database that is away is waited for."""
    while True:
        try:
            await work()
        except DatabaseError as error:
            log.warning("live_lost_database", error=str(error))
        except Exception:  # a mistake of ours must not silence all sockets
            log.exception("live_task_failed", task=work.__name__)
        await asyncio.sleep(1)


async def _pass_on(feed: _Feed, message: Message) -> None:
    feed.last = message.number
    for listener in list(feed.listeners):
        await _quietly(_send(listener, message))


async def _send(listener: Listener, message: Message) -> None:
    if message.number > listener.positions.get(message.topic, message.number):
        listener.positions[message.topic] = message.number
        await listener.send_frame(message.as_dict())


async def _quietly(sending: Awaitable[None]) -> None:
    """Send to a socket that may be closing at this moment; the others must get theirs."""
    try:
        await sending
    except Exception as error:  # the server's ways to say that a socket is gone are its own
        log.debug("live_socket_gone", error=repr(error))
