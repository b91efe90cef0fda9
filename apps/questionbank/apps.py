"""The question bank."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuestionbankConfig(AppConfig):
    """Courses, topics, questions and their versions, media, imports."""

    name = "apps.questionbank"
    label = "questionbank"
    verbose_name = _("Question bank")

    def ready(self) -> None:
        """Register with core's registries."""
        from . import handlers  # noqa: F401 - models exist only now
