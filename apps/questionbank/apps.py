"""The question bank."""

from django.apps import AppConfig


class QuestionbankConfig(AppConfig):
    """Courses, topics, questions and their versions, media, imports."""

    name = "apps.questionbank"
    label = "questionbank"

    def ready(self) -> None:
        """Register with core's registries."""
        from . import handlers  # noqa: F401 - models exist only now
