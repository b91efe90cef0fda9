"""Addresses of the accounts API, below ``/api/v1`` and ``/api``."""

from django.urls import path

from apps.accounts.api import views

app_name = "accounts_api"
urlpatterns = [
    path("auth/login", views.AuthLogin.as_view(), name="auth_login"),
    path("auth/refresh", views.AuthRefresh.as_view(), name="auth_refresh"),
    path("auth/logout", views.AuthLogout.as_view(), name="auth_logout"),
    path("auth/me", views.AuthMe.as_view(), name="auth_me"),
    path("sessions/list", views.SessionList.as_view(), name="session_list"),
    path("sessions/<uuid:session_id>", views.SessionEnd.as_view(), name="session_end"),
    path("universities", views.UniversityList.as_view(), name="university_list"),
]
