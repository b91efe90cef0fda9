"""Pictures and sounds of questions, for members of their organisation: by cookie on a page, by token elsewhere."""

from collections.abc import Iterator

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from apps.accounts.http.permissions import UserAccess
from apps.accounts.http.requests import SignedInRequest
from apps.core.errors import NotFound
from apps.core.http.ranges import Unsatisfiable, byte_range
from apps.core.http.views import APIView
from apps.core.models import StoredFile
from apps.questionbank.models import Media

CHUNK_BYTES = 64 * 1024
# what an address names never changes, so a browser keeps it for a year; a shared cache does not know who may see it
HEADERS = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, max-age=31536000, immutable",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class QuestionMedia(APIView):
    """One picture or sound."""

    permission_classes = [UserAccess]
    is_metered = False  # a paper may hold many
    file_type = "application/octet-stream"  # of whatever kind it is

    def get(self, request: SignedInRequest, sha256: str) -> HttpResponseBase:
        """Return its content, or the part a player asks for."""
        media = get_object_or_404(Media.objects.visible_to(request.user).select_related("file"), sha256=sha256)
        response = _answer(request, media.file, etag=f'"{sha256}"')
        for name, value in HEADERS.items():
            response[name] = value
        response["ETag"] = f'"{sha256}"'
        return response


def _answer(request: SignedInRequest, stored: StoredFile, *, etag: str) -> HttpResponseBase:
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304)
    try:
        part = byte_range(request.headers.get("Range", ""), stored.size_bytes)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{stored.size_bytes}"})
    try:
        stream = default_storage.open(stored.storage_name, "rb")
    except FileNotFoundError:
        raise NotFound from None
    if part is None:
        return FileResponse(stream, content_type=stored.media_type)
    response = StreamingHttpResponse(_Part(stream, part), status=206, content_type=stored.media_type)
    response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{stored.size_bytes}"
    response["Content-Length"] = str(len(part))
    return response


class _Part:
    """A part of a file as a response sends it; closed with the response, also when nobody read it."""

    def __init__(self, stream: File, part: range) -> None:
        self._stream = stream
        self._part = part
        self.close = stream.close

    def __iter__(self) -> Iterator[bytes]:
        self._stream.seek(self._part.start)
        left = len(self._part)
        while left and (chunk := self._stream.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk
