"""A live server with the topic ``bell:<key>``, which everybody may hear, and a page that listens to ``bell:1``.

``python -m tests.core.live_process PORT``
"""

import sys

import django

django.setup()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - after the set-up
from daphne.cli import CommandLineInterface  # noqa: E402

from apps.core import live  # noqa: E402
from config import asgi  # noqa: E402
from tests.processes import PROJECT  # noqa: E402

if __name__ != "__main__":  # daphne imports this file a second time, by its name
    live.topic("bell", can_subscribe=lambda user, key: True)

PAGE = b"""<!doctype html><title>Live</title><script type="module">
  import { live } from "/live.js";
  window.told = [];
  window.live = live;
  window.stop = live.subscribe("bell:1", {
    message: (event, data) => window.told.push(data.text),
    reload: () => window.told.push("reload"),
    ready: () => (window.ready = true),
  });
</script>"""


async def pages(scope, receive, send):
    """Answer with the page or its script."""
    is_script = scope["path"] == "/live.js"
    body = (PROJECT / "static/core/js/live.js").read_bytes() if is_script else PAGE
    content_type = b"text/javascript" if is_script else b"text/html"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", content_type)]})
    await send({"type": "http.response.body", "body": body})


application = ProtocolTypeRouter({"http": pages, "websocket": asgi.application.application_mapping["websocket"]})

if __name__ == "__main__":
    CommandLineInterface().run(["-b", "127.0.0.1", "-p", sys.argv[1], "tests.core.live_process:application"])
