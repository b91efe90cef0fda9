"""Uploading files, and reading what one may read."""

from typing import Any, ClassVar
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.response import Response

from apps.core import files
from apps.core.api.serializers import StoredFileOut, UploadIn
from apps.core.http.envelope import created, ok
from apps.core.http.permissions import SignedIn
from apps.core.http.requests import TrackedAPIRequest
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.uploads import UploadView
from apps.core.http.views import APIView
from apps.core.models import StoredFile


class SignedInRequest(TrackedAPIRequest):
    """A request of somebody signed in; for annotations only. Who people are is the business of accounts, above."""

    user: Any


class Upload(UploadView):
    """Where files arrive."""

    permission_classes = [SignedIn]
    takes_key = False  # a repetition adds a row for the same content
    kinds: ClassVar[frozenset[str]] = files.ALL_KINDS

    @operation(takes=UploadIn, gives=StoredFileOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Store an uploaded file and return its id.

        Sent as multipart form data in the field `file`. Images are scaled down and lose their metadata. What a file is, is
        told by its content: HTML, SVG, scripts and programs are refused.
        """
        given = read_body(UploadIn, request)
        membership = request.user.acting_membership()
        stored = files.store(
            owner=request.user,
            organization_id=membership.organization_id if membership else None,
            filename=given["file"].name,
            content=given["file"],
            kinds=self.kinds,
        )
        return created(StoredFileOut(stored).data, message=_("The file is stored."))


class DocumentUpload(Upload):
    """Where documents arrive."""

    kinds = files.DOCUMENTS

    @operation(takes=UploadIn, gives=StoredFileOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Store an uploaded document and return its id: PDF, DOCX, XLSX, PPTX, text, CSV or XML."""
        return super().post(request)


class UploadDetail(APIView):
    """One stored file."""

    permission_classes = [SignedIn]

    @operation(gives=StoredFileOut)
    def get(self, request: SignedInRequest, file_id: UUID) -> Response:
        """Fetch a stored file by id: what it is, and a link to its content.

        Only its owner, or someone it is shared with, may.
        """
        stored = get_object_or_404(StoredFile.objects.visible_to(request.user), public_id=file_id)
        return ok(StoredFileOut(stored).data)
