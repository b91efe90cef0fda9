"""Questions by API."""

from random import SystemRandom
from typing import Any
from uuid import UUID

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from apps.accounts.http.permissions import TeacherAccess, UserAccess
from apps.accounts.http.requests import SignedInRequest
from apps.core.errors import BadInput
from apps.core.http.conditional import check_if_match, etag_of
from apps.core.http.envelope import created, ok
from apps.core.http.pagination import Filter, Listing
from apps.core.http.schema import operation
from apps.core.http.serializers import read_body
from apps.core.http.views import APIView
from apps.questionbank import queries, services
from apps.questionbank.api.access import WrittenByTeachers
from apps.questionbank.api.question_serializers import (
    QuestionChangeIn,
    QuestionDetailOut,
    QuestionIn,
    QuestionOut,
    VersionOut,
)
from apps.questionbank.api.views import LEVEL, by_id, words
from apps.questionbank.drafts import QuestionDraft
from apps.questionbank.drawn import already_drawn, remember_drawn
from apps.questionbank.models import Difficulty, QuestionEntry, QuestionEntryQuerySet, QuestionType

MAX_DRAW = 100
WEIGHT = serializers.IntegerField(min_value=0, max_value=100, required=False)


def _one_of(lookup: str, choices: Any) -> Filter:
    return Filter(field=serializers.ChoiceField(choices=choices, required=False), lookup=lookup)


class QuestionList(WrittenByTeachers):
    """Questions."""

    listing = Listing(
        out=QuestionOut,
        sort={
            "created_at": "created_at",
            "difficulty": "difficulty_rank",
            "status": "status",
            "title": "latest__title",
            "type": "type",
        },
        default_sort="-created_at",
        filters={
            "topic": by_id("topic"),
            "course": by_id("topic__course"),
            "department": by_id("topic__course__department"),
            "level": Filter(field=LEVEL, lookup="topic__course__level"),
            "difficulty": _one_of("difficulty", Difficulty.choices),
            "type": _one_of("type", QuestionType.choices),
            "status": _one_of("status", QuestionEntry.Status.choices),
            "solved": Filter(
                field=serializers.BooleanField(required=False),
                lookup="is_solved",
                description="true: questions the caller has answered fully right; false: the others",
            ),
            "search": words(),
        },
        cursor=True,
    )

    @operation()
    def get(self, request: SignedInRequest) -> Response:
        """Questions the caller can see; hidden ones only when asked for by status.

        Right answers and explanations are withheld from everyone but the staff of the organisation.
        """
        rows = queries.questions_for(request.user)
        if "status" not in request.query_params:
            rows = rows.exclude(status=QuestionEntry.Status.HIDDEN)
        return self.listing.answer(request, rows)

    @operation(takes=QuestionIn, gives=QuestionDetailOut, status=201)
    def post(self, request: SignedInRequest) -> Response:
        """Create a question; it enters moderation as pending unless the author may publish."""
        given = read_body(QuestionIn, request)
        own = {name: given.pop(name) for name in ("topic", "difficulty", "idnumber")}
        entry = services.create_question(
            actor=request.user, draft=QuestionDraft(**given), now=request.received_at, **own
        )
        return created(_detail(request, entry), headers={"ETag": question_etag(entry)})


class QuestionDetail(WrittenByTeachers):
    """One question."""

    @operation(gives=QuestionDetailOut)
    def get(self, request: SignedInRequest, question_id: UUID) -> Response:
        """One question; keys and explanation only for those who may see them."""
        entry = get_object_or_404(queries.questions_for(request.user), public_id=question_id)
        return ok(_detail(request, entry), headers={"ETag": question_etag(entry)})

    @operation(takes=QuestionChangeIn, gives=QuestionDetailOut, refusals=[409, 412], headers=["If-Match"])
    def patch(self, request: SignedInRequest, question_id: UUID) -> Response:
        """Write a new version of a question: send what is to change.

        With `If-Match` the change is made only to the version read (412 otherwise), with `version` likewise (409).
        """
        changes = read_body(QuestionChangeIn, request, partial=True)
        entry = get_object_or_404(QuestionEntry.objects.visible_to(request.user), public_id=question_id)
        with transaction.atomic():
            check_if_match(request, question_etag(services.lock_question(entry)))
            entry = services.revise_question(
                actor=request.user,
                entry=entry,
                expected_number=changes.pop("version", None),
                changes=changes,
                now=request.received_at,
            )
        return ok(_detail(request, entry), message=_("Saved."), headers={"ETag": question_etag(entry)})

    @operation()
    def delete(self, request: SignedInRequest, question_id: UUID) -> Response:
        """Hide a question; versions in use stay."""
        entry = get_object_or_404(QuestionEntry.objects.visible_to(request.user), public_id=question_id)
        services.hide_question(actor=request.user, entry=entry, now=request.received_at)
        return ok(message=_("Hidden."))


class QuestionVersions(APIView):
    """The versions of a question."""

    permission_classes = [TeacherAccess]
    listing = Listing(out=VersionOut, sort={"number": "number"}, default_sort="-number")

    @operation()
    def get(self, request: SignedInRequest, question_id: UUID) -> Response:
        """Version history with differences."""
        entry = get_object_or_404(QuestionEntry.objects.visible_to(request.user), public_id=question_id)
        versions = entry.versions.select_related("created_by")
        by_number = {version.number: version for version in entry.versions.all()}
        return self.listing.answer(request, versions, context={"versions": by_number})


class QuestionRandom(APIView):
    """Questions at random."""

    permission_classes = [UserAccess]
    query = {
        "topic": serializers.UUIDField(required=False),
        "course": serializers.UUIDField(required=False),
        "count": serializers.IntegerField(min_value=1, max_value=MAX_DRAW, default=10),
        **dict.fromkeys(Difficulty.values, WEIGHT),
        "session": serializers.CharField(max_length=100, required=False),
    }

    @operation(gives=QuestionOut(many=True))
    def get(self, request: SignedInRequest) -> Response:
        """Return random questions of a topic or course, each once.

        `easy`, `medium` and `hard` are shares, such as 5, 3 and 2; without them every question is as likely as any other.
        Calls that send the same `session`, a name of the caller's choice, get no question twice within a day. Fewer come
        back when there are not enough.
        """
        asked = self.parameters()
        sitting = asked.get("session", "")
        chosen = queries.draw_questions(
            among=_pool(request, asked),
            count=asked["count"],
            weights={name: asked[name] for name in Difficulty.values if name in asked},
            random=SystemRandom(),
            without=already_drawn(request.user.pk, sitting) if sitting else (),
        )
        if sitting:
            remember_drawn(request.user.pk, sitting, [entry.public_id for entry in chosen])
        return ok(QuestionOut(chosen, many=True, context={"request": request}).data)


def question_etag(entry: QuestionEntry) -> str:
    """Return the tag of a question as it stands: its version and what changes without one."""
    number = entry.latest.number if entry.latest else 0
    return etag_of(entry.public_id, number, entry.topic_id, entry.difficulty, entry.idnumber, entry.status)


def _detail(request: SignedInRequest, entry: QuestionEntry) -> object:
    return QuestionDetailOut(entry, context={"request": request}).data


def _pool(request: SignedInRequest, asked: dict[str, object]) -> QuestionEntryQuerySet:
    """Return what to draw from. Raises BadInput unless a topic or a course is named."""
    lookups = {"topic": "topic__public_id", "course": "topic__course__public_id"}
    named = {lookups[name]: asked[name] for name in lookups if name in asked}
    if not named:
        raise BadInput(fields={"topic": [_("Name a topic or a course to draw from.")]}, code="invalid_query")
    return queries.questions_for(request.user).filter(**named)
