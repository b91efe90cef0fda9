"""The embedded Valkey, with a password and an append-only file."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from apps.core.engines.binaries import find_valkey
from apps.core.engines.errors import EngineError
from apps.core.engines.layout import EngineLayout
from apps.core.engines.logs import log_tail, open_log
from apps.core.engines.processes import find_pids, is_running, recorded_pid, wait_until

START_SECONDS = 120  # reading a large append-only file
STOP_SECONDS = 60


def running_pid(layout: EngineLayout) -> int | None:
    pid = recorded_pid(layout.valkey_data / "valkey.pid")
    return pid if is_running(pid, _configuration_file(layout)) else None


def launch(layout: EngineLayout, *, port: int, password: str) -> None:
    """Start the server if none runs. It goes to the background at once; ``wait_ready`` says when it answers.

    A server that lost its pid file is ended first: two would spoil the append-only file they share.
    """
    if running_pid(layout):
        return
    for unrecorded in _find_servers(layout):
        _end(layout, unrecorded)
    layout.own_directory(layout.valkey_data)
    with open_log(layout, "valkey"):
        configuration = _write_configuration(layout, port, password)
    found = find_valkey()
    server = layout.program(found, trees=[found])
    done = subprocess.run(
        [server, configuration],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        **layout.run_as(),
    )
    if done.returncode:
        raise EngineError(f"Valkey in {layout.valkey_data} did not start: {done.stdout}{done.stderr}".strip())


def wait_ready(layout: EngineLayout, *, port: int, password: str) -> bool:
    """True when it answers; False when it ended meanwhile, as it does when the port is taken."""

    def answers_or_ended() -> bool:
        return is_ready(port=port, password=password) or _has_ended(layout)

    if not wait_until(answers_or_ended, seconds=START_SECONDS):
        raise EngineError(
            f"Valkey in {layout.valkey_data} did not answer in {START_SECONDS} s.\n{log_tail(layout, 'valkey')}"
        )
    return is_ready(port=port, password=password)


def is_ready(*, port: int, password: str) -> bool:
    """Whether a server on the port takes our password and is done loading."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(_command("AUTH", password) + _command("PING"))
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := connection.recv(4096)):
                answer += part
    except OSError:
        return False
    return answer == b"+OK\r\n+PONG\r\n"


def stop(layout: EngineLayout) -> bool:
    """End the server, which writes what it holds; False when none ran."""
    pid = running_pid(layout)
    if pid is None:
        return False
    _end(layout, pid)
    return True


def _end(layout: EngineLayout, pid: int) -> None:
    os.kill(pid, signal.SIGTERM)
    if not wait_until(lambda: not is_running(pid, _configuration_file(layout)), seconds=STOP_SECONDS):
        raise EngineError(
            f"Valkey in {layout.valkey_data} (process {pid}) did not stop in {STOP_SECONDS} s.\n"
            f"{log_tail(layout, 'valkey')}"
        )


def _configuration_file(layout: EngineLayout) -> Path:
    return layout.valkey_data / "valkey.conf"


def _find_servers(layout: EngineLayout) -> list[int]:
    """Every server of this installation, whatever its pid file says."""
    configuration = str(_configuration_file(layout))
    return find_pids(lambda arguments: configuration in arguments)


def _has_ended(layout: EngineLayout) -> bool:
    """Whether no server is left, whether or not it came as far as writing its pid file."""
    return running_pid(layout) is None and not _find_servers(layout)


def _write_configuration(layout: EngineLayout, port: int, password: str) -> str:
    data = layout.valkey_data
    lines = [
        "bind 127.0.0.1",
        f"port {port}",
        f"requirepass {password}",
        f"dir {_quoted(data)}",
        f"pidfile {_quoted(data / 'valkey.pid')}",
        f"logfile {_quoted(layout.logs / 'valkey.log')}",
        "daemonize yes",
        "set-proc-title no",  # its arguments are how it is recognised
        "appendonly yes",
        "appendfsync everysec",
        "aof-load-truncated yes",
        'save ""',
        "maxmemory-policy noeviction",
    ]
    path = _configuration_file(layout)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with open(descriptor, "w") as file:
        file.write("\n".join(lines) + "\n")
    layout.give(path)
    return str(path)


def _quoted(path: os.PathLike[str]) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _command(*words: str) -> bytes:
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        encoded = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(encoded), encoded))
    return b"".join(parts)
