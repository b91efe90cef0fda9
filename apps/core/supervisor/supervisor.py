"""Brings everything up in order, keeps it up, and takes it down in the opposite order."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from apps.core import engines
from apps.core.supervisor.announcement import announcement
from apps.core.supervisor.child import Child
from apps.core.supervisor.options import SupervisorOptions
from apps.core.supervisor.orphans import MARK, end_orphans
from apps.core.supervisor.output import Console, LogFile
from apps.core.supervisor.preparation import find_work, record
from apps.core.supervisor.program import Program
from apps.core.supervisor.state import write_state
from apps.core.supervisor.system_libraries import missing_library_notice
from apps.core.supervisor.table import MANAGE, PYTHON, Process, shared_environment

ENGINE_WATCH_SECONDS = 0.3
ENGINE_RETRY_SECONDS = 1.0
FIRST_PAGE_SECONDS = 15.0  # the other processes start at the latest then
HEALTH_SECONDS = 0.15
HEALTHY_SECONDS = 30.0
SOCKET_SECONDS = 0.05
INTERRUPTED_SECONDS = 5.0  # for a preparation to end when we are told to stop meanwhile


class StartFailed(Exception):
    """The campus cannot come up; the text says why and what to do."""


class Supervisor:
    """``processes`` are kept running; ``prepares`` tells whether migrations, static files and demo are looked after."""

    def __init__(self, options: SupervisorOptions, processes: Sequence[Process], *, prepares: bool = True) -> None:
        self.options = options
        self.prepares = prepares
        self.console = Console()
        self.is_ready = False
        self._log = LogFile(options.var / "log" / "supervisor.log")
        self._environment = {**shared_environment(options), MARK: str(options.var)}
        self._children = [self._child(process) for process in processes]
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._stop_requests = 0
        self._owns_engines = False
        self._is_told_to_stop = asyncio.Event()

    async def run(self) -> int:
        """Run until SIGTERM, SIGINT or SIGHUP; returns the exit code."""
        self._listen_to_signals()
        life = asyncio.create_task(self._live())
        told = asyncio.create_task(self._is_told_to_stop.wait())
        await asyncio.wait({life, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        code = 0
        if life.done() and (failure := life.exception()) is not None:
            self.say(str(failure) if isinstance(failure, StartFailed) else f"{type(failure).__name__}: {failure}")
            code = 1
        else:
            life.cancel()
            await asyncio.wait({life})
        await self._take_down()
        return code

    def say(self, text: str) -> None:
        for line in text.splitlines():
            self.console.line("lectern", line)
            self._log.line(line)

    # --- Up -------------------------------------------------------------------------------------------------------------

    async def _live(self) -> None:
        orphans = end_orphans(self.options.var)
        if orphans:
            self.say(f"ended {orphans} processes that an earlier run left behind")
        self._refuse_taken_port()
        self._write_state()
        # each process that ever counted left a file of figures; figures begin anew with the campus
        shutil.rmtree(self.options.var / "metrics", ignore_errors=True)
        if notice := missing_library_notice():
            self.say(notice)
        self._owns_engines = True
        await self._start_engines()
        if self.prepares:
            await self._prepare()
        await self._start_children()
        watching = asyncio.create_task(self._watch_engines())
        try:
            await self._await_health()
            self.is_ready = True
            self._write_state()
            self.console.plain(announcement(self.options))
            await watching
        finally:
            watching.cancel()

    def _refuse_taken_port(self) -> None:
        family = socket.AF_INET6 if ":" in self.options.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.options.host, self.options.port))
            except OSError as error:
                raise StartFailed(
                    f"{self.options.host}:{self.options.port} cannot be used ({error.strerror}). "
                    f"Stop what holds it, or choose another: make up LECTERN_PORT={self.options.port + 1}"
                ) from None

    async def _start_engines(self) -> None:
        """In a process of its own: it can be interrupted, and a slow recovery does not keep anything else waiting."""
        command = (PYTHON, "-m", "apps.core.engines", "start", "--var", str(self.options.var))
        if await self._run(command, self.say):
            raise StartFailed("The engines did not start; the lines above say why.")

    async def _prepare(self) -> None:
        addresses = engines.recorded_addresses(self.options.var)
        if addresses is None:
            raise StartFailed(f"The engines' addresses are missing under {self.options.var}; start again.")
        work = find_work(self.options, addresses.database_url)
        if not (work.in_order or work.aside):
            return
        self.say(f"preparing: {', '.join((*work.in_order, *work.aside))}")
        codes = await asyncio.gather(*[self._manage(names) for names in (work.in_order, work.aside) if names])
        if any(codes):
            raise StartFailed(f"Preparing failed; the lines above say why (also in {self.options.var / 'log'}).")
        record(self.options, work, addresses.database_url)

    async def _manage(self, names: tuple[str, ...]) -> int:
        return await self._run((*MANAGE, "prepare", *names), self.say)

    async def _run(self, command: tuple[str, ...], say: Callable[[str], None]) -> int:
        """Run a program to its end, or until we are told to stop."""
        running = Program(command, self._environment)
        try:
            await running.follow(say)
            return await running.ended()
        finally:
            running.tell_to_stop()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(running.ended(), INTERRUPTED_SECONDS)
            running.end_group()

    async def _start_children(self) -> None:
        """What the first page needs goes first: on a small machine all at once would be slower for everyone."""
        first = [child for child in self._children if child.process.is_first]
        for child in first:
            self._start(child)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_PAGE_SECONDS):
                for child in first:
                    await self._await_socket(child.process.listens_on)
        for child in self._children:
            if not child.process.is_first:
                self._start(child)

    async def _await_socket(self, path: Path | None) -> None:
        """Wait until a process accepts connections on ``path``, if it listens on any."""
        while path is not None:
            try:
                _, writer = await asyncio.open_unix_connection(path)
            except OSError:
                await asyncio.sleep(SOCKET_SECONDS)
            else:
                writer.close()
                return

    def _start(self, child: Child) -> None:
        self._tasks[child.name] = asyncio.create_task(child.keep_running())

    def _child(self, process: Process) -> Child:
        log = LogFile(self.options.var / "log" / f"{process.name}.log")
        return Child(process, self._environment, self.console, log, self._write_state)

    async def _await_health(self) -> None:
        """Wait for ``/health?ready=1`` to report well; after a while any answer will do, said with a warning."""
        end = asyncio.get_running_loop().time() + HEALTHY_SECONDS
        while (status := await self._health_status()) != b"200":
            if status and asyncio.get_running_loop().time() > end:
                self.say(f"{self.options.address}/health says that not all is well (status {status.decode()})")
                return
            await asyncio.sleep(HEALTH_SECONDS)

    async def _health_status(self) -> bytes:
        """The HTTP status with which ``/health?ready=1`` answers through the router, empty without an answer."""
        host, port = self.options.address.removeprefix("http://").rsplit(":", 1)
        request = f"GET /health?ready=1 HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode()
        try:
            async with asyncio.timeout(10):
                reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
                writer.write(request)
                answer = await reader.read(64)
        except OSError:  # a timeout is one, too
            return b""
        writer.close()
        return answer[9:12]

    # --- Watch ----------------------------------------------------------------------------------------------------------

    async def _watch_engines(self) -> None:
        """Start an engine again when it is gone. While one will not start the others stay up and it is tried again."""
        var = self.options.var
        known = engines.recorded_addresses(var)
        while True:
            await asyncio.sleep(ENGINE_WATCH_SECONDS)
            found = engines.status(var)
            gone = [name for name, pid in self._own_engines(found) if pid is None]
            if not gone:
                continue
            self.say(f"{' and '.join(gone)} ended; starting again")
            try:
                await self._start_engines()
            except StartFailed as failure:
                self.say(f"{failure}\ntrying again")
                await asyncio.sleep(ENGINE_RETRY_SECONDS)
                continue
            self._write_state()
            addresses = engines.recorded_addresses(var)
            if addresses != known:
                known = addresses
                self.say("the engines have moved to other ports; every process is started again")
                for child in self._children:
                    child.restart()

    @staticmethod
    def _own_engines(found: engines.EngineStatus) -> list[tuple[str, int | None]]:
        pids = [("postgres", "DATABASE_URL", found.postgres_pid), ("valkey", "REDIS_URL", found.valkey_pid)]
        return [(name, pid) for name, variable, pid in pids if not os.environ.get(variable)]

    def _write_state(self) -> None:
        found = engines.status(self.options.var)
        processes = {child.name: child.pid for child in self._children}
        processes |= dict(self._own_engines(found))
        write_state(self.options.var, address=self.options.address, is_ready=self.is_ready, processes=processes)

    # --- Down -----------------------------------------------------------------------------------------------------------

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._request_stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup means: stay when the terminal goes
            loop.add_signal_handler(signal.SIGHUP, self._request_stop)

    def _request_stop(self) -> None:
        """Once: end in order. Twice: the user is in a hurry."""
        self._stop_requests += 1
        self._is_told_to_stop.set()
        if self._stop_requests > 1:
            for child in self._children:
                child.kill()

    async def _take_down(self) -> None:
        self.is_ready = False
        if self._tasks:
            self.say("stopping")
        stopping = [
            child.stop(self._tasks[child.name]) for child in reversed(self._children) if child.name in self._tasks
        ]
        for first_to_go in stopping[:1]:  # the router: it lets running answers end, for which web must be there
            await first_to_go
        await asyncio.gather(*stopping[1:])
        if self._owns_engines:
            with contextlib.suppress(engines.EngineError):
                engines.stop(self.options.var)
        self._write_state()
        self.say("stopped")
        self.console.close()


async def supervise(options: SupervisorOptions, processes: Sequence[Process], *, prepares: bool = True) -> int:
    """Run a campus of these processes until told to stop; returns the exit code."""
    sys.stdout.flush()
    return await Supervisor(options, processes, prepares=prepares).run()
