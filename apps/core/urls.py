"""Addresses of core's own pages."""

from django.urls import path

from apps.core import views

app_name = "core"

urlpatterns = [
    path("", views.home, name="home"),
    path("design", views.design, name="design"),
    path("appearance", views.appearance, name="appearance"),
]
