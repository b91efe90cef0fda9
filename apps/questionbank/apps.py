"""The questionbank app."""

from django.apps import AppConfig


class QuestionbankConfig(AppConfig):
    """See the architecture page for what this app owns."""

    name = "apps.questionbank"
    label = "questionbank"
