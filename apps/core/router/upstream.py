"""Connections to web and live: kept open, handed from request to request."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from apps.core.router.chunks import BadChunk, ChunkReader, framed
from apps.core.router.exchange import Exchange
from apps.core.router.heads import HEAD_END, ResponseHead, parse_response
from apps.core.router.refusals import NO_ANSWER, NOT_THERE

logger = logging.getLogger("lectern.router")

ANSWER_HEAD_LIMIT = 64 * 1024
FIRST_RETRY_SECONDS = 0.05
LAST_RETRY_SECONDS = 0.5
IDLE_SECONDS = 10  # less than the servers' own limit, so that none is closed under a request just sent
CONNECTIONS = 512
UNTIL_CLOSE = -1


class UpstreamConnection(asyncio.Protocol):
    """One connection; it carries one exchange at a time."""

    __slots__ = (
        "buffer",
        "chunks",
        "closes",
        "exchange",
        "idle_since",
        "is_held",
        "is_tunnel",
        "left",
        "transport",
        "upstream",
    )

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.exchange: Exchange | None = None
        self.buffer = b""
        self.left: int | None = None  # bytes of the body to come; None while the head is
        self.chunks: ChunkReader | None = None
        self.closes = False
        self.is_tunnel = False
        self.is_held = False
        self.idle_since = 0.0

    def begin(self, exchange: Exchange) -> None:
        self.exchange = exchange
        exchange.upstream = self
        exchange.attempts += 1
        self.transport.write(exchange.opening)
        exchange.client.was_sent(exchange)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        exchange = self.exchange
        if exchange is None:
            self.transport.abort()  # nobody asked
        elif self.is_tunnel:
            exchange.client.write(data)
        elif self.left is None:
            self._read_head(exchange, data)
        else:
            self._read_body(exchange, data)

    def _read_head(self, exchange: Exchange, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        end = data.find(HEAD_END)
        if end < 0:
            self.buffer = data
            if len(data) > ANSWER_HEAD_LIMIT:
                self._fail("the head of an answer is too long")
            return
        self.buffer = b""
        try:
            head = parse_response(data[:end])
        except ValueError as error:
            self._fail(str(error))
            return
        rest = data[end + 4 :]
        if head.status == 101:
            self._open_tunnel(exchange, head, rest)
        elif head.status < 200:
            if rest:  # an interim answer; the final one follows
                self._read_head(exchange, rest)
        else:
            self._begin_answer(exchange, head, rest)

    def _begin_answer(self, exchange: Exchange, head: ResponseHead, rest: bytes) -> None:
        self._set_framing(exchange, head)
        exchange.has_answer = True
        text = exchange.client.answer_head(exchange, head, ends_with_connection=self.left == UNTIL_CLOSE)
        if self.left == len(rest) and self.chunks is None:  # the usual case: head and body in one piece
            exchange.client.write(text + rest)
            self._finish(exchange)
            return
        exchange.client.write(text)
        if rest or self.left == 0:
            self._read_body(exchange, rest)

    def _set_framing(self, exchange: Exchange, head: ResponseHead) -> None:
        self.closes = head.closes
        self.chunks = None
        if exchange.head.method == b"HEAD" or head.status in {204, 304}:
            self.left = 0
        elif head.is_chunked:
            self.left = 1  # unknown, but not none
            self.chunks = ChunkReader()
        elif head.length is not None:
            self.left = head.length
        else:
            self.left = UNTIL_CLOSE
            self.closes = True

    def _read_body(self, exchange: Exchange, data: bytes) -> None:
        client = exchange.client
        client.note_progress(exchange)
        if self.chunks is not None:
            self._read_chunks(exchange, self.chunks, data)
        elif self.left == UNTIL_CLOSE:
            client.write(data)
        else:
            left = cast("int", self.left) - len(data)
            if left < 0:
                self._fail("an answer is longer than announced")
                return
            self.left = left
            if data:
                client.write(data)
            if left == 0:
                self._finish(exchange)

    def _read_chunks(self, exchange: Exchange, chunks: ChunkReader, data: bytes) -> None:
        try:
            pieces = chunks.feed(data)
        except BadChunk as error:
            self._fail(str(error))
            return
        output = framed(pieces, is_last=chunks.is_done)
        if output:
            exchange.client.write(output)
        if chunks.is_done:
            if chunks.rest:
                self.closes = True
            self._finish(exchange)

    def _open_tunnel(self, exchange: Exchange, head: ResponseHead, rest: bytes) -> None:
        if not exchange.head.wants_websocket:
            self._fail("an upgrade nobody asked for")
            return
        self.is_tunnel = True
        exchange.has_answer = True
        exchange.client.open_tunnel(exchange, head.text + HEAD_END + rest)

    def _finish(self, exchange: Exchange) -> None:
        """The answer is complete: the connection serves the next request, unless something is left in it."""
        self.exchange = None
        self.left = None
        exchange.upstream = None
        if self.closes or not exchange.is_request_complete:
            self.transport.close()
        else:
            self.go_on()
            self.upstream.group.release(self)
        exchange.client.finish(exchange)

    def _fail(self, reason: str) -> None:
        logger.error("%s: %s; the connection is closed.", self.upstream.group.name, reason)
        self.transport.abort()

    def hold(self) -> None:
        """Read no more until ``go_on``: the client cannot keep up."""
        if not self.is_held:
            self.is_held = True
            self.transport.pause_reading()

    def go_on(self) -> None:
        if self.is_held and not self.transport.is_closing():
            self.is_held = False
            self.transport.resume_reading()

    def give_up(self) -> None:
        """The client is gone, or will not have the rest."""
        self.exchange = None
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.upstream.lost(self)
        exchange, self.exchange = self.exchange, None
        if exchange is None:
            return
        exchange.upstream = None
        if self.is_tunnel:
            exchange.client.close()
        elif self.left == UNTIL_CLOSE and exc is None:
            exchange.client.finish(exchange)
        elif exchange.has_answer:
            exchange.client.abort()  # a part of the answer is out: only the end of the connection tells the truth
        elif exchange.can_be_repeated:
            self.upstream.group.submit(exchange)
        else:
            exchange.client.refuse(NO_ANSWER, exchange)

    def pause_writing(self) -> None:
        if self.exchange is not None:
            self.exchange.client.pause()

    def resume_writing(self) -> None:
        if self.exchange is not None:
            self.exchange.client.resume()


class Upstream:
    """One server and the connections to it. ``is_away`` while it does not accept any."""

    def __init__(self, group: UpstreamGroup, path: Path) -> None:
        self.group = group
        self.path = str(path)
        self.is_away = False
        self.idle: deque[UpstreamConnection] = deque()
        self.open: set[UpstreamConnection] = set()
        self.connecting: set[asyncio.Task[None]] = set()

    @property
    def load(self) -> int:
        """Requests it has, or is about to get."""
        return len(self.open) - len(self.idle) + len(self.connecting)

    def connect(self) -> None:
        """Open one more connection, for the request that waits longest. While away one attempt goes on at a time."""
        if len(self.open) + len(self.connecting) >= CONNECTIONS or (self.is_away and self.connecting):
            return
        task = asyncio.get_running_loop().create_task(self._connect())
        self.connecting.add(task)
        task.add_done_callback(self.connecting.discard)

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        connection = UpstreamConnection(self)
        pause = FIRST_RETRY_SECONDS
        while True:
            try:
                await loop.create_unix_connection(lambda: connection, self.path)
                break
            except BlockingIOError:  # it is there, but has many connections to accept already
                await asyncio.sleep(FIRST_RETRY_SECONDS)
            except OSError as error:
                if self.is_away and len(self.connecting) > 1:
                    return  # another attempt goes on
                self._note_absence(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LAST_RETRY_SECONDS)
        self.open.add(connection)
        self.group.release(connection)
        self._note_presence()

    def _note_presence(self) -> None:
        if self.is_away:
            logger.info("%s answers again on %s.", self.group.name, self.path)
            self.is_away = False
            self.group.spread()

    def _note_absence(self, error: OSError) -> None:
        if not self.is_away:
            logger.warning("%s does not answer on %s (%s).", self.group.name, self.path, error.strerror or error)
        self.is_away = True
        self.group.spread()

    def lost(self, connection: UpstreamConnection) -> None:
        self.open.discard(connection)
        if connection in self.idle:
            self.idle.remove(connection)
        self.group.spread()

    def close_unused(self, clock: float) -> None:
        while self.idle and self.idle[0].idle_since + IDLE_SECONDS < clock:
            self.idle.popleft().transport.close()

    def close(self) -> None:
        for task in self.connecting:
            task.cancel()
        for connection in list(self.open):
            connection.transport.close()


class UpstreamGroup:
    """Servers that do the same. A request goes to the least busy one; while all are away requests wait."""

    def __init__(self, name: str, paths: Sequence[Path], *, patience: float) -> None:
        self.name = name
        self.patience = patience
        self.clock = 0.0  # seconds, moved on by the router
        self._upstreams = [Upstream(self, path) for path in paths]
        self._waiting: deque[Exchange] = deque()

    def submit(self, exchange: Exchange) -> None:
        """Send the request on an idle connection, or as soon as there is one."""
        upstream = self._least_busy()
        if upstream.idle:
            upstream.idle.pop().begin(exchange)
            return
        exchange.deadline = self.clock + self.patience
        self._waiting.append(exchange)
        upstream.connect()

    def release(self, connection: UpstreamConnection) -> None:
        """Give a connection that is free to the request that waits longest."""
        while self._waiting:
            exchange = self._waiting.popleft()
            if not exchange.is_done:
                connection.begin(exchange)
                return
        connection.idle_since = self.clock
        connection.upstream.idle.append(connection)

    def spread(self) -> None:
        """A server or a connection is gone: see that the requests that wait get connections elsewhere."""
        for _ in range(len(self._waiting) - sum(len(upstream.connecting) for upstream in self._upstreams)):
            self._least_busy().connect()

    def sweep(self, clock: float) -> None:
        """Refuse the requests that waited too long, and close connections nobody needed for a while."""
        self.clock = clock
        while self._waiting and (self._waiting[0].is_done or self._waiting[0].deadline < clock):
            exchange = self._waiting.popleft()
            if not exchange.is_done:
                exchange.client.refuse(NOT_THERE, exchange)
        for upstream in self._upstreams:
            upstream.close_unused(clock)

    def close(self) -> None:
        for upstream in self._upstreams:
            upstream.close()

    def _least_busy(self) -> Upstream:
        return min(self._upstreams, key=lambda upstream: (upstream.is_away, upstream.load))
