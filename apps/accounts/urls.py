"""Addresses of the account pages."""

from django.urls import path

from apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("welcome", views.welcome, name="welcome"),
    path("account", views.account, name="account"),
    path("account/devices/<uuid:session_id>/end", views.end_device, name="end_device"),
    path("language", views.language, name="language"),
]
