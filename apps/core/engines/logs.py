import contextlib
from collections.abc import Iterator
from typing import BinaryIO

from apps.core.engines.layout import EngineLayout

LOG_LIMIT = 10 * 1024 * 1024


@contextlib.contextmanager
def open_log(layout: EngineLayout, engine: str) -> Iterator[BinaryIO]:
    """The engine's log, open for appending; one that has grown past 10 MiB first makes way, keeping one older file."""
    layout.logs.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = layout.logs / f"{engine}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    with open(path, "ab") as log:
        path.chmod(0o640)
        layout.give(path)
        yield log


def log_tail(layout: EngineLayout, engine: str, *, since: int = 0) -> str:
    """The last 2,000 bytes of the log, at most those after the byte position ``since``."""
    path = layout.logs / f"{engine}.log"
    try:
        text = path.read_bytes()[since:][-2000:].decode(errors="replace")
    except OSError:
        return f"There is no log at {path}."
    return f"{text}(from {path})"
