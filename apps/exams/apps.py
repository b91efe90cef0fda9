"""Exams: built, sat, never lost, marked."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExamsConfig(AppConfig):
    """The exam engine."""

    name = "apps.exams"
    label = "exams"
    verbose_name = _("Exams")

    def ready(self) -> None:
        """Register with core's registries."""
        from . import handlers  # noqa: F401 - models exist only now
