"""A client's connection: requests are read one after the other, and answered in their order."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, cast

from apps.core.router.callers import caller_behind, is_trusted, plain_address
from apps.core.router.chunks import BadChunk, ChunkReader
from apps.core.router.exchange import Exchange
from apps.core.router.heads import HEAD_END, HEAD_LIMIT, Refused, RequestHead, ResponseHead, parse_request
from apps.core.router.refusals import NOT_THERE, TOO_SLOW, refusal_answer

if TYPE_CHECKING:
    from apps.core.router.server import Router

BODY_COLLECTED = 256 * 1024  # a smaller body is read whole before an upstream is kept busy with it
CHUNKED_LIMIT = 2 * 1024 * 1024  # such a body is measured first, since the application wants its length
AHEAD_LIMIT = 256 * 1024  # of requests that come before the answer to the first
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Stage(Enum):
    """What the bytes that arrive belong to."""

    HEAD = "head"
    BODY = "body"
    ANSWER = "answer"  # the next request, which waits
    TUNNEL = "tunnel"
    FAREWELL = "farewell"  # nothing: they are read and dropped until the client has seen the end


class ClientConnection(asyncio.Protocol):
    __slots__ = (
        "arrivals",
        "buffer",
        "chunks",
        "collected",
        "collected_size",
        "consumed",
        "deadline",
        "exchange",
        "is_full",
        "is_paused",
        "left",
        "peer",
        "received",
        "router",
        "stage",
        "transport",
        "trusts_peer",
    )

    def __init__(self, router: Router) -> None:
        self.router = router
        self.transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.stage = Stage.HEAD
        self.exchange: Exchange | None = None
        self.buffer = b""
        self.received = self.consumed = 0  # bytes since the connection was made
        self.arrivals: deque[tuple[int, int]] = deque()  # (bytes received by then, microseconds since 1970)
        self.left = 0  # bytes of the body to come
        self.chunks: ChunkReader | None = None
        self.collected: list[bytes] = []
        self.collected_size = 0
        self.deadline = 0.0  # 0: none
        self.is_paused = False
        self.is_full = False  # answers pile up: the client reads too slowly

    # --- What the event loop tells --------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        address = plain_address(transport.get_extra_info("peername")[0])
        self.peer = str(address)
        self.trusts_peer = is_trusted(address, self.router.options.trusted_proxies)
        self.router.clients.add(self)
        self.deadline = self.router.clock + self.router.options.patience.head

    def data_received(self, data: bytes) -> None:
        if self.stage is Stage.TUNNEL:
            self._upstream_write(data)
            return
        if self.stage is Stage.FAREWELL:
            return
        self.received += len(data)
        self.arrivals.append((self.received, time.time_ns() // 1000))
        self.buffer = self.buffer + data if self.buffer else data
        self._advance()

    def connection_lost(self, exc: Exception | None) -> None:
        self.router.clients.discard(self)
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.is_done = True
            if exchange.upstream is not None:
                exchange.upstream.give_up()

    def pause_writing(self) -> None:
        self.is_full = True
        if self.exchange is not None and self.exchange.upstream is not None:
            self.exchange.upstream.hold()

    def resume_writing(self) -> None:
        self.is_full = False
        if self.exchange is None:
            self._go_on()
        elif self.exchange.upstream is not None:
            self.exchange.upstream.go_on()

    # --- Requests -------------------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Take from the buffer what the present stage can use."""
        try:
            if self.stage is Stage.HEAD:
                self._read_head()
            if self.stage is Stage.BODY:
                self._read_body()
        except Refused as refused:
            self.refuse(refused, self.exchange, closes=True)
            return
        if self.stage is Stage.ANSWER and len(self.buffer) > AHEAD_LIMIT:
            self.pause()

    def _read_head(self) -> None:
        buffer = self.buffer
        while buffer.startswith(b"\r\n"):  # some clients send an empty line after a body
            buffer = self._take(2)
        end = buffer.find(HEAD_END)
        if end > HEAD_LIMIT or (end < 0 and len(buffer) > HEAD_LIMIT):
            raise Refused(431, "head_too_large", "The request head is longer than 16 KiB.")
        if end < 0:
            if buffer and self._is_between_requests():
                self.deadline = self.router.clock + self.router.options.patience.head
            return
        head = parse_request(buffer[:end])
        arrived = self._arrival_of(self.consumed + end + 4)
        self._take(end + 4)
        self.exchange = exchange = Exchange(self, head)
        exchange.opening = self._opening(head, arrived)
        self._begin_body(head)

    def _is_between_requests(self) -> bool:
        """Whether the running deadline is still the generous one for a request to begin."""
        return self.deadline > self.router.clock + self.router.options.patience.head

    def _take(self, size: int) -> bytes:
        """Drop ``size`` bytes from the front of the buffer; returns the rest."""
        self.consumed += size
        self.buffer = self.buffer[size:]
        if not self.buffer:
            self.arrivals.clear()
        return self.buffer

    def _arrival_of(self, position: int) -> int:
        """When the connection's byte number ``position`` arrived, in microseconds since 1970."""
        arrivals = self.arrivals
        while arrivals[0][0] < position:
            arrivals.popleft()
        return arrivals[0][1]

    def _opening(self, head: RequestHead, arrived: int) -> bytes:
        """The head as the upstream gets it, but for the length of the body and the empty line."""
        host = head.host or b""
        caller, scheme = self.peer, b"http"
        if self.trusts_peer:
            caller = caller_behind(caller, head.forwarded_for.decode("latin-1"), self.router.options.trusted_proxies)
            scheme = b"https" if head.forwarded_proto == b"https" else scheme
        version = b"1.0" if head.is_old else b"1.1"
        lines = [
            b"%b %b HTTP/%b" % (head.method, head.target, version),
            *head.lines,
            b"X-Forwarded-For: " + caller.encode(),
            b"X-Forwarded-Proto: " + scheme,
            b"X-Forwarded-Host: " + host,
            b"X-Request-Arrived: %d" % arrived,
            self.router.secret_line,
        ]
        if head.wants_websocket and head.is_live:
            lines.append(b"Connection: Upgrade\r\nUpgrade: websocket")
        return b"\r\n".join(lines)

    def _begin_body(self, head: RequestHead) -> None:
        self.chunks = ChunkReader() if head.is_chunked else None
        self.left = head.length or 0
        self.collected, self.collected_size = [], 0
        if not (head.is_chunked or self.left):
            self._end_body(head)
            return
        self.stage = Stage.BODY
        self.deadline = self.router.clock + self.router.options.patience.body
        if head.expects_continue:
            self.transport.write(CONTINUE)

    def _read_body(self) -> None:
        exchange = cast("Exchange", self.exchange)
        if not self.buffer:
            return
        self.deadline = self.router.clock + self.router.options.patience.body
        if self.chunks is not None:
            self._read_chunks(exchange, self.chunks)
            return
        piece = self.buffer[: self.left]
        self._take(len(piece))
        self.left -= len(piece)
        if exchange.attempts:
            self._upstream_write(piece)
        else:
            self.collected.append(piece)
            self.collected_size += len(piece)
        if self.left == 0:
            self._end_body(exchange.head)
        elif not exchange.attempts and self.collected_size >= BODY_COLLECTED:
            self._open_long_body(exchange)

    def _read_chunks(self, exchange: Exchange, chunks: ChunkReader) -> None:
        data, size = self.buffer, len(self.buffer)
        try:
            pieces = chunks.feed(data)
        except BadChunk as error:
            raise Refused(400, "bad_request", f"The chunked body is malformed: {error}.") from None
        self._take(size - len(chunks.rest))
        self.collected += pieces
        self.collected_size += sum(map(len, pieces))
        if self.collected_size > CHUNKED_LIMIT:
            raise Refused(411, "length_required", "Send a body of more than 2 MiB with its Content-Length.")
        if chunks.is_done:
            self._end_body(exchange.head)

    def _open_long_body(self, exchange: Exchange) -> None:
        """Send what was collected, and let the rest follow as it comes."""
        self._complete_opening(exchange, length=exchange.head.length)
        if exchange.upstream is None:
            self.pause()  # until the upstream has taken it

    def _end_body(self, head: RequestHead) -> None:
        exchange = cast("Exchange", self.exchange)
        self.stage = Stage.ANSWER
        self.deadline = 0.0
        exchange.is_request_complete = True
        if exchange.attempts:
            self.note_progress(exchange)
        elif not exchange.deadline:
            self._complete_opening(exchange, length=self.collected_size if head.is_chunked else head.length)

    def _complete_opening(self, exchange: Exchange, *, length: int | None) -> None:
        body = b"".join(self.collected)
        self.collected = []
        announced = b"\r\nContent-Length: %d\r\n\r\n" % length if length is not None else HEAD_END
        exchange.opening = b"".join((exchange.opening, announced, body))
        self.router.group_for(exchange.head).submit(exchange)

    def _upstream_write(self, data: bytes) -> None:
        if self.exchange is not None and self.exchange.upstream is not None:
            self.exchange.upstream.transport.write(data)

    # --- Answers, told by the upstream connection -----------------------------------------------------------------------

    def was_sent(self, exchange: Exchange) -> None:
        """The opening is on its way."""
        if not exchange.can_be_repeated:
            exchange.opening = b""
        self.resume()
        self.note_progress(exchange)

    def note_progress(self, exchange: Exchange) -> None:
        if exchange.is_request_complete:
            self.deadline = self.router.clock + self.router.options.patience.answer

    def answer_head(self, exchange: Exchange, head: ResponseHead, *, ends_with_connection: bool) -> bytes:
        self.note_progress(exchange)
        if ends_with_connection or self._closes_after(exchange):
            exchange.head.connection = b"close"
            return head.text + b"\r\nConnection: close\r\n\r\n"
        return head.text + HEAD_END

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    def finish(self, exchange: Exchange) -> None:
        """The answer is out: on to the next request, or goodbye."""
        exchange.is_done = True
        self.exchange = None
        if self._closes_after(exchange):
            self._say_farewell()
            return
        self.stage = Stage.HEAD
        self.deadline = self.router.clock + self.router.options.patience.idle
        if self.is_full:
            self.pause()  # no further request before this answer is taken
        else:
            self._go_on()

    def _go_on(self) -> None:
        """Between two exchanges: read the next request, if it is there already."""
        self.resume()
        if self.buffer:
            self._advance()

    def open_tunnel(self, exchange: Exchange, opening: bytes) -> None:
        self.stage = Stage.TUNNEL
        self.deadline = 0.0
        self.transport.write(opening)
        self.resume()
        if self.buffer:
            self._upstream_write(self.buffer)
            self.buffer = b""

    def refuse(self, refused: Refused, exchange: Exchange | None, *, closes: bool = False) -> None:
        """Answer in the upstream's place."""
        closes = closes or exchange is None or self._closes_after(exchange)
        is_head = exchange is not None and exchange.head.method == b"HEAD"
        self.transport.write(refusal_answer(refused, closes=closes, is_head=is_head))
        if exchange is not None:
            exchange.is_done = True
            if exchange.upstream is not None:
                exchange.upstream.give_up()
                exchange.upstream = None
        if closes:
            self.exchange = None
            self._say_farewell()
        else:
            self.finish(cast("Exchange", exchange))

    def _closes_after(self, exchange: Exchange) -> bool:
        return exchange.head.wants_close or not exchange.is_request_complete or self.router.is_stopping

    def _say_farewell(self) -> None:
        """Half-close and wait a moment: closing at once could destroy an answer that is still on its way."""
        self.stage = Stage.FAREWELL
        self.buffer = b""
        self.deadline = self.router.clock + self.router.options.patience.farewell
        self.resume()
        self.transport.write_eof()

    # --- Ends and pauses ------------------------------------------------------------------------------------------------

    def expire(self) -> None:
        """The deadline has passed."""
        self.deadline = 0.0
        if self.stage is Stage.HEAD and not self.buffer:
            self.transport.close()
        elif self.stage is Stage.ANSWER and self.exchange is not None and not self.exchange.has_answer:
            self.refuse(TOO_SLOW if self.exchange.attempts else NOT_THERE, self.exchange)
        elif self.stage in {Stage.HEAD, Stage.BODY} and not (self.exchange and self.exchange.attempts):
            late = Refused(408, "request_timeout", "The request did not arrive in time.")
            self.refuse(late, self.exchange, closes=True)
        else:
            self.abort()

    def close(self) -> None:
        self.transport.close()

    def abort(self) -> None:
        self.transport.abort()

    def pause(self) -> None:
        if not self.is_paused and not self.transport.is_closing():
            self.is_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        if self.is_paused and not self.transport.is_closing():
            self.is_paused = False
            self.transport.resume_reading()
