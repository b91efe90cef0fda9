"""Pages of the bank, and what they show of its media."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import views
from .api import media_views


class Sha256Converter(StringConverter):
    """A SHA-256 in hexadecimal."""

    regex = "[0-9a-f]{64}"


register_converter(Sha256Converter, "sha256")

app_name = "questionbank"
urlpatterns = [
    path("courses", views.courses, name="courses"),
    path("courses/<uuid:course_id>", views.course, name="course"),
    path("media/<sha256:sha256>", media_views.QuestionMedia.as_view(), name="media"),
]
