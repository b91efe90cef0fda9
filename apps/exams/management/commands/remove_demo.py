"""``manage.py remove_demo``: takes the demonstration school away."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.exams.demo import removing


class Command(BaseCommand):
    help = "Remove the demonstration school with everything in it. Other organisations stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove it and say what went."""
        removed = removing.remove()
        if removed is None:
            self.stdout.write("There is no demonstration school here.")
            return
        self.stdout.write(f"Removed the demonstration school: {sum(removed.rows.values())} rows and its people.")
        for email in removed.kept:
            self.stdout.write(
                f"  {email} stays, closed, because rows of other organisations name it. "
                "Replace it there, then delete it in the administration."
            )
