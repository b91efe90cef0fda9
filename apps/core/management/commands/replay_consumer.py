"""``manage.py replay_consumer NAME``: feeds a projection again from the oldest fact kept."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import outbox


class Command(BaseCommand):
    help = "Empty a projection; the relay then feeds it again from the oldest fact kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the projection."""
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Reset it and move its cursor back."""
        try:
            position = outbox.replay(outbox.registry.get(name))
        except (LookupError, outbox.NotReplayable) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{name} was emptied. The relay feeds it again from fact {position} on.")
