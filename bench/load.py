"""A small load generator: prepared HTTP/1.1 requests over kept connections, on this machine only.

It lives in one process beside the server, so its own cost is part of every figure; compare figures of one run only.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import uvloop

MAX_SECONDS = 120


@dataclass
class Tally:
    """What came back: latencies in seconds, statuses, and what broke."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    broken: int = 0
    bodies: list[bytes] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    @property
    def errors(self) -> int:
        return self.broken + sum(count for status, count in self.statuses.items() if status >= 400)

    def percentile(self, share: float) -> float:
        """Return a latency in milliseconds; 0.99 for the 99th percentile (nearest rank)."""
        if not self.latencies:
            return float("nan")
        ranked = sorted(self.latencies)
        return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))]


class _Connection(asyncio.Protocol):
    """One kept connection with one request in flight."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end].lower()
        at = head.find(b"content-length:")
        if at < 0:
            return
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        end = head_end + 4 + length
        if len(self.buffer) >= end:
            body, self.buffer = self.buffer[head_end + 4 : end], self.buffer[end:]
            if self.answer is not None and not self.answer.done():
                self.answer.set_result((int(head[9:12]), body))

    def connection_lost(self, error):
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(ConnectionError(str(error)))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        self.answer = asyncio.get_running_loop().create_future()
        assert self.transport is not None
        if self.transport.is_closing():
            raise ConnectionError("closed")
        self.transport.write(request)
        return await self.answer


def post(path: str, body: bytes, *, token: str, host: str) -> bytes:
    """Return a request as bytes."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def closed_loop(
    port: int, sources: list[Iterator[bytes]], *, seconds: float, keep: Callable[[bytes], bool] | None = None
) -> Tally:
    """Let every source send its next request as soon as its last one is answered, for ``seconds``."""
    assert seconds <= MAX_SECONDS
    return uvloop.run(_closed(port, sources, seconds))


def open_loop(
    port: int, requests: Iterator[bytes], *, per_second: float, seconds: float, connections: int = 128
) -> Tally:
    """Send at a fixed rate whatever the server does; latency counts from when a request was due."""
    assert seconds <= MAX_SECONDS
    return uvloop.run(_open(port, requests, per_second, seconds, connections))


def all_at_once(port: int, requests: list[bytes], *, over_seconds: float = 0.0) -> Tally:
    """Send each request on a connection of its own, spread evenly over ``over_seconds``; keep the bodies."""
    return uvloop.run(_burst(port, requests, over_seconds))


async def _connect(port: int) -> _Connection:
    _transport, protocol = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", port)
    return protocol


def _note(tally: Tally, status: int, latency: float) -> None:
    tally.latencies.append(latency)
    tally.statuses[status] = tally.statuses.get(status, 0) + 1


async def _closed(port: int, sources: list[Iterator[bytes]], seconds: float) -> Tally:
    tally = Tally()
    connections = [await _connect(port) for _ in sources]
    begun = time.perf_counter()
    until = begun + seconds

    async def run(connection: _Connection, source: Iterator[bytes]) -> None:
        while (sent := time.perf_counter()) < until:
            try:
                status, _body = await asyncio.wait_for(connection.ask(next(source)), 30)
            except (ConnectionError, TimeoutError):
                tally.broken += 1
                connection = await _connect(port)
                continue
            _note(tally, status, time.perf_counter() - sent)

    await asyncio.gather(*(run(*pair) for pair in zip(connections, sources, strict=True)))
    tally.seconds = time.perf_counter() - begun
    for connection in connections:
        if connection.transport is not None:
            connection.transport.close()
    return tally


async def _open(port: int, requests: Iterator[bytes], per_second: float, seconds: float, connections: int) -> Tally:
    tally = Tally()
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(await _connect(port))
    begun = time.perf_counter()

    async def one(due: float, request: bytes) -> None:
        connection = await free.get()
        try:
            status, _body = await asyncio.wait_for(connection.ask(request), 30)
            _note(tally, status, time.perf_counter() - due)
        except (ConnectionError, TimeoutError):
            tally.broken += 1
            connection = await _connect(port)
        free.put_nowait(connection)

    tasks = []
    for number in range(int(per_second * seconds)):
        due = begun + number / per_second
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(due, next(requests))))
    await asyncio.gather(*tasks)
    tally.seconds = time.perf_counter() - begun
    return tally


async def _burst(port: int, requests: list[bytes], over_seconds: float) -> Tally:
    tally = Tally()
    connections = [await _connect(port) for _ in requests]
    begun = time.perf_counter()

    async def one(number: int, connection: _Connection, request: bytes) -> None:
        due = begun + over_seconds * number / len(requests)
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        try:
            status, body = await asyncio.wait_for(connection.ask(request), 60)
        except (ConnectionError, TimeoutError):
            tally.broken += 1
            return
        _note(tally, status, time.perf_counter() - due)
        tally.bodies.append(body)

    await asyncio.gather(*(one(number, *pair) for number, pair in enumerate(zip(connections, requests, strict=True))))
    tally.seconds = time.perf_counter() - begun
    for connection in connections:
        if connection.transport is not None:
            connection.transport.close()
    return tally
