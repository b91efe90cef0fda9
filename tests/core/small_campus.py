"""A campus without Django, for tests of the supervisor: ``python small_campus.py VAR PORT``.

Its web servers answer every request with their process number. Its worker has a process of its own, and a fragile one
ends at once.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from apps.core.supervisor.options import SupervisorOptions
from apps.core.supervisor.state import AlreadyRunning, take_lock
from apps.core.supervisor.supervisor import supervise
from apps.core.supervisor.table import Process

ITSELF = (sys.executable, str(Path(__file__).resolve()))


def processes(options):
    webs = {name: options.socket(name) for name in ("web-1", "web-2")}
    router = {
        "LECTERN_WEB_SOCKETS": os.pathsep.join(map(str, webs.values())),
        "LECTERN_LIVE_SOCKET": str(options.socket("live")),
    }
    return [
        *[
            Process(name=name, command=(*ITSELF, "web", str(path)), listens_on=path, is_first=True, grace=3)
            for name, path in webs.items()
        ],
        Process(name="worker", command=(*ITSELF, "worker"), grace=3),
        Process(name="fragile", command=(*ITSELF, "fragile"), grace=3),
        Process(
            name="router",
            command=(sys.executable, "-m", "apps.core.router"),
            is_first=True,
            grace=3,
            environment=router,
        ),
    ]


async def serve(path):
    body = str(os.getpid()).encode()

    async def answer(reader, writer):
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        writer.close()

    server = await asyncio.start_unix_server(answer, path)
    sys.stdout.write("serving\n")
    sys.stdout.flush()
    await server.serve_forever()


def main():
    kind, *rest = sys.argv[1:]
    if kind == "web":
        return asyncio.run(serve(rest[0]))
    if kind == "worker":
        return subprocess.run(["sleep", "1000"], check=False).returncode
    if kind == "fragile":
        return 3
    options = SupervisorOptions(var=Path(kind), host="127.0.0.1", port=int(rest[0]), wants_demo=True, web_processes=2)
    try:
        lock = take_lock(options.var)
    except AlreadyRunning as running:
        sys.stdout.write(f"{running}\n")
        return 1
    with lock:
        return asyncio.run(supervise(options, processes(options), prepares=False))


if __name__ == "__main__":
    raise SystemExit(main())
