import os
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from apps.core.engines.credentials import ensure_secret

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the router waits, in seconds."""

    idle: float = 75  # for the next request of an open connection
    head: float = 10  # for the rest of a request head, from its first byte
    body: float = 30  # for the next piece of a request body
    upstream: float = 10  # for web or live to accept connections, as while it restarts
    answer: float = 120  # for the next piece of an answer
    farewell: float = 2  # for a client to read a refusal and close
    shutdown: float = 10  # for answers in progress when the router is told to stop


@dataclass(frozen=True, kw_only=True)
class RouterOptions:
    """``port`` 0 lets the system choose."""

    host: str
    port: int
    web_sockets: tuple[Path, ...]
    live_socket: Path
    secret: str
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    patience: Patience = field(default_factory=Patience)


def options_from_environment() -> RouterOptions:
    """Read ``LECTERN_HOST``, ``LECTERN_PORT``, ``LECTERN_TRUSTED_PROXIES`` and where web and live listen.

    A value that cannot be used ends the program with its name and the remedy.
    """
    var = Path(os.environ.get("LECTERN_VAR") or PROJECT / "var").resolve()
    return RouterOptions(
        host=os.environ.get("LECTERN_HOST") or "127.0.0.1",
        port=_port(os.environ.get("LECTERN_PORT") or "8000"),
        web_sockets=_paths(os.environ.get("LECTERN_WEB_SOCKETS") or str(var / "run" / "web-1.sock")),
        live_socket=Path(os.environ.get("LECTERN_LIVE_SOCKET") or var / "run" / "live.sock"),
        secret=os.environ.get("LECTERN_ROUTER_SECRET") or ensure_secret(var, "router_secret"),
        trusted_proxies=_networks(os.environ.get("LECTERN_TRUSTED_PROXIES", "")),
    )


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part) for part in text.split(os.pathsep) if part)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SystemExit(f"LECTERN_PORT is {text!r}; use a number from 1 to 65535.")
    return int(text)


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SystemExit(
            f"LECTERN_TRUSTED_PROXIES cannot be used ({error}); use networks such as 10.0.0.0/8, comma separated."
        ) from None
