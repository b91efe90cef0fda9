"""What the live server runs: ``/ws``. Everything else belongs to the web server."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
pages = get_asgi_application()

from apps.core.live.consumer import LiveConsumer  # noqa: E402 - apps must be loaded first

application = ProtocolTypeRouter({"http": pages, "websocket": URLRouter([path("ws", LiveConsumer.as_asgi())])})
