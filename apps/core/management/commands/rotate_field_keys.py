"""``manage.py rotate_field_keys``: seals all encrypted fields with the first of the field keys."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from apps.core import crypto, jobs, key_rotation


class Command(BaseCommand):
    help = "Have a worker seal all encrypted fields anew with the first key of LECTERN_FIELD_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer to look instead."""
        parser.add_argument("--status", action="store_true", help="only tell how many values are under which key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Enqueue the job, once however often this is called, and tell how things stand."""
        if not options["status"]:
            with transaction.atomic():
                job = jobs.enqueue(key_rotation.ROTATE, dedupe_key=key_rotation.ROTATE)
            self.stdout.write(f"The job {job.public_id} seals everything with the key {next(iter(crypto.keys()))}.")
        for key_id, count in sorted(key_rotation.count_by_key().items()):
            self.stdout.write(f"{key_id}: {count}")
