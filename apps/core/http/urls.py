"""What describes the API, below ``/api/v1`` and ``/api``."""

from django.urls import path

from apps.core.http import documents

app_name = "api"
urlpatterns = [
    path("schema", documents.schema_document, name="schema"),
    path("schema/console", documents.console, name="console"),
]
