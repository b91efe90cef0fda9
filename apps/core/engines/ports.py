"""Ports on the loopback interface, chosen once per installation and kept."""

import hashlib
import os
import socket
from pathlib import Path

from apps.core.engines.errors import EngineError

# Below the range from which systems hand out ports for outgoing connections, so that none is taken by accident.
FIRST_PORT = 20_000
PORTS = 12_000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(var: Path, purpose: str, *, avoid: int = 0) -> int:
    """A free port; the search starts at a place that depends on ``var``, so that neighbours rarely meet."""
    start = int.from_bytes(hashlib.sha256(os.fsencode(var) + purpose.encode()).digest()[:4])
    for step in range(PORTS):
        port = FIRST_PORT + (start + step) % PORTS
        if port != avoid and is_free(port):
            return port
    raise EngineError(
        f"No free port on 127.0.0.1 between {FIRST_PORT} and {FIRST_PORT + PORTS - 1} for {purpose}: "
        "stop what holds them."
    )
