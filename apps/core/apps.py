"""Lectern's ground floor."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    """What every other app stands on."""

    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        """Register what core offers, and give new consumers of facts their place before anything can be published."""
        from apps.core import handlers

        post_migrate.connect(handlers.give_cursors_to_new_consumers, sender=self)
