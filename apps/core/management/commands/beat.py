"""``manage.py beat``: keeps the schedule."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.core import schedule
from apps.core.beat import Beat
from apps.core.models import ScheduleRun


class Command(BaseCommand):
    help = "Do what is due by the clock. Several may run: one is active, the others take over when it ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to look instead of run."""
        parser.add_argument("--list", action="store_true", help="show the schedule and its last runs, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        if options["list"]:
            self._list()
            return
        beat = Beat()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: beat.stop.set())
        beat.run()

    def _list(self) -> None:
        runs = {run.name: run for run in ScheduleRun.objects.all()}
        for entry in schedule.entries():
            run = runs.get(entry.name)
            outcome = "never ran" if run is None else f"{run.started_at:%Y-%m-%d %H:%M:%S} {run.error or 'well'}"
            self.stdout.write(f"{entry.name:<40} {entry.rhythm():<24} {outcome}")
