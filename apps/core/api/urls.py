"""Addresses of core's API, below ``/api/v1`` and ``/api``."""

from django.urls import path

from apps.core.api import views

app_name = "core_api"
urlpatterns = [
    path("uploads", views.Upload.as_view(), name="upload"),
    path("uploads/<uuid:file_id>", views.UploadDetail.as_view(), name="upload_detail"),
    path("documents/upload", views.DocumentUpload.as_view(), name="document_upload"),
]
