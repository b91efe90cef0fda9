"""Pages of the bank."""

from django.urls import path

from . import views

app_name = "questionbank"
urlpatterns = [
    path("courses", views.courses, name="courses"),
    path("courses/<uuid:course_id>", views.course, name="course"),
]
