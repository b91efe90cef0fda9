"""Files that arrive as forms, counted on their way in."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from apps.core import files
from apps.core.http.views import APIView

FORM_BYTES = 64 * 1024  # what a form around a file may take


class UploadView(APIView):
    """A path that takes a file as multipart form data."""

    parser_classes = [MultiPartParser]

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        """Have the file counted while it arrives, so that what is too large is never kept, not even for a moment."""
        request.upload_handlers.insert(0, SizeLimit(request))
        return super().initialize_request(request, *args, **kwargs)


class SizeLimit(FileUploadHandler):
    """Ends an upload that grows too large, by its announced length or by what arrives."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Refuse by the announced length of the whole body."""
        self._arrived = 0
        self._refuse_over(content_length - FORM_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Refuse by what has arrived."""
        self._arrived += len(raw_data)
        self._refuse_over(self._arrived)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""

    def _refuse_over(self, size: int) -> None:
        files.refuse_too_large(size, settings.UPLOAD_LIMIT_BYTES)
