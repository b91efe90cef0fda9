"""Lectern's ground floor."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """What every other app stands on."""

    name = "apps.core"
    label = "core"
