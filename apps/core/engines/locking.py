import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path

from apps.core.engines.errors import EngineError
from apps.core.engines.processes import wait_until

LOCK_SECONDS = 120


@contextlib.contextmanager
def engine_lock(var: Path) -> Iterator[None]:
    """Only one start or stop at a time per ``var``. The kernel lets go of the lock when its holder dies."""
    var.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = var / "engines.lock"
    try:
        file = open(path, "a+")  # noqa: SIM115 - closed below; only the opening may be refused
    except PermissionError:
        raise EngineError(
            f"{var} belongs to another user, so root or someone else started the engines first. "
            "Start Lectern as they did, or hand the directory over (chown -R) while nothing runs."
        ) from None
    with file:

        def is_ours() -> bool:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if not wait_until(is_ours, seconds=LOCK_SECONDS, every=0.05):
            raise EngineError(
                f"Another start or stop of the engines of {var} has held {path} for {LOCK_SECONDS} s. "
                "Look at it (it may be recovering a large database), then try again."
            )
        yield
