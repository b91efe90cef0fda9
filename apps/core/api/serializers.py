"""What core's API takes and gives."""

from django.conf import settings
from rest_framework import serializers

from apps.core import files
from apps.core.http.serializers import Input
from apps.core.models import StoredFile


class UploadIn(Input):
    """A file to keep, as multipart form data."""

    file = serializers.FileField(max_length=255, allow_empty_file=True)


class StoredFileOut(serializers.ModelSerializer[StoredFile]):
    """A stored file, with a link that reads it for the next minutes without signing in."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.SerializerMethodField(
        help_text="Relative to this site, unless files have an origin of their own."
    )
    url_seconds = serializers.SerializerMethodField(help_text="For how long the link works.")

    class Meta:
        model = StoredFile
        fields = [
            "id",
            "filename",
            "media_type",
            "kind",
            "size_bytes",
            "width_pixels",
            "height_pixels",
            "sha256",
            "created_at",
            "url",
            "url_seconds",
        ]

    def get_url(self, stored: StoredFile) -> str:
        """Return the link."""
        return files.link(stored)

    def get_url_seconds(self, stored: StoredFile) -> int:
        """Return its life."""
        return settings.FILE_LINK_SECONDS
