"""``POST /exams/{id}/answer``: the one endpoint that must never be slow.

It skips the REST framework's request, authentication and rendering (measured at two thirds of the cost of a save), not its
rules: the caller is known from the signed token or the page session, and the database function checks user, device,
session, clock and answer in the same statement that appends.
"""

from typing import Any, cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from apps.accounts.http.devices import CallingDevice, calling_device
from apps.accounts.http.permissions import SelfAccess
from apps.core.buckets import Bucket
from apps.core.errors import LecternError, TooLarge, TooManyRequests
from apps.core.http.envelope import JSON, error_body, error_response, json_bytes, success_body
from apps.core.http.requests import TrackedRequest
from apps.core.http.schema import operation
from apps.core.http.views import APIView

from ..answering import Outcome, parse_answers, record_answers
from . import serializers as shapes

BODY_LIMIT = 256 * 1024
guard = Bucket(capacity=60, per_second=10.0, keys=20_000)
"""A running session never counts against a quota. This only stops a client gone wild: per device and process, 60 requests
at once and 10 a second after that, several times what one person can type."""


class SessionAnswer(APIView):
    """Save answers of the caller's running session."""

    permission_classes = [SelfAccess]
    is_metered = False

    @operation(takes=shapes.AnswerOneOrManyDoc, gives=shapes.SavedOneOrManyOut, refusals=[409, 429])
    def post(self, request: HttpRequest, exam_id: UUID) -> HttpResponse:
        """Save one answer, or up to 50 as ``answers``; a batch is answered per item.

        An answer is saved when the response says so: it is then committed. Repeating a ``client_operation_id`` returns the
        first result. A write on a stale view (``after``) is kept and answered 409 with both values. ``null`` clears.
        """
        return save_answers(cast(TrackedRequest, request), exam_id)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a POST directly; everything else goes the framework's way to its 405."""
        if request.method == "POST":
            return save_answers(cast(TrackedRequest, request), kwargs["exam_id"])
        return super().dispatch(request, *args, **kwargs)


def save_answers(request: TrackedRequest, session_id: UUID) -> HttpResponse:
    """Save what the body holds and say what became of it."""
    try:
        caller = calling_device(request)
        allowance = _allow(caller)
        if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_LIMIT:
            raise TooLarge(_("Send at most 256 kB of answers at once."))
        answers, is_batch = parse_answers(request.body)
        outcomes = record_answers(
            session_id=session_id,
            user_id=caller.user_id,
            device_id=caller.device_id,
            answers=answers,
            received_at=request.received_at,
        )
    except LecternError as error:
        return error_response(error)
    said = [_said(answer.question_id, outcome) for answer, outcome in zip(answers, outcomes, strict=True)]
    if is_batch:
        for part, outcome in zip(said, outcomes, strict=True):
            part["status"] = outcome.error.status if outcome.error else 200
        response = _json(success_body({"answers": said}, _("Each answer says what became of it.")), 200)
    elif (refusal := outcomes[0].error) is not None:
        response = _json(error_body(refusal.message, refusal.as_details()), refusal.status)
    else:
        response = _json(success_body(said[0], _("Saved.")), 200)
    response["RateLimit"] = f'"answers";r={allowance}'
    response["RateLimit-Policy"] = f'"answers";q={guard.capacity};w=6'
    return response


def _allow(caller: CallingDevice) -> int:
    left = guard.take(caller.device_id)
    if left is None:
        raise TooManyRequests(
            _("This device sends answers faster than anybody writes. Nothing is lost: send it again in a second."),
            headers={"Retry-After": "1", "RateLimit": '"answers";r=0;t=1'},
        )
    return left


def _said(question_id: UUID, outcome: Outcome) -> dict[str, Any]:
    said: dict[str, Any] = {
        "question_id": question_id,
        "sequence": outcome.sequence,
        "saved_at": outcome.saved_at,
    }
    if outcome.error is not None:
        said |= {"error": str(outcome.error.message), "details": outcome.error.as_details()}
    return said


def _json(body: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(json_bytes(body), content_type=JSON, status=status)
