"""Endpoints for building exams, and the list and head of exams everybody sees."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import PolymorphicProxySerializer
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.http.permissions import TeacherAccess, UserAccess
from apps.accounts.http.requests import SignedInRequest
from apps.core.errors import BadInput
from apps.core.http.envelope import created, ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.views import APIView
from apps.questionbank.models import Course, QuestionEntry, Topic

from .. import authoring, presenting, queries
from ..models import Exam
from . import authoring_serializers as shapes
from .serializers import SessionHeadOut
from .views import named, session_of


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
        course = named(Course.objects.visible_to(request.user), given["course"], "course")
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
            serializers={"exam": shapes.ExamForAuthorsOut, "session": SessionHeadOut},
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
