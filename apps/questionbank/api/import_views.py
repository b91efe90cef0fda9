"""Imports of questions by API."""

from collections.abc import Iterator
from pathlib import PurePath
from uuid import UUID

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.http.requests import SignedInRequest
from apps.core.http.envelope import created, ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.uploads import UploadView
from apps.core.http.views import APIView
from apps.questionbank import imports, queries
from apps.questionbank.api.access import ImportAccess
from apps.questionbank.api.import_serializers import ImportIn, ImportOut, ImportRowOut
from apps.questionbank.models import ImportJob, ImportRow
from apps.questionbank.spreadsheets import csv_lines


class ImportStart(UploadView):
    """Where files of questions arrive."""

    permission_classes = [ImportAccess]
    takes_key = False  # a repetition reads the same file again and adds nothing

    @operation(takes=ImportIn, gives=ImportOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Upload a CSV, Excel, GIFT or Moodle XML file of questions; creates an import that awaits confirmation.

        The file is read in the background: follow `live_topic`, or ask for the import until its `status` is `previewed`.
        """
        given = read_body(ImportIn, request)
        job = imports.upload(actor=request.user, topic=given["topic"], file=given["file"], now=request.received_at)
        return created(ImportOut(job).data, message=_("The file is here and will be read."))


class ImportDetail(APIView):
    """One import."""

    permission_classes = [ImportAccess]

    @operation(gives=ImportOut)
    def get(self, request: SignedInRequest, job_id: UUID) -> Response:
        """Import state and progress counters."""
        return ok(ImportOut(_import(request, job_id)).data)


class ImportPreview(APIView):
    """The rows of an import."""

    permission_classes = [ImportAccess]
    listing = Listing(
        out=ImportRowOut,
        sort={"number": "number"},
        default_sort="number",
        filters={
            "state": Filter(
                field=serializers.ChoiceField(choices=ImportRow.State.choices, required=False), lookup="state"
            )
        },
        cursor=True,
    )

    @operation()
    def get(self, request: SignedInRequest, job_id: UUID) -> Response:
        """Rows as they were read, with findings; nothing of them is in the bank before the import is confirmed."""
        return self.listing.answer(request, _import(request, job_id).rows.all())


class ImportConfirm(APIView):
    """The decision to add what was read."""

    permission_classes = [ImportAccess]

    @operation(gives=ImportOut)
    def post(self, request: SignedInRequest, job_id: UUID) -> Response:
        """Add the ready questions to the bank in one transaction; a repeated call returns the finished import."""
        job = imports.confirm_import(actor=request.user, job=_import(request, job_id), now=request.received_at)
        return ok(ImportOut(_import(request, job_id)).data, message=imports.outcome(job))


class ImportErrors(APIView):
    """What was left aside, as a file."""

    permission_classes = [ImportAccess]
    file_type = "text/csv"

    @operation()
    def get(self, request: SignedInRequest, job_id: UUID) -> StreamingHttpResponse:
        """A CSV file of the rows that are not taken in, with reasons, remedies and their source."""
        job = _import(request, job_id)
        response = StreamingHttpResponse(csv_lines(_error_table(job)), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(True, f"{PurePath(job.filename).stem}-errors.csv")
        return response


class ImportHistory(APIView):
    """Past imports."""

    permission_classes = [ImportAccess]
    listing = Listing(
        out=ImportOut,
        sort={"created_at": "created_at", "filename": "filename", "status": "status"},
        default_sort="-created_at",
        filters={
            "status": Filter(
                field=serializers.ChoiceField(choices=ImportJob.Status.choices, required=False), lookup="status"
            )
        },
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Imports of the organisation, newest first."""
        return self.listing.answer(request, queries.imports_for(request.user))


def _import(request: SignedInRequest, job_id: UUID) -> ImportJob:
    return get_object_or_404(queries.imports_for(request.user), public_id=job_id)


def _error_table(job: ImportJob) -> Iterator[list[object]]:
    yield [_("Number"), _("Line"), _("State"), _("Code"), _("What is wrong"), _("What to do"), _("Source")]
    for row in job.rows.exclude(state=ImportRow.State.READY).order_by("number").iterator(chunk_size=500):
        told = row.findings[-1] if row.findings else {"code": "", "message": "", "remedy": ""}
        yield [row.number, row.line, row.get_state_display(), told["code"], told["message"], told["remedy"], row.source]
