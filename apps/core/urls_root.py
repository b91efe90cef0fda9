"""Addresses at the root that are no pages."""

from django.urls import path

from apps.core import root_views

app_name = "core_root"
urlpatterns = [
    path("health", root_views.health_probe, name="health"),
    path("metrics", root_views.prometheus, name="metrics"),
    path("files/<str:token>", root_views.file_content, name="file"),
]
