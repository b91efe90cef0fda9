"""Exams: built, sat, never lost, marked."""

from django.apps import AppConfig


class ExamsConfig(AppConfig):
    """The exam engine."""

    name = "apps.exams"
    label = "exams"
