"""What the database holds, compared with what clients were told. Imported once Django is set up."""

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Min

from apps.core.models import ConsumerCursor, DeadLetter, Delivery, OutboxFact
from apps.exams.models import Answer, ExamSession, Grade
from apps.questionbank.models import ImportJob, QuestionEntry

EFFECT = "exams.tell_the_other_devices"
SUBMITTED = "exams.exam_session_submitted"


def outbox_state() -> dict[str, Any]:
    """Return how far facts have come."""
    connection.close()  # the server may have been killed since
    stamped = OutboxFact.objects.filter(position__isnull=False).aggregate(
        count=Count("pk"), first=Min("position"), last=Max("position")
    )
    unstamped = OutboxFact.objects.filter(position=None).count()
    submitted = OutboxFact.objects.filter(kind=SUBMITTED).count()
    delivered = Delivery.objects.filter(consumer=EFFECT, fact__kind=SUBMITTED).count()
    is_gapless = not stamped["count"] or stamped["last"] - stamped["first"] + 1 == stamped["count"]
    dead = DeadLetter.objects.count()
    return {
        "facts": stamped["count"] + unstamped,
        "submitted": submitted,
        "delivered": delivered,
        "is_gapless": is_gapless,
        "dead_letters": dead,
        "cursors": dict(ConsumerCursor.objects.values_list("consumer", "position")),
        "is_settled": unstamped == 0 and is_gapless and submitted == delivered,
    }


def compare(
    *, answers: dict[str, tuple[str, int, Any]], receipts: dict[str, str], imports: list[str]
) -> dict[str, Any]:
    """Return what of the acknowledged is lost, repeated or wrong."""
    stored: dict[str, list[tuple[str, int, Any]]] = {}
    rows = Answer.objects.values_list("client_operation_id", "item__public_id", "sequence", "payload").iterator()
    for operation, item, sequence, payload in rows:
        stored.setdefault(str(operation), []).append((str(item), sequence, payload))
    sessions = {
        str(session.public_id): session
        for session in ExamSession.objects.filter(public_id__in=[UUID(key) for key in receipts])
    }
    marked = dict(
        Grade.objects.filter(item__session__in=sessions.values())
        .values_list("item__session__public_id")
        .annotate(count=Count("pk"), items=Count("item", distinct=True))
        .values_list("item__session__public_id", "count")
    )
    asked = dict(
        ExamSession.objects.filter(pk__in=[session.pk for session in sessions.values()])
        .annotate(count=Count("items"))
        .values_list("public_id", "count")
    )
    return {
        "stored_answers": sum(len(found) for found in stored.values()),
        "lost_answers": [key for key, told in answers.items() if told not in stored.get(key, [])],
        "repeated_answers": [key for key, found in stored.items() if len(found) > 1],
        "wrong_submissions": [
            key
            for key, signature in receipts.items()
            if key not in sessions
            or (sessions[key].receipt or {}).get("signature") != signature
            or marked.get(UUID(key)) != asked[UUID(key)]
        ],
        "broken_imports": [
            key
            for key in imports
            if not ImportJob.objects.filter(public_id=key, status=ImportJob.Status.COMPLETED).exists()
            or QuestionEntry.objects.filter(import_job__public_id=key).count()
            != ImportJob.objects.get(public_id=key).success_count
        ],
    }
