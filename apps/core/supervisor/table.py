"""The processes of a campus, in one place."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from apps.core.engines.credentials import ensure_secret
from apps.core.supervisor.options import PROJECT, SupervisorOptions

PYTHON = sys.executable
MANAGE = (PYTHON, str(PROJECT / "manage.py"))
WEB_THREADS = 4  # a slow document must not hold up a whole server


@dataclass(frozen=True, kw_only=True)
class Process:
    """``is_first``: needed for the first page, so started before the others. ``grace``: seconds to end in order."""

    name: str
    command: Sequence[str]
    is_first: bool = False
    listens_on: Path | None = None
    grace: float = 5
    environment: Mapping[str, str] = field(default_factory=dict)


def campus_processes(options: SupervisorOptions) -> list[Process]:
    """Started from the top. The last, the router, is stopped before all others: it lets running answers end first."""
    webs = {f"web-{number}": options.socket(f"web-{number}") for number in range(1, options.web_processes + 1)}
    live = options.socket("live")
    router_environment = {
        "LECTERN_WEB_SOCKETS": os.pathsep.join(map(str, webs.values())),
        "LECTERN_LIVE_SOCKET": str(live),
    }
    return [
        *[_web(name, socket, is_first=name == "web-1") for name, socket in webs.items()],
        Process(
            name="live",
            command=(
                *(PYTHON, "-m", "daphne", "--verbosity", "0", "--proxy-headers"),
                *("--endpoint", f"unix:{_escaped(live)}:mode=600:lockfile=0", "config.asgi:application"),
            ),
            listens_on=live,
        ),
        Process(
            name="worker",
            command=(
                *(PYTHON, "-m", "celery", "--quiet", "--app", "config.celery", "worker", "--loglevel", "INFO"),
                *("--without-gossip", "--without-mingle", "--without-heartbeat"),
            ),
            grace=15,
            environment={"PYTHONWARNINGS": "ignore:You're running the worker with superuser"},
        ),
        Process(name="relay", command=(*MANAGE, "relay")),
        Process(name="beat", command=(*MANAGE, "beat")),
        Process(
            name="router",
            command=(PYTHON, "-m", "apps.core.router"),
            is_first=True,
            grace=12,
            environment=router_environment,
        ),
    ]


def shared_environment(options: SupervisorOptions) -> dict[str, str]:
    """What every process is told. The router's secret lets web believe the router's word on caller and time."""
    log_format = "json" if os.environ.get("ENVIRONMENT") == "production" else "text"
    return {
        **os.environ,
        "LECTERN_VAR": str(options.var),
        "LECTERN_HOST": options.host,
        "LECTERN_PORT": str(options.port),
        "LECTERN_ROUTER_SECRET": ensure_secret(options.var, "router_secret"),
        "LECTERN_LOG_FORMAT": os.environ.get("LECTERN_LOG_FORMAT") or log_format,
        "PYTHONUNBUFFERED": "1",
    }


def _web(name: str, socket: Path, *, is_first: bool) -> Process:
    """One server process per entry: several workers behind one unix socket would share its connections unevenly."""
    return Process(
        name=name,
        command=(
            *(PYTHON, "-m", "granian", "--interface", "wsgi", "--uds", str(socket), "--uds-permissions", "0600"),
            *("--workers", "1", "--blocking-threads", str(WEB_THREADS), "--backlog", "2048", "--no-ws"),
            *("--log-level", "warning", "--workers-kill-timeout", "8", "config.wsgi:application"),
        ),
        is_first=is_first,
        listens_on=socket,
        grace=10,
    )


def _escaped(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace(":", "\\:")
