"""``manage.py prepare``: what a start needs done, in one process."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS = {
    "migrate": {"interactive": False, "verbosity": 1},
    "collectstatic": {"interactive": False, "verbosity": 0},
    "load_demo": {},
}


class Command(BaseCommand):
    help = "Run migrate, collectstatic or load_demo in the order given, loading the platform once."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names of the steps."""
        parser.add_argument("steps", nargs="+", choices=list(STEPS))

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out the steps; the first that fails ends it."""
        for step in options["steps"]:
            call_command(step, **STEPS[step])
