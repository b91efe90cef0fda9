"""A program that was started, what it says, and its end."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from apps.core.supervisor.options import PROJECT

EXIT_POLL_SECONDS = 0.05
LONGEST_LINE = 65_536  # bytes; longer ones are cut
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Program:
    """Runs in a session of its own, so that the terminal's Ctrl-C reaches the supervisor alone.

    asyncio's own processes are not used: they count as running until everyone who inherited their output has closed it,
    so that a killed parent with surviving children would never be noticed.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        parent = os.getpid()
        self._process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=lambda: _die_with(parent),  # noqa: PLW1509 - no thread of ours holds a lock the child needs
        )
        self.pid = self._process.pid

    async def ended(self) -> int:
        """Wait for the end; returns the exit code, negative for the number of a signal."""
        while (code := self._process.poll()) is None:
            await asyncio.sleep(EXIT_POLL_SECONDS)
        return code

    async def follow(self, say: Callable[[str], None]) -> None:
        """Pass on every line, until the program and all it started have closed their output."""
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._process.stdout)
        rest = b""
        try:
            while data := await reader.read(LONGEST_LINE):
                *lines, rest = (rest + data).split(b"\n")
                if len(rest) > LONGEST_LINE:
                    lines, rest = [*lines, rest], b""
                for line in lines:
                    say(line.decode(errors="replace").rstrip("\r"))
            if rest:
                say(rest.decode(errors="replace"))
        finally:
            transport.close()

    def tell_to_stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()

    def end_group(self) -> None:
        """Kill it and whatever it started in its group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


def _die_with(parent: int) -> None:
    """In the new process: ask the kernel for SIGTERM at the supervisor's death, however that comes."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
