"""The exams app."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """See the architecture page for what this app owns."""

    name = "apps.exams"
    label = "exams"
