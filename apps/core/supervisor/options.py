import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
LONGEST_SOCKET_PATH = 103  # bytes; the least among the systems Lectern runs on


@dataclass(frozen=True, kw_only=True)
class SupervisorOptions:
    """``web_processes`` servers answer requests side by side."""

    var: Path
    host: str
    port: int
    wants_demo: bool
    web_processes: int

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the campus."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    def socket(self, name: str) -> Path:
        """Where a process listens. Below a very long path the sockets move to a private directory with a short one."""
        path = self.var / "run" / f"{name}.sock"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            return path
        mark = hashlib.sha256(os.fsencode(self.var)).hexdigest()[:12]
        directory = Path(tempfile.gettempdir()) / f"lectern-{os.getuid()}-{mark}"
        directory.mkdir(mode=0o700, exist_ok=True)
        facts = directory.lstat()
        if facts.st_uid != os.getuid() or facts.st_mode & 0o077:
            raise SystemExit(f"{directory} is open to others or belongs to them. Remove it, then start again.")
        return directory / f"{name}.sock"


def options_from_environment() -> SupervisorOptions:
    """Read ``LECTERN_VAR``, ``LECTERN_HOST``, ``LECTERN_PORT``, ``LECTERN_WEB_PROCESSES`` and ``DEMO``."""
    is_production = os.environ.get("ENVIRONMENT") == "production"
    wants_demo = bool(_number("DEMO", 0 if is_production else 1, low=0, high=1))
    if is_production and wants_demo:
        raise SystemExit(
            "DEMO is 1 and ENVIRONMENT is production: everybody knows the passwords of the demo school. "
            "Set DEMO=0, or load it on a site of its own."
        )
    return SupervisorOptions(
        var=Path(os.environ.get("LECTERN_VAR") or PROJECT / "var").resolve(),
        host=os.environ.get("LECTERN_HOST") or "127.0.0.1",
        port=_number("LECTERN_PORT", 8000, high=65535),
        wants_demo=wants_demo,
        web_processes=_number("LECTERN_WEB_PROCESSES", min(os.cpu_count() or 1, 8), high=64),
    )


def _number(name: str, default: int, *, low: int = 1, high: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not low <= int(text) <= high:
        raise SystemExit(f"{name} is {text!r}; use a number from {low} to {high}.")
    return int(text)
