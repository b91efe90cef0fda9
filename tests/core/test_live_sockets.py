"""Sockets of the live gateway, with the people and devices of accounts behind them."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings as django_settings
from django.db import connections, transaction
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.http.sessions import open_page_session
from apps.accounts.models import DeviceSession, User
from apps.core import valkey
from apps.core.live import consumer, hub, publish, tickets, topics
from apps.core.live.hub import Hub
from apps.core.models import LiveTicket
from config.asgi import application
from tests.factories.accounts import DeviceSessionFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

HOST = "lectern.test:8000"
ORIGIN = f"http://{HOST}"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def bell_topic(monkeypatch):
    """The topic ``bell:<key>``, which everybody may hear but for the key ``secret``."""
    monkeypatch.setattr(topics, "_predicates", {"bell": lambda user, key: key != "secret"})


@pytest.fixture(autouse=True)
async def _connections_are_closed(transactional_db):
    """The thread behind ``sync_to_async`` lives on and would keep its connection."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def device(transactional_db):
    return DeviceSessionFactory()


def cookie_of(device):
    request = HttpRequest()
    request.session = import_module(django_settings.SESSION_ENGINE).SessionStore()
    open_page_session(request, device)
    request.session.save()
    return request.session.session_key


def handshake(*, cookie="", origin=ORIGIN, ticket=None, host=HOST):
    headers = [(b"host", host.encode())]
    if origin:
        headers.append((b"origin", origin.encode()))
    if cookie:
        headers.append((b"cookie", f"{django_settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    protocols = ["lectern.v1"] + ([f"ticket.{ticket}"] if ticket else [])
    return WebsocketCommunicator(application, "/ws", headers=headers, subprotocols=protocols)


@contextlib.asynccontextmanager
async def socket_of(device, **options):
    """An accepted socket of this device, closed at the end of the block."""
    socket = handshake(cookie=await sync_to_async(cookie_of)(device), **options)
    accepted, protocol = await socket.connect(timeout=10)
    assert (accepted, protocol) == (True, "lectern.v1")
    try:
        yield socket
    finally:
        await socket.disconnect()


async def hears_valkey():
    """Wait until messages come from Valkey, no longer from the first look at the log."""
    await asyncio.wait_for(Hub.current().hears_valkey.wait(), 10)
    await asyncio.sleep(0)


async def subscribe(socket, topic="bell:1", after=None):
    await socket.send_json_to({"type": "subscribe", "topic": topic, "after": after})
    return await socket.receive_json_from(timeout=10)


@sync_to_async
def tell(*texts, topic="bell:1"):
    with transaction.atomic():
        for text in texts:
            publish(topic, "rang", {"text": text})


async def texts_from(socket, count):
    return [(await socket.receive_json_from(timeout=10))["data"]["text"] for _ in range(count)]


async def closing_code(socket):
    event = await socket.receive_output(timeout=10)
    assert event["type"] == "websocket.close"
    return event.get("code")


# --- Who is let in ----------------------------------------------------------------------------------------------------
async def test_a_page_of_this_site_is_let_in_by_its_cookie(device):
    async with socket_of(device) as socket:
        await socket.send_json_to({"type": "ping"})
        assert await socket.receive_json_from() == {"type": "pong"}


@pytest.mark.parametrize(
    "origin",
    ["", "null", "https://lectern.test:8000", "http://lectern.test", "http://lectern.test:8001", "http://evil.example",
     "http://lectern.test:8000.evil.example", "HTTP://LECTERN.TEST:8000"],
)  # fmt: skip
async def test_a_cookie_from_any_other_origin_is_refused(origin, device):
    socket = handshake(cookie=await sync_to_async(cookie_of)(device), origin=origin)

    assert (await socket.connect(timeout=10))[0] is False


async def test_a_host_that_is_not_ours_is_refused(device):
    socket = handshake(cookie=await sync_to_async(cookie_of)(device), host="evil.example", origin="http://evil.example")

    assert (await socket.connect(timeout=10))[0] is False


@pytest.mark.parametrize("cookie", ["", "not-a-session", 'a"b'])
async def test_without_a_session_nobody_is_let_in(cookie, transactional_db):
    assert (await handshake(cookie=cookie).connect(timeout=10))[0] is False


async def test_behind_a_trusted_router_the_scheme_is_the_one_it_tells(device, settings):
    settings.ROUTER_SECRET = "between-router-and-live"
    cookie = await sync_to_async(cookie_of)(device)
    answers = []
    for secret in ("between-router-and-live", "guessed"):
        socket = handshake(cookie=cookie, origin="https://lectern.test:8000")
        socket.scope["headers"] += [(b"x-forwarded-proto", b"https"), (b"x-router-secret", secret.encode())]
        answers.append((await socket.connect(timeout=10))[0])
        await socket.disconnect()

    assert answers == [True, False]


async def test_a_ticket_opens_one_socket_once(device):
    ticket = await sync_to_async(tickets.issue_ticket)(
        device.user, credential=str(device.public_id), now=timezone.now()
    )
    answers = []
    for _ in range(2):
        socket = handshake(ticket=ticket, origin="")
        answers.append((await socket.connect(timeout=10))[0])
        await socket.disconnect()

    assert answers == [True, False]


@pytest.mark.parametrize("used_up", [True, False], ids=["used_up", "twin"])
async def test_of_sockets_with_the_same_ticket_at_the_same_moment_one_gets_in(used_up, device, monkeypatch):
    def look_up_only(ticket, *, now):
        row = LiveTicket.objects.get(digest=tickets._digest(ticket))
        return tickets.authority().of_credential(row.credential, now=now)

    if not used_up:
        monkeypatch.setattr(tickets, "redeem", look_up_only)
    ticket = await sync_to_async(tickets.issue_ticket)(
        device.user, credential=str(device.public_id), now=timezone.now()
    )
    sockets = [handshake(ticket=ticket, origin="") for _ in range(6)]

    answers = await asyncio.gather(*(socket.connect(timeout=10) for socket in sockets))
    for socket in sockets:
        await socket.disconnect()

    assert sum(accepted for accepted, _protocol in answers) == (1 if used_up else 6)


async def test_an_old_ticket_and_one_of_an_ended_device_open_nothing(device):
    issue = sync_to_async(tickets.issue_ticket)
    old = await issue(device.user, credential=str(device.public_id), now=timezone.now() - tickets.LIFETIME)
    ended = await issue(device.user, credential=str(device.public_id), now=timezone.now())
    first = (await handshake(ticket=old, origin="").connect(timeout=10))[0]
    await sync_to_async(DeviceSession.objects.update)(ended_at=timezone.now())

    assert (first, (await handshake(ticket=ended, origin="").connect(timeout=10))[0]) == (False, False)


# --- Hearing ----------------------------------------------------------------------------------------------------------
async def test_a_subscriber_hears_what_is_told_after_it_came_in_order(device):
    async with socket_of(device) as socket:
        await tell("before")
        answer = await subscribe(socket)
        await tell("one", "two")
        await tell("other", topic="bell:2")
        await tell("three")

        assert (answer["type"], answer["complete"]) == ("subscribed", True)
        assert await texts_from(socket, 3) == ["one", "two", "three"]
        assert await socket.receive_nothing()


async def test_a_returning_subscriber_gets_what_it_missed_and_nothing_twice(device):
    async with socket_of(device) as socket:
        await subscribe(socket)
        await tell("one")
        seen = (await socket.receive_json_from(timeout=10))["id"]
    await tell("two", "three")
    async with socket_of(device) as socket:
        answer = await subscribe(socket, after=seen)
        await tell("four")

        assert (answer["complete"], answer["id"]) == (True, seen + 2)
        assert await texts_from(socket, 3) == ["two", "three", "four"]


async def test_a_subscriber_that_was_away_too_long_is_told_to_load_anew(device):
    async with socket_of(device) as socket:
        await subscribe(socket)
        answer = await subscribe(socket, after=5)

        assert answer["complete"] is False


async def test_a_message_lost_on_the_way_is_fetched_when_the_next_one_shows_the_gap(device, monkeypatch):
    async with socket_of(device) as socket:
        await subscribe(socket)
        await hears_valkey()
        await tell("one")
        first = await texts_from(socket, 1)
        with monkeypatch.context() as lossy:
            lossy.setattr(valkey, "attempt", lambda operation: None)
            await tell("two")
        await tell("three")

        assert first + await texts_from(socket, 2) == ["one", "two", "three"]


async def test_without_looking_at_the_gap_the_message_would_be_missing(device, monkeypatch):
    """The twin of the test above."""

    async def hear_carelessly(self, message):
        feed = self._feeds.get(message.topic)
        if feed is not None and message.number > feed.last:
            await hub._pass_on(feed, message)

    monkeypatch.setattr(Hub, "hear", hear_carelessly)
    async with socket_of(device) as socket:
        await subscribe(socket)
        await hears_valkey()
        await tell("one")
        await texts_from(socket, 1)
        with monkeypatch.context() as lossy:
            lossy.setattr(valkey, "attempt", lambda operation: None)
            await tell("two")
        await tell("three")

        assert await texts_from(socket, 1) == ["three"]


async def test_while_valkey_is_away_messages_come_from_the_log(device, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(valkey, "breaker", valkey.Breaker())
    monkeypatch.setattr(hub, "LOOK_SECONDS_ALONE", 0.05)
    async with socket_of(device) as socket:
        await subscribe(socket)
        await tell("one", "two")

        assert await texts_from(socket, 2) == ["one", "two"]
        assert not Hub.current().hears_valkey.is_set()


async def test_two_sockets_at_different_places_each_get_their_own(device):
    async with socket_of(device) as early, socket_of(device) as late:
        await subscribe(early)
        await tell("one", "two")
        seen = (await early.receive_json_from(timeout=10))["id"]
        await texts_from(early, 1)
        await subscribe(late, after=seen)
        await tell("three")

        assert await texts_from(late, 2) == ["two", "three"]
        assert await texts_from(early, 1) == ["three"]


async def test_after_unsubscribing_nothing_more_is_heard(device):
    async with socket_of(device) as socket:
        await subscribe(socket)
        await socket.send_json_to({"type": "unsubscribe", "topic": "bell:1"})
        assert await socket.receive_json_from() == {"type": "unsubscribed", "topic": "bell:1"}
        await tell("one")

        assert await socket.receive_nothing()


# --- Limits -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("topic", ["bell:secret", "unknown:1", "bell", "bell:", "bell:a b", "job:1'--"])
async def test_forbidden_and_unknown_topics_are_refused_alike(topic, device):
    async with socket_of(device) as socket:
        assert await subscribe(socket, topic) == {"type": "refused", "topic": topic, "code": "not_found"}


async def test_one_socket_hears_only_so_many_topics(device, monkeypatch):
    monkeypatch.setattr(consumer, "MAX_TOPICS", 2)
    async with socket_of(device) as socket:
        answers = [await subscribe(socket, f"bell:{number}") for number in range(3)]

        assert answers[2] == {"type": "refused", "topic": "bell:2", "code": "too_many_topics"}


@pytest.mark.parametrize("frame", ["[]", "{", '{"type": "shout"}', '{"type": "subscribe"}', " " * 5000,
                                   '{"type": "subscribe", "topic": "bell:1", "after": -1}'])  # fmt: skip
async def test_a_frame_that_makes_no_sense_ends_the_socket(frame, device):
    async with socket_of(device) as socket:
        await socket.send_to(text_data=frame)

        assert await closing_code(socket) == consumer.SENSELESS


async def test_who_sends_too_much_is_cut_off(device):
    async with socket_of(device) as socket:
        for _ in range(consumer.FRAMES_AT_ONCE + 5):
            await socket.send_json_to({"type": "ping"})
        codes = []
        while not codes:
            event = await socket.receive_output(timeout=10)
            if event["type"] == "websocket.close":
                codes.append(event["code"])

        assert codes == [consumer.TOO_MUCH]


# --- Standing ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        lambda device: DeviceSession.objects.filter(pk=device.pk).update(ended_at=timezone.now()),
        lambda device: DeviceSession.objects.filter(pk=device.pk).update(expires_at=AT - timedelta(days=400)),
        lambda device: User.objects.filter(pk=device.user_id).update(is_active=False),
        lambda device: User.objects.filter(pk=device.user_id).update(platform_role="viewer"),
    ],
    ids=["signed out", "expired", "suspended", "other role"],
)
async def test_whose_standing_changes_is_turned_away_soon(change, device, monkeypatch):
    monkeypatch.setattr(hub, "AUTHORITY_SECONDS", 0.05)
    other = await sync_to_async(DeviceSessionFactory)()
    async with socket_of(device) as socket, socket_of(other) as bystander:
        await sync_to_async(change)(device)

        assert await closing_code(socket) == consumer.SIGNED_OUT
        await bystander.send_json_to({"type": "ping"})
        assert await bystander.receive_json_from() == {"type": "pong"}


async def test_the_standings_of_many_sockets_cost_one_statement(device, django_assert_num_queries):
    devices = [device, *[await sync_to_async(DeviceSessionFactory)() for _ in range(3)]]
    credentials = {str(each.public_id) for each in devices}

    def ask():
        with django_assert_num_queries(1):
            return tickets.authority().standings(credentials, now=timezone.now())

    assert set(await sync_to_async(ask)()) == credentials


def test_prune_removes_tickets_nobody_used(device):
    for age in (0, 120):
        tickets.issue_ticket(device.user, credential="x", now=AT - timedelta(seconds=age))

    assert (tickets.prune(now=AT), LiveTicket.objects.count()) == (1, 1)
