"""``/ws``: one socket. JSON text frames both ways.

In: ``{"type": "subscribe", "topic", "after"?}``, ``{"type": "unsubscribe", "topic"}``, ``{"type": "ping"}``.
Out: ``subscribed`` (``complete: false`` means: load the state anew), ``message`` (``id``, ``after``, ``event``, ``data``,
``at``), ``unsubscribed``, ``refused`` (``code``), ``pong``.
Closed with 4401 when the sign-in ended or its rights changed, 4429 when too much was sent, 4400 when it made no sense.

Browsers are let in by their session cookie from this site's own origin; others by a one-use ticket, sent as the subprotocol
``ticket.<ticket>`` beside ``lectern.v1``.
"""

import hmac
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, cast

import orjson
import structlog
from channels.exceptions import DenyConnection
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.http.request import split_domain_port, validate_host
from django.utils import timezone

from apps.core.buckets import Bucket
from apps.core.live import tickets, topics
from apps.core.live.authority import LiveIdentity, authority
from apps.core.live.hub import Hub, in_database

log = structlog.get_logger(__name__)

SUBPROTOCOL = "lectern.v1"
TICKET_PREFIX = "ticket."
MAX_FRAME_CHARACTERS = 4096
MAX_TOPICS = 100
FRAMES_AT_ONCE = 60
FRAMES_PER_SECOND = 10

SENSELESS, SIGNED_OUT, TOO_MUCH = 4400, 4401, 4429


class LiveConsumer(AsyncWebsocketConsumer):
    """A socket: who is behind it, which topics it hears, how far it has heard each."""

    channel_layer_alias = ""  # none: the hub serves all sockets of the process

    identity: LiveIdentity

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.positions: dict[str, int] = {}
        self._bucket = Bucket(capacity=FRAMES_AT_ONCE, per_second=FRAMES_PER_SECOND, keys=1)
        self._hub: Hub | None = None

    # --- Coming and going ---------------------------------------------------------------------------------------------
    async def connect(self) -> None:
        """Let in whoever shows a ticket, or a cookie from our own origin."""
        identity = await self._identify()
        if identity is None:
            raise DenyConnection
        self.identity = identity
        await self.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in self.scope["subprotocols"] else None)
        self._hub = Hub.current()
        self._hub.enter(self)

    async def disconnect(self, code: int) -> None:
        """Forget the socket."""
        if self._hub is not None:
            await self._hub.leave(self)

    async def turn_away(self) -> None:
        """Close the socket of somebody whose standing has changed."""
        await self.close(SIGNED_OUT)

    async def send_frame(self, frame: dict[str, Any]) -> None:
        """Send one frame."""
        await self.send(text_data=orjson.dumps(frame).decode())

    # --- What a client may ask ----------------------------------------------------------------------------------------
    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take one frame."""
        if self._bucket.take("") is None:
            await self.close(TOO_MUCH)
            return
        frame = _parsed(text_data)
        action = {"subscribe": self._subscribe, "unsubscribe": self._unsubscribe, "ping": self._ping}.get(
            str(frame.get("type")) if frame else ""
        )
        if frame is None or action is None:
            await self.close(SENSELESS)
            return
        await action(frame)

    async def _subscribe(self, frame: dict[str, Any]) -> None:
        topic, seen = frame.get("topic"), frame.get("after")
        if not isinstance(topic, str) or not (seen is None or (isinstance(seen, int) and 0 <= seen < 2**53)):
            await self.close(SENSELESS)
            return
        try:
            code = await self._refusal(topic)
            if code:
                await self.send_frame({"type": "refused", "topic": topic[: topics.MAX_TOPIC_CHARACTERS], "code": code})
            else:
                await cast(Hub, self._hub).subscribe(self, topic, seen)
        except DatabaseError as error:
            log.warning("live_lost_database", error=str(error))
            await self.send_frame(
                {"type": "refused", "topic": topic[: topics.MAX_TOPIC_CHARACTERS], "code": "unavailable"}
            )

    async def _refusal(self, topic: str) -> str:
        if topic not in self.positions and len(self.positions) >= MAX_TOPICS:
            return "too_many_topics"
        if not topics.is_topic(topic):
            return "not_found"
        is_allowed = await in_database(topics.can_subscribe, self.identity.user, topic)
        return "" if is_allowed else "not_found"

    async def _unsubscribe(self, frame: dict[str, Any]) -> None:
        topic = str(frame.get("topic"))[: topics.MAX_TOPIC_CHARACTERS]
        cast(Hub, self._hub).unsubscribe(self, topic)
        await self.send_frame({"type": "unsubscribed", "topic": topic})

    async def _ping(self, frame: dict[str, Any]) -> None:
        await self.send_frame({"type": "pong"})

    # --- Who is it ----------------------------------------------------------------------------------------------------
    async def _identify(self) -> LiveIdentity | None:
        ticket = next(
            (name[len(TICKET_PREFIX) :] for name in self.scope["subprotocols"] if name.startswith(TICKET_PREFIX)), None
        )
        headers = _headers(self.scope)
        try:
            if ticket is not None:
                return await in_database(tickets.redeem, ticket, now=timezone.now())
            if _is_own_origin(self.scope, headers):
                return await in_database(_of_cookie, headers.get("cookie", ""))
        except DatabaseError as error:
            log.warning("live_lost_database", error=str(error))
        return None


def _of_cookie(header: str) -> LiveIdentity | None:
    try:
        cookie = SimpleCookie(header).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if cookie is None or not cookie.value:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(cookie.value)
    return authority().of_session(session, now=timezone.now())


def _is_own_origin(scope: dict[str, Any], headers: dict[str, str]) -> bool:
    """Whether the page that opens the socket is one of this site: the same scheme, host and port to the letter."""
    host = headers.get("host", "")
    domain, _port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    return headers.get("origin", "") == f"{_page_scheme(scope, headers)}://{host}"


def _page_scheme(scope: dict[str, Any], headers: dict[str, str]) -> str:
    """Return ``http`` or ``https``. A proxy's word counts where there is one to trust."""
    secret = settings.ROUTER_SECRET
    by_router = bool(secret) and hmac.compare_digest(secret.encode(), headers.get("x-router-secret", "").encode())
    if by_router or settings.SECURE_PROXY_SSL_HEADER:
        return "https" if headers.get("x-forwarded-proto", "") == "https" else "http"
    return "https" if scope.get("scheme") == "wss" else "http"


def _headers(scope: dict[str, Any]) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _parsed(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > MAX_FRAME_CHARACTERS:
        return None
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return frame if isinstance(frame, dict) else None
