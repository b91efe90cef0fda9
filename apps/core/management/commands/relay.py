"""``manage.py relay``: hands facts to their consumers."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.relay import Relay


class Command(BaseCommand):
    help = "Hand facts to their consumers. Several may run: one is active, the others take over when it ends."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        relay = Relay()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: relay.stop.set())
        relay.run()
