"""The exam endpoints. Saving answers has a module of its own, ``saving``."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.http.permissions import SelfAccess, TeacherAccess, UserAccess
from apps.accounts.http.requests import SignedInRequest
from apps.core.errors import BadInput, NotFound, WrongState
from apps.core.http.envelope import created, ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.views import APIView
from apps.questionbank.models import Course, QuestionEntry, Topic

from .. import authoring, presenting, queries, services
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


class ExamList(APIView):
    """Exams open, upcoming and past; their authors also see drafts."""

    listing = Listing(
        out=shapes.ExamOut,
        sort={"created_at": "created_at", "title": "title", "opens_at": "current__opens_at"},
        default_sort="-created_at",
        filters={"course": Filter(field=serializers.UUIDField(required=False), lookup="course__public_id")},
    )

    def get_permissions(self) -> list[Any]:
        """Reading is for everybody signed in, building for teachers."""
        return [TeacherAccess()] if self.request.method == "POST" else [UserAccess()]

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """List the exams the caller can see."""
        return self.listing.answer(request, Exam.objects.visible_to(request.user).select_related("course", "current"))

    @operation(takes=shapes.ExamIn, gives=shapes.ExamForAuthorsOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Create an exam with its first draft."""
        given = read_body(shapes.ExamIn, request)
        course = _named(Course.objects.visible_to(request.user), given["course"], "course")
        exam = authoring.create_exam(
            actor=request.user,
            course=course,
            title=given["title"],
            exam_type=given["exam_type"],
            changes=_changes(request, given),
        )
        return created(_exam_for(request, exam))


class ExamDetail(APIView):
    """One exam, or one session of the caller under the same path; ``kind`` says which."""

    def get_permissions(self) -> list[Any]:
        """Reading is for everybody signed in, changing for teachers."""
        return [TeacherAccess()] if self.request.method == "PATCH" else [UserAccess()]

    @operation(
        gives=PolymorphicProxySerializer(
            component_name="ExamOrSession",
            serializers={"exam": shapes.ExamForAuthorsOut, "session": shapes.SessionHeadOut},
            resource_type_field_name="kind",
        )
    )
    def get(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Return an exam, or the head of a session with the server's time."""
        exam = (
            Exam.objects.visible_to(request.user).select_related("course", "current").filter(public_id=exam_id).first()
        )
        if exam is not None:
            return ok(_exam_for(request, exam))
        return ok(presenting.session_head(session_of(request, exam_id), now=request.received_at))

    @operation(takes=shapes.ExamChangeIn, gives=shapes.ExamForAuthorsOut)
    def patch(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Change the draft; a published exam gets a new one. Running sessions keep theirs."""
        exam = get_object_or_404(Exam.objects.visible_to(request.user), public_id=exam_id)
        given = read_body(shapes.ExamChangeIn, request)
        exam = authoring.change_exam(actor=request.user, exam=exam, changes=_changes(request, given))
        return ok(_exam_for(request, exam))


class ExamPublish(APIView):
    """Freeze the draft."""

    permission_classes = [TeacherAccess]

    @operation(gives=shapes.ExamForAuthorsOut)
    def post(self, request: SignedInRequest, exam_id: UUID) -> Response:
        """Freeze the draft of an exam and open it by its window."""
        exam = get_object_or_404(Exam.objects.visible_to(request.user), public_id=exam_id)
        exam = authoring.publish_exam(actor=request.user, exam=exam, now=request.received_at)
        return ok(_exam_for(request, exam), message=_("Published."))


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


def _named(rows: QuerySet[Any], public_id: UUID, field: str) -> Any:
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
        topic=_named(topics.select_related("course"), given["topic"], "topic") if "topic" in given else None,
        course=_named(courses, given["course"], "course") if "course" in given else None,
        count=given["count"],
        difficulty=given.get("difficulty", ""),
    )


def _changes(request: SignedInRequest, given: dict[str, Any]) -> authoring.ExamChanges:
    slots = given.get("slots")
    return authoring.ExamChanges(
        title=given.get("title"),
        rules={name: given[name] for name in authoring.RULES if name in given},
        slots=None if slots is None else _slots(request, slots),
    )


def _slots(request: SignedInRequest, given: list[dict[str, Any]]) -> tuple[authoring.SlotInput, ...]:
    """Find the questions and topics that slots name, in two queries for all of them."""
    entries = QuestionEntry.objects.visible_to(request.user).in_bulk(
        {slot["question"] for slot in given if "question" in slot}, field_name="public_id"
    )
    topics = Topic.objects.visible_to(request.user).in_bulk(
        {slot["topic"] for slot in given if "topic" in slot}, field_name="public_id"
    )
    missing = {}
    for place, slot in enumerate(given):
        if "question" in slot and slot["question"] not in entries:
            missing[f"slots.{place}.question"] = [_("There is no question you can use under this id.")]
        if "topic" in slot and slot["topic"] not in topics:
            missing[f"slots.{place}.topic"] = [_("There is no topic you can use under this id.")]
    if missing:
        raise BadInput(fields=missing)
    return tuple(
        authoring.SlotInput(
            entry=entries.get(slot["question"]) if "question" in slot else None,
            topic=topics.get(slot["topic"]) if "topic" in slot else None,
            difficulty=slot.get("difficulty", ""),
            draw_count=slot["draw_count"],
            max_mark=slot["max_mark"],
        )
        for slot in given
    )


def _exam_for(request: SignedInRequest, exam: Exam) -> dict[str, Any]:
    context = {"request": request}
    if not queries.sees_drafts(request.user, exam):
        return dict(shapes.ExamOut(exam, context=context).data)
    draft = queries.draft_of(exam)
    shown = dict(shapes.ExamOut(exam, context=context).data)
    shown["draft"] = None if draft is None else shapes.DraftOut({"rules": draft, "slots": queries.slots_of(draft)}).data
    return shown
