"""The exam endpoints. Saving answers has a module of its own, ``saving``."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.http.permissions import SelfAccess, UserAccess
from apps.accounts.http.requests import SignedInRequest
from apps.core.errors import BadInput, NotFound, WrongState
from apps.core.http.envelope import created, ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.views import APIView
from apps.questionbank.models import Course, Topic

from .. import presenting, queries, services
from ..models import Exam, ExamSession, ExamType
from . import serializers as shapes


def session_of(request: SignedInRequest, public_id: UUID) -> ExamSession:
    """Return the caller's own session, finished now if its time is over. 404 for anybody else's."""
    session = get_object_or_404(
        ExamSession.objects.visible_to(request.user)
        .filter(user=request.user)
        .select_related("exam", "revision", "user"),
        public_id=public_id,
    )
    return services.finish_overdue_session(session=session, now=request.received_at)


class SessionStart(APIView):
    """Begin."""

    permission_classes = [UserAccess]
    is_metered = False

    @operation(takes=shapes.StartIn, gives=shapes.SessionOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Start a session, or return the unfinished one of the same exam."""
        given = read_body(shapes.StartIn, request)
        session = services.start_session(
            actor=request.user, wanted=_start_request(request, given), now=request.received_at
        )
        body = presenting.session_head(session, now=request.received_at)
        body["questions"] = presenting.open_questions(session, opened=getattr(session, "opened_items", None))
        return created(body, message=_("Started."))


class SessionQuestions(APIView):
    """The questions of the caller's session."""

    permission_classes = [SelfAccess]
    is_metered = False

    @operation(gives=shapes.SessionOut)
    def get(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Return the questions in their order, without keys, with the answers that stand."""
        session = session_of(request, exam_id)
        if session.finished_at is not None:
            raise WrongState(_("This session is over. Its result is under summary."), code="finished")
        body = presenting.session_head(session, now=request.received_at)
        return ok({**body, "questions": presenting.open_questions(session)})


class SessionNext(APIView):
    """The next question of a session that cannot go back."""

    permission_classes = [SelfAccess]
    is_metered = False

    @operation(gives=shapes.SessionOut)
    def get(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Leave the present question for good and return the next one; at the last one nothing moves."""
        session = services.move_on(actor=request.user, session=session_of(request, exam_id), now=request.received_at)
        body = presenting.session_head(session, now=request.received_at)
        return ok({**body, "questions": presenting.open_questions(session)})


class SessionSubmit(APIView):
    """Hand in."""

    permission_classes = [SelfAccess]
    is_metered = False

    @operation(gives=shapes.SubmittedOut)
    def post(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Close the session and mark it; repeating it returns the first submission."""
        session = services.submit_session(
            actor=request.user, session=session_of(request, exam_id), now=request.received_at
        )
        return ok(
            {"status": "finished", "submitted_at": session.submitted_at, "receipt": session.receipt},
            message=_("Handed in."),
        )


class SessionSummary(APIView):
    """The result."""

    permission_classes = [SelfAccess]
    is_metered = False

    @operation(gives=shapes.ResultOut)
    def get(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Return score, pass or fail and, once released, every question with its key and reasons."""
        return ok(presenting.result(session_of(request, exam_id), now=request.received_at))


class SessionResults(SessionSummary):
    """The result under its other name."""


class SessionReceipt(APIView):
    """The receipt."""

    permission_classes = [SelfAccess]
    is_metered = False

    @operation(gives=shapes.ReceiptOut)
    def get(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Return the signed receipt of a submission: count, hash and time of every answer."""
        session = session_of(request, exam_id)
        if session.receipt is None:
            raise WrongState(_("There is a receipt once the session is handed in."), code="not_finished")
        return ok(session.receipt)


class SessionHistory(APIView):
    """The caller's sessions."""

    permission_classes = [SelfAccess]
    listing = Listing(
        out=shapes.HistoryOut,
        sort={"started_at": "started_at", "title": "title"},
        default_sort="-started_at",
        filters={
            "exam_type": Filter(
                field=serializers.ChoiceField(choices=ExamType.choices, required=False), lookup="exam_type"
            ),
            "exam": Filter(field=serializers.UUIDField(required=False), lookup="exam__public_id"),
            "course": Filter(field=serializers.UUIDField(required=False), lookup="course__public_id"),
        },
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """List the caller's sessions, newest first."""
        return self.listing.answer(request, queries.history_of(request.user))


def named(rows: QuerySet[Any], public_id: UUID, field: str) -> Any:
    """Return the row a body names, or BadInput that points at the field."""
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise BadInput(fields={field: [_("There is nothing you can use under this id.")]})
    return found


def _start_request(request: SignedInRequest, given: dict[str, Any]) -> services.StartRequest:
    if "exam_id" in given:
        exam = (
            Exam.objects.visible_to(request.user).select_related("current").filter(public_id=given["exam_id"]).first()
        )
        if exam is None:
            raise NotFound(_("There is no exam you can sit under this id."))
        return services.StartRequest(exam_type=exam.exam_type, exam=exam)
    topics, courses = Topic.objects.visible_to(request.user), Course.objects.visible_to(request.user)
    return services.StartRequest(
        exam_type=given["exam_type"],
        topic=named(topics.select_related("course"), given["topic"], "topic") if "topic" in given else None,
        course=named(courses, given["course"], "course") if "course" in given else None,
        count=given["count"],
        difficulty=given.get("difficulty", ""),
    )
