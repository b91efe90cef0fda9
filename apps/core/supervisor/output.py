"""What the processes say: with a prefix on the console, and in a file of its own for each under ``var/log``."""

import os
import queue
import sys
import threading
from pathlib import Path
from typing import BinaryIO

FILE_LIMIT = 5 * 1024 * 1024
OLD_FILES = 3
COLOURS = (36, 32, 35, 33, 34, 96, 92, 95, 93, 94)
LINES_WAITING = 10_000


class Console:
    """Writes in a thread: a terminal that stands still, or is gone, must not stop the campus. Then lines are left out."""

    def __init__(self) -> None:
        self._lines: queue.Queue[bytes | None] = queue.Queue(LINES_WAITING)
        self._has_colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._colours: dict[str, int] = {}
        self._width = 10
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def line(self, name: str, text: str) -> None:
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        prefix = f"{name:<{self._width}} │ "
        if self._has_colours:
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self._put(f"{prefix}{text}\n".encode(errors="replace"))

    def plain(self, text: str) -> None:
        self._put(f"{text}\n".encode(errors="replace"))

    def close(self) -> None:
        """Wait a moment for what is still to be written."""
        self._lines.put(None)
        self._thread.join(timeout=2)

    def _put(self, line: bytes) -> None:
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            return

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                sys.stdout.buffer.write(line)
                if self._lines.empty():
                    sys.stdout.buffer.flush()
            except (OSError, ValueError):  # nobody reads any more; the files go on
                continue


class LogFile:
    """Grows to 5 MiB, then makes way; three older files are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = open(path, "ab")  # noqa: SIM115 - open as long as the process speaks

    def line(self, text: str) -> None:
        if self._file.tell() > FILE_LIMIT:
            self._rotate()
        self._file.write(f"{text}\n".encode(errors="replace"))
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        for number in range(OLD_FILES, 0, -1):
            older = self._path.with_suffix(f".log.{number}")
            newer = self._path.with_suffix(f".log.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(older)
        self._file = open(self._path, "ab")  # noqa: SIM115 - as above
