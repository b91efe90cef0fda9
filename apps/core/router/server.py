from __future__ import annotations

import asyncio
import logging
import resource
import signal

from apps.core.router.client import ClientConnection, Stage
from apps.core.router.heads import RequestHead
from apps.core.router.options import RouterOptions
from apps.core.router.upstream import UpstreamGroup

logger = logging.getLogger("lectern.router")

BACKLOG = 2048
SWEEP_SECONDS = 0.5


class Router:
    """Listens on one address and splits by path. ``clock`` is the loop's time, exact to half a second."""

    def __init__(self, options: RouterOptions) -> None:
        self.options = options
        self.secret_line = b"X-Router-Secret: " + options.secret.encode()
        self.clients: set[ClientConnection] = set()
        self.is_stopping = False
        self.clock = 0.0
        self.web = UpstreamGroup("web", options.web_sockets, patience=options.patience.upstream)
        self.live = UpstreamGroup("live", [options.live_socket], patience=options.patience.upstream)
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.Task[None] | None = None

    def group_for(self, head: RequestHead) -> UpstreamGroup:
        return self.live if head.is_live else self.web

    async def start(self) -> int:
        """Begin to listen; returns the port."""
        loop = asyncio.get_running_loop()
        self._tick(loop.time())
        self._server = await loop.create_server(
            lambda: ClientConnection(self), self.options.host, self.options.port, backlog=BACKLOG, reuse_address=True
        )
        self._sweeper = loop.create_task(self._sweep())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more connections, let running answers end, close the rest."""
        self.is_stopping = True
        if self._server is not None:
            self._server.close()
        for client in list(self.clients):
            if client.stage is not Stage.ANSWER:
                client.close()
        end = asyncio.get_running_loop().time() + self.options.patience.shutdown
        while self.clients and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        for client in list(self.clients):
            client.abort()
        if self._sweeper is not None:
            self._sweeper.cancel()
        self.web.close()
        self.live.close()

    def _tick(self, clock: float) -> None:
        self.clock = clock
        self.web.sweep(clock)
        self.live.sweep(clock)
        for client in [client for client in self.clients if client.deadline and client.deadline < clock]:
            client.expire()

    async def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                self._tick(loop.time())
            except Exception:
                logger.exception("The sweep met something unexpected; it goes on.")


async def serve(options: RouterOptions) -> None:
    """Route until SIGTERM or SIGINT."""
    _allow_many_connections()
    router = Router(options)
    try:
        port = await router.start()
    except OSError as error:
        raise SystemExit(
            f"The router cannot listen on {options.host}:{options.port} ({error.strerror or error}). "
            "Stop what holds the port, or choose another with LECTERN_PORT."
        ) from None
    logger.info("listening on %s:%d", options.host, port)
    told_to_stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told_to_stop.set)
    await told_to_stop.wait()
    await router.stop()


def _allow_many_connections() -> None:
    """Raise the soft limit of open files to the hard one: each client takes one, each upstream connection another."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
