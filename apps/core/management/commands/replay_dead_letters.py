"""``manage.py replay_dead_letters``: tries once more what consumers refused."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core import outbox


class Command(BaseCommand):
    help = "Hand the facts that consumers refused to them once more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Narrow it to one consumer."""
        parser.add_argument("--consumer", help="only this consumer's")

    def handle(self, *args: Any, consumer: str | None, **options: Any) -> None:
        """Replay, then tell how many were taken."""
        try:
            consumers = [outbox.registry.get(consumer)] if consumer else outbox.registry.consumers()
        except LookupError as error:
            raise CommandError(str(error)) from None
        taken, refused = outbox.replay_dead_letters(consumers)
        self.stdout.write(f"{taken} handed on, {refused} refused again.")
