"""One process of the table: started, listened to, started again whenever it ends."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Mapping

from apps.core.supervisor.output import Console, LogFile
from apps.core.supervisor.program import Program
from apps.core.supervisor.table import Process

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 3.0
STEADY_SECONDS = 10.0  # a process that ran this long is started again without delay


class Child:
    """``changed`` is called whenever the process starts or ends."""

    def __init__(
        self,
        process: Process,
        environment: Mapping[str, str],
        console: Console,
        log: LogFile,
        changed: Callable[[], None],
    ) -> None:
        self.process = process
        self.name = process.name
        self._environment = {**environment, **process.environment}
        self._console = console
        self._log = log
        self._changed = changed
        self._running: Program | None = None
        self._is_told_to_stop = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """None while the process is not running."""
        return self._running.pid if self._running else None

    async def keep_running(self) -> None:
        """Run until told to stop. Never gives up: the pause between two starts grows to three seconds at most."""
        pause = FIRST_PAUSE
        while True:
            started = time.monotonic()
            ending = await self._run_once()
            if self._is_told_to_stop.is_set():
                return
            pause = FIRST_PAUSE if time.monotonic() - started > STEADY_SECONDS else min(2 * pause, LONGEST_PAUSE)
            self.say(f"{ending}; starts again in {pause:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_told_to_stop.wait(), pause)
                return

    async def _run_once(self) -> str:
        """Start the process and follow it to its end; returns how it ended."""
        if self.process.listens_on:
            self.process.listens_on.unlink(missing_ok=True)
        try:
            self._running = running = Program(self.process.command, self._environment)
        except OSError as error:
            return f"cannot be started: {error}"
        self._changed()
        speaking = asyncio.create_task(running.follow(self.say))
        code = await running.ended()
        running.end_group()  # what it started itself must not outlive it
        self._running = None
        self._changed()
        await speaking
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    def restart(self) -> None:
        """Ask the process to end; it is started again."""
        if self._running:
            self._running.tell_to_stop()

    async def stop(self, task: asyncio.Task[None]) -> None:
        """End the process, politely at first, and with it ``task``, which keeps it running."""
        self._is_told_to_stop.set()
        self.restart()
        done, _ = await asyncio.wait({task}, timeout=self.process.grace)
        if not done:
            self.say(f"did not end within {self.process.grace:.0f} s and is killed")
            self.kill()
            await asyncio.wait({task}, timeout=5)

    def kill(self) -> None:
        if self._running:
            self._running.end_group()

    def say(self, text: str) -> None:
        self._console.line(self.name, text)
        self._log.line(text)
