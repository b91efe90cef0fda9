"""``manage.py load_demo``: a school to look around in."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from apps.accounts import demo_accounts
from apps.exams.demo import loading


class Command(BaseCommand):
    help = "Load the demonstration school. Loading it again finds it; remove_demo takes it away."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say how to sign in."""
        begun = time.monotonic()
        self.stdout.write("Demonstration school:")
        try:
            organization, is_new = loading.load(now=timezone.now(), say=self.stdout.write)
        except loading.DemoRefused as refusal:
            raise CommandError(str(refusal)) from None
        if not is_new:
            self.stdout.write(f"  {organization.name} is here already.")
        else:
            self.stdout.write(f"  loaded in {time.monotonic() - begun:.1f} s")
        for account in demo_accounts.sign_ins():
            self.stdout.write(f"  {account['role']:<16} {account['email']}")
        self.stdout.write(f"  everybody’s password: {demo_accounts.DEMO_PASSWORD}")
