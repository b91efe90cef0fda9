"""Exams: built, sat, never lost, marked."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """The exam engine."""

    name = "apps.exams"
    label = "exams"

    def ready(self) -> None:
        """Register with core's registries."""
        from . import handlers  # noqa: F401 - models exist only now
