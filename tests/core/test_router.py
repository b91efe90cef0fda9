import asyncio
import contextlib
import json
import shutil
import tempfile
import threading
import time
from ipaddress import ip_network
from pathlib import Path

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from apps.core.router.callers import caller_behind
from apps.core.router.chunks import BadChunk, ChunkReader, framed
from apps.core.router.heads import Refused, parse_request
from apps.core.router.options import Patience, RouterOptions
from apps.core.router.server import Router

IMPATIENCE = Patience(head=0.3, body=0.3, upstream=0.5, answer=0.6)


@pytest.fixture(scope="module")
def router_loop():
    """The router's own event loop, in a thread: the kind it runs on in earnest."""
    loop = uvloop.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def directory():
    path = Path(tempfile.mkdtemp(prefix="lectern-"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
async def start_router(directory, router_loop):
    """Start a router over the sockets ``web-1``, ``web-2`` and ``live`` of the directory; returns it with its port."""
    routers = []

    async def start(*, webs=1, **options):
        router = Router(
            RouterOptions(
                host="127.0.0.1",
                port=0,
                web_sockets=tuple(directory / f"web-{number}" for number in range(1, webs + 1)),
                live_socket=directory / "live",
                secret="s3cret",
                **options,
            )
        )
        routers.append(router)
        router.port = await there(router.start())
        return router

    async def there(coroutine):
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, router_loop))

    start.stop = lambda router: there(router.stop())
    yield start
    for router in routers:
        await there(router.stop())


@pytest.fixture
async def listen(directory):
    """Run a handler of streams on a socket of the directory; nothing of it is left open afterwards."""
    servers, writers = [], []

    async def start(handler, name="web-1"):
        async def handle(reader, writer):
            writers.append(writer)
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await handler(reader, writer)
            writer.close()

        servers.append(await asyncio.start_unix_server(handle, directory / name, limit=2**20))

    yield start
    for server in servers:
        server.close()
    for writer in writers:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


class Application:
    """Records each request as (head lines, body); answers with what ``answer(head, body)`` returns.

    An answer is bytes, or None to drop the connection without a word.
    """

    def __init__(self, answer):
        self.answer = answer
        self.requests = []
        self.connections = 0

    async def talk(self, reader, writer):
        self.connections += 1
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
            lengths = [line.split(":")[1] for line in head if line.lower().startswith("content-length:")]
            body = await reader.readexactly(int(lengths[0])) if lengths else b""
            self.requests.append((head, body))
            answer = self.answer(head, body)
            if asyncio.iscoroutine(answer):
                answer = await answer
            if answer is None:
                break
            writer.write(answer)
            await writer.drain()


def plain(body, status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def echo(head, body):
    return plain(f"{head[0]} {len(body)}")


@pytest.fixture
async def serve(listen):
    async def start(answer=echo, name="web-1"):
        application = Application(answer)
        await listen(application.talk, name)
        return application

    return start


@contextlib.asynccontextmanager
async def connected(router):
    reader, writer = await asyncio.open_connection("127.0.0.1", router.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def read_answer(reader):
    """(status, header mapping, body) of one answer with a length."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return int(head[0].split()[1]), headers, body


async def ask(router, request):
    async with connected(router) as (reader, writer):
        writer.write(request)
        return await read_answer(reader)


def get(path="/", *lines):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: campus.test", *lines, "", ""]).encode()


def post(body, *lines, path="/answer"):
    head = [f"POST {path} HTTP/1.1", "Host: campus.test", f"Content-Length: {len(body)}", *lines, "", ""]
    return "\r\n".join(head).encode() + body


def fields(head):
    return sorted(line for line in head[1:] if not line.startswith("X-Request-Arrived"))


async def test_the_application_is_told_who_asked_and_nothing_the_caller_made_up(start_router, serve):
    web, router = await serve(), await start_router()
    forged = [
        "X-Forwarded-For: 6.6.6.6",
        "x-forwarded-proto: https",
        "X-Forwarded-Port: 1",
        "Forwarded: for=6.6.6.6",
        "X-Real-IP: 6.6.6.6",
        "X-Request-Arrived: 1",
        "X-Router-Secret: guess",
        "X_Router_Secret: guess",
        "Connection: keep-alive, X-Private",
        "X-Private: for the router alone",
        "Proxy-Connection: keep-alive",
        "Upgrade: websocket",
        "Accept: text/html",
    ]

    status, _, body = await ask(router, get("/courses?page=2", *forged))

    assert (status, body) == (200, b"GET /courses?page=2 HTTP/1.1 0")
    assert fields(web.requests[0][0]) == [
        "Accept: text/html",
        "Host: campus.test",
        "X-Forwarded-For: 127.0.0.1",
        "X-Forwarded-Host: campus.test",
        "X-Forwarded-Proto: http",
        "X-Router-Secret: s3cret",
    ]


def arrival(head):
    return next(int(line.split(": ")[1]) for line in head if line.startswith("X-Request-Arrived"))


@pytest.mark.slow
async def test_arrival_is_when_the_last_byte_of_the_head_came_not_when_its_turn_came(start_router, serve):
    async def slowly(head, body):
        await asyncio.sleep(0.1)
        return echo(head, body)

    web, router = await serve(slowly), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get("/first")[:-1])
        await asyncio.sleep(0.02)
        before = time.time_ns() // 1000
        writer.write(b"\n" + get("/second"))
        await read_answer(reader)
        between = time.time_ns() // 1000
        await read_answer(reader)

    first, second = (arrival(head) for head, _ in web.requests)
    assert before <= first <= second < between - 50_000


async def test_pipelined_requests_are_answered_in_order(start_router, serve):
    web, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get("/1") + post(b"x" * 10, path="/2") + b"\r\n" + get("/3"))
        bodies = [(await read_answer(reader))[2] for _ in range(3)]

    assert bodies == [b"GET /1 HTTP/1.1 0", b"POST /2 HTTP/1.1 10", b"GET /3 HTTP/1.1 0"]
    assert web.connections == 1


@pytest.mark.parametrize("empty", [post(b"", path="/empty"), get("/empty")])
async def test_a_request_without_body_is_not_given_the_length_of_the_one_before(start_router, serve, empty):
    """Announced but never sent, those bytes would be taken from the request that comes next on the connection."""
    web, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        bodies = []
        for request in (post(b"x" * 180, path="/full"), empty, post(b"y" * 7, path="/next")):
            writer.write(request)
            bodies.append((await asyncio.wait_for(read_answer(reader), 5))[2])

    assert [body.rsplit(b" ", 1)[1] for body in bodies] == [b"180", b"0", b"7"]
    assert [body for _head, body in web.requests] == [b"x" * 180, b"", b"y" * 7]


async def test_chunked_body_reaches_the_application_with_its_length(start_router, serve):
    web, router = await serve(), await start_router()
    head = b"POST /answer HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with connected(router) as (reader, writer):
        for byte in head + b"4;name=value\r\nabcd\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n":
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        writer.write(get("/next"))
        answers = [await read_answer(reader), await read_answer(reader)]

    assert [answer[2] for answer in answers] == [b"POST /answer HTTP/1.1 14", b"GET /next HTTP/1.1 0"]
    assert web.requests[0][1] == b"abcd0123456789"
    assert "Content-Length: 14" in web.requests[0][0]


BAD_REQUESTS = {
    "both lengths": b"POST / HTTP/1.1\r\nHost: c\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, other way": b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: c\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "list of lengths": b"POST / HTTP/1.1\r\nHost: c\r\nContent-Length: 4, 4\r\n\r\nabcd",
    "signed length": b"POST / HTTP/1.1\r\nHost: c\r\nContent-Length: +4\r\n\r\nabcd",
    "unknown coding": b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "disguised coding": b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding in 1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "space before colon": b"POST / HTTP/1.1\r\nHost: c\r\nContent-Length : 4\r\n\r\nabcd",
    "folded line": b"GET / HTTP/1.1\r\nHost: c\r\nX-Note: a\r\n b\r\n\r\n",
    "bare line feed": b"GET / HTTP/1.1\r\nHost: c\nX-Note: a\r\n\r\n",
    "null byte": b"GET / HTTP/1.1\r\nHost: c\r\nX-Note: a\0b\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: c\r\nHost: d\r\n\r\n",
    "absolute target": b"GET http://evil.test/ HTTP/1.1\r\nHost: c\r\n\r\n",
    "connect": b"CONNECT evil.test:443 HTTP/1.1\r\nHost: c\r\n\r\n",
    "two spaces": b"GET  / HTTP/1.1\r\nHost: c\r\n\r\n",
    "no version": b"GET /\r\nHost: c\r\n\r\n",
    "chunk size": b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n",
    "chunk end": b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "chunk line feed": b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
async def test_what_could_be_read_in_two_ways_is_refused(start_router, serve, request_bytes):
    web, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(request_bytes + get("/smuggled"))
        status, headers, body = await read_answer(reader)
        rest = await reader.read()

    assert (status, headers["connection"], rest) == (400, "close", b"")
    assert json.loads(body)["details"] == {"code": "bad_request"}
    assert web.requests == []


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET / HTTP/2.0\r\nHost: c\r\n\r\n", 505, "version_not_supported"),
        (get("/", "X-Long: " + "x" * 17_000), 431, "head_too_large"),
        (get("/", "Expect: miracle"), 417, "bad_request"),
    ],
)
async def test_other_refusals_name_their_reason(start_router, request_bytes, status, code):
    router = await start_router()

    found, _, body = await ask(router, request_bytes)

    assert (found, json.loads(body)["success"], json.loads(body)["details"]["code"]) == (status, False, code)


@pytest.mark.slow
@pytest.mark.parametrize("part", [b"GET / HTTP/1.1\r\nHo", post(b"0123456789")[:-5]], ids=["head", "body"])
async def test_a_request_that_does_not_come_to_its_end_is_given_up(start_router, serve, part):
    web, router = await serve(), await start_router(patience=IMPATIENCE)

    status, _, body = await ask(router, part)

    assert (status, json.loads(body)["details"]["code"]) == (408, "request_timeout")
    assert web.requests == []


@pytest.mark.slow
async def test_requests_wait_for_an_application_that_restarts(start_router, serve):
    router = await start_router()
    waiting = [asyncio.create_task(ask(router, post(b"abc"))) for _ in range(20)]
    await asyncio.sleep(0.3)

    web = await serve()
    answers = await asyncio.gather(*waiting)

    assert {answer[2] for answer in answers} == {b"POST /answer HTTP/1.1 3"}
    assert len(web.requests) == 20


@pytest.mark.slow
async def test_an_application_that_stays_away_is_said_to_be_unavailable(start_router):
    router = await start_router(patience=IMPATIENCE)

    status, headers, body = await ask(router, get())

    answer = json.loads(body)
    assert (status, headers["retry-after"], headers["content-type"]) == (503, "2", "application/json")
    assert (answer["success"], answer["details"]) == (False, {"code": "unavailable"})
    assert answer["timestamp"].endswith("Z")


async def test_a_request_that_may_have_taken_effect_is_not_sent_again(start_router, serve):
    web, router = await serve(lambda head, body: None), await start_router()

    status, _, body = await ask(router, post(b"abc"))

    assert (status, json.loads(body)["details"]["code"]) == (502, "unavailable")
    assert len(web.requests) == 1


async def test_a_read_is_sent_again_when_its_connection_was_lost(start_router, serve):
    answers = [None, plain("at last")]
    web, router = await serve(lambda head, body: answers.pop(0)), await start_router()

    assert (await ask(router, get()))[2] == b"at last"
    assert len(web.requests) == 2


@pytest.mark.slow
async def test_an_answer_that_does_not_come_is_given_up(start_router, serve):
    async def never(head, body):
        await asyncio.sleep(30)

    _, router = await serve(never), await start_router(patience=IMPATIENCE)

    assert (await ask(router, post(b"abc")))[0] == 503


@pytest.mark.slow
async def test_a_thousand_requests_share_their_connections(start_router, serve):
    web, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        for number in range(1000):
            writer.write(get(f"/{number}"))
            assert (await read_answer(reader))[2] == f"GET /{number} HTTP/1.1 0".encode()

    assert web.connections == 1


@pytest.mark.slow
async def test_three_hundred_clients_at_once_are_all_answered(start_router, serve):
    _, router = await serve(), await start_router()

    answers = await asyncio.gather(*[ask(router, post(b"x" * number)) for number in range(300)])

    assert [answer[2] for answer in answers] == [f"POST /answer HTTP/1.1 {number}".encode() for number in range(300)]


async def test_the_least_busy_server_is_chosen_and_an_absent_one_passed_over(start_router, serve):
    gate = asyncio.Event()

    async def held(head, body):
        await gate.wait()
        return plain("one")

    first, router = await serve(held, "web-1"), await start_router(webs=3)
    held_request = asyncio.create_task(ask(router, get()))
    while not first.requests:
        await asyncio.sleep(0)
    second = await serve(lambda head, body: plain("two"), "web-2")
    answers = [await ask(router, get()) for _ in range(5)]
    gate.set()

    assert {answer[2] for answer in answers} == {b"two"}
    assert (await held_request)[2] == b"one"
    assert (len(first.requests), len(second.requests)) == (1, 5)


UPGRADE = ("Connection: keep-alive, Upgrade", "Upgrade: WebSocket", "Sec-WebSocket-Key: abc")


async def test_a_socket_is_passed_through_to_the_live_gateway(start_router, listen):
    heads = []

    async def gateway(reader, writer):
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2])
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nwelcome")
        while data := await reader.read(1000):
            writer.write(data.upper())

    await listen(gateway, "live")
    router = await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get("/ws/exams?ticket=1", *UPGRADE) + b"early ")
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(b"late")
        echoed = await reader.readexactly(17)
        writer.write_eof()
        assert await reader.read() == b""

    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"Upgrade: websocket" in head
    assert echoed == b"welcomeEARLY LATE"
    assert {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: abc"} < set(heads[0])


@pytest.mark.parametrize(
    ("path", "name"),
    [("/ws", "live"), ("/ws?x", "live"), ("/ws/", "live"), ("/wsx", "web-1"), ("/api/ws", "web-1"), ("//ws", "web-1")],
)
async def test_paths_are_split_between_live_and_web(start_router, serve, path, name):
    for server in ("live", "web-1"):
        await serve(lambda head, body, server=server: plain(server), server)
    router = await start_router()

    assert (await ask(router, get(path)))[2].decode() == name


async def test_an_upgrade_elsewhere_is_an_ordinary_request(start_router, serve):
    web, router = await serve(), await start_router()

    assert (await ask(router, get("/", *UPGRADE)))[0] == 200
    assert not [line for line in web.requests[0][0] if line.lower().startswith(("upgrade", "connection"))]


@pytest.mark.slow
async def test_a_long_upload_streams_through_unharmed(start_router, serve):
    web, router = await serve(), await start_router()
    body = bytes(range(256)) * 20_000

    assert (await ask(router, post(body)))[2] == b"POST /answer HTTP/1.1 5120000"
    assert web.requests[0][1] == body


async def test_a_long_chunked_upload_is_asked_for_its_length(start_router, serve):
    web, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(framed([b"x" * 3_000_000], is_last=True))
        status, _, _ = await read_answer(reader)

    assert (status, web.requests) == (411, [])


async def test_an_early_refusal_by_the_application_reaches_a_client_that_still_sends(start_router, listen):
    async def refuse(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(plain("too large", "413 Content Too Large"))
        await reader.read()

    await listen(refuse)
    router = await start_router()
    async with connected(router) as (reader, writer):
        writer.write(post(b"x" * 10_000_000)[:9_000_000])
        status, headers, body = await read_answer(reader)

    assert (status, headers["connection"], body) == (413, "close", b"too large")


@pytest.mark.slow
async def test_a_client_that_reads_slowly_holds_back_the_application(start_router, listen):
    sent = 0
    total = 30_000_000

    async def pour(reader, writer):
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % total)
        while sent < total:
            writer.write(b"x" * 100_000)
            await writer.drain()
            sent += 100_000

    await listen(pour)
    router = await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get())
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.2)
        sent_unread = sent
        received = len(await reader.readexactly(total))

    assert sent_unread < total / 2
    assert received == total


async def test_a_chunked_answer_keeps_the_connection_for_the_next(start_router, serve):
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    web, router = await serve(lambda head, body: chunked if "/c" in head[0] else plain("plain")), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get("/c") + get("/p"))
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readuntil(b"0\r\n\r\n")
        following = await read_answer(reader)

    assert (b"chunked" in head, body) == (True, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (following[2], web.connections) == (b"plain", 1)


async def test_an_answer_without_length_ends_with_the_connection(start_router, listen):
    async def until_close(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nall of it")

    await listen(until_close)
    router = await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get())
        answer = await reader.read()

    assert answer == b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it"


async def test_answers_without_body_do_not_eat_the_next(start_router, serve):
    def answer(head, body):
        if head[0].startswith("HEAD"):
            return b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
        return b"HTTP/1.1 204 No Content\r\n\r\n" if "/none" in head[0] else plain("body")

    _, router = await serve(answer), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(get().replace(b"GET", b"HEAD") + get("/none") + get("/some"))
        head = await reader.readuntil(b"\r\n\r\n")
        none = await reader.readuntil(b"\r\n\r\n")
        some = await read_answer(reader)

    assert b"Content-Length: 100" in head
    assert none.startswith(b"HTTP/1.1 204 ")
    assert some[2] == b"body"


async def test_continue_is_said_before_the_body_is_awaited(start_router, serve):
    web, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        head, body = post(b"abc", "Expect: 100-continue").split(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n")
        interim = await reader.readuntil(b"\r\n\r\n")
        writer.write(body)
        status, _, _ = await read_answer(reader)

    assert (interim, status) == (b"HTTP/1.1 100 Continue\r\n\r\n", 200)
    assert "Expect: 100-continue" not in web.requests[0][0]


@pytest.mark.parametrize(
    "request_bytes", [b"GET / HTTP/1.0\r\n\r\n", get("/", "Connection: close")], ids=["HTTP/1.0", "close"]
)
async def test_the_connection_closes_where_the_client_wants_it(start_router, serve, request_bytes):
    _, router = await serve(), await start_router()
    async with connected(router) as (reader, writer):
        writer.write(request_bytes)
        answer = await reader.read()

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nConnection: close\r\n" in answer


async def test_the_application_is_left_when_its_client_is_gone(start_router, listen):
    asked, gone = asyncio.Event(), asyncio.Event()

    async def wait(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        gone.set()

    await listen(wait)
    router = await start_router()
    async with connected(router) as (_, writer):
        writer.write(post(b""))
        await asked.wait()
    async with asyncio.timeout(2):
        await gone.wait()


@pytest.mark.slow
async def test_stopping_lets_a_running_answer_end(start_router, serve):
    async def slowly(head, body):
        await asyncio.sleep(0.1)
        return echo(head, body)

    web, router = await serve(slowly), await start_router()
    asked = asyncio.create_task(ask(router, get()))
    while not web.requests:
        await asyncio.sleep(0)
    await start_router.stop(router)

    status, headers, _ = await asked
    assert (status, headers["connection"]) == (200, "close")
    with pytest.raises(ConnectionRefusedError):
        await ask(router, get())


async def test_a_trusted_proxy_speaks_for_its_callers(start_router, serve):
    web, router = await serve(), await start_router(trusted_proxies=(ip_network("127.0.0.0/8"),))

    await ask(router, get("/", "X-Forwarded-For: 6.6.6.6, 203.0.113.9", "X-Forwarded-Proto: https"))

    assert {"X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"} < set(web.requests[0][0])


@pytest.mark.parametrize(
    ("forwarded", "caller"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("203.0.113.9, nonsense, 10.0.0.2", "10.0.0.2"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("", "10.0.0.1"),
    ],
)
def test_the_caller_is_the_first_address_that_is_no_proxy_of_ours(forwarded, caller):
    assert caller_behind("10.0.0.1", forwarded, [ip_network("10.0.0.0/8")]) == caller


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=8), st.binary(max_size=20), st.data())
def test_a_chunked_body_reads_the_same_however_it_is_cut(pieces, following, data):
    message = framed(pieces, is_last=True) + following
    cuts = sorted(data.draw(st.lists(st.integers(0, len(message)), max_size=10)))
    reader = ChunkReader()
    payload = b""
    rest = b""
    for start, end in zip([0, *cuts], [*cuts, len(message)], strict=True):
        if reader.is_done:
            rest += message[start:end]
        else:
            payload += b"".join(reader.feed(message[start:end]))

    assert reader.is_done
    assert (payload, reader.rest + rest) == (b"".join(pieces), following)


@given(st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(data):
    with contextlib.suppress(Refused):
        request = parse_request(data)
        assert request.target.startswith((b"/", b"*"))
    with contextlib.suppress(BadChunk):
        ChunkReader().feed(data)
