"""Building exams: drafts, their slots, publishing."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import audit, events, richtext
from apps.core.errors import BadInput, NotAllowed
from apps.questionbank.models import Course, QuestionEntry, Topic

from .events import ExamPublished
from .models import Exam, ExamRevision, ExamType, Slot, SlotCandidate
from .permissions import can_change_exam, can_create_exam

MAX_SLOTS = 300
MAX_CANDIDATES = 5000

RULES = (
    "instructions_html",
    "duration_minutes",
    "opens_at",
    "closes_at",
    "window_policy",
    "grace_seconds",
    "attempts_allowed",
    "pass_percentage",
    "shuffle_questions",
    "shuffle_options",
    "is_going_back_allowed",
    "review_policy",
)
"""Fields of a revision that an author sets."""


@dataclass(frozen=True, kw_only=True)
class SlotInput:
    """One slot as an author wants it: a fixed question, or ``draw_count`` from a topic."""

    entry: QuestionEntry | None = None
    topic: Topic | None = None
    difficulty: str = ""
    draw_count: int = 1
    max_mark: Decimal = Decimal(1)


@dataclass(frozen=True, kw_only=True)
class ExamChanges:
    """What to change of an exam; what is left out stays."""

    title: str | None = None
    rules: dict[str, Any] = field(default_factory=dict)
    slots: tuple[SlotInput, ...] | None = None


@transaction.atomic
def create_exam(
    *, actor: User, course: Course, title: str, exam_type: str = ExamType.TIMED_EXAM, changes: ExamChanges | None = None
) -> Exam:
    """Create an exam with a first draft. Raises NotAllowed and BadInput."""
    if not can_create_exam(actor, course.organization_id):
        raise NotAllowed(_("Only teachers and administrators of this organisation build exams."))
    exam = Exam.objects.create(
        organization_id=course.organization_id,
        course=course,
        title=title.strip(),
        exam_type=exam_type,
        created_by=actor,
    )
    draft = ExamRevision.objects.create(organization_id=exam.organization_id, exam=exam, number=1)
    _write(draft, changes or ExamChanges())
    audit.record(actor=actor, action="exam.created", subject=exam, organization_id=exam.organization_id)
    return exam


@transaction.atomic
def change_exam(*, actor: User, exam: Exam, changes: ExamChanges) -> Exam:
    """Change the draft of an exam; a published exam gets a new draft that starts as a copy of what is published.

    Running sessions keep the revision they started with. Raises NotAllowed and BadInput.
    """
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    if not can_change_exam(actor, exam):
        raise NotAllowed(_("You may not change this exam."))
    if changes.title is not None:
        exam.title = changes.title.strip()
        exam.save(update_fields=["title"])
    _write(draft_of(exam), changes)
    audit.record(actor=actor, action="exam.changed", subject=exam, organization_id=exam.organization_id)
    return exam


@transaction.atomic
def publish_exam(*, actor: User, exam: Exam, now: datetime) -> Exam:
    """Freeze the draft and make it the revision that new sessions sit.

    Pins every fixed slot to its newest version and every pool to its questions of this moment. Publishing without a draft
    returns the exam as it is. Raises NotAllowed and BadInput, which names every slot that cannot be asked.
    """
    exam = Exam.objects.select_for_update(of=("self",)).get(pk=exam.pk)
    if not can_change_exam(actor, exam):
        raise NotAllowed(_("You may not publish this exam."))
    draft = exam.revisions.filter(published_at=None).first()
    if draft is None:
        return exam
    draft.paper = _pin(draft)
    if draft.closes_at is not None and draft.closes_at <= now:
        raise BadInput(fields={"closes_at": [_("This lies in the past. Choose a later close.")]})
    draft.published_at = now
    draft.published_by = actor
    draft.save(update_fields=["paper", "published_at", "published_by"])
    exam.current = draft
    exam.save(update_fields=["current"])
    audit.record(
        actor=actor,
        action="exam.published",
        subject=exam,
        organization_id=exam.organization_id,
        details={"revision": draft.number},
    )
    events.publish(
        ExamPublished(organization_id=exam.organization_id, exam_id=exam.pk, revision_id=draft.pk, occurred_at=now)
    )
    return exam


def draft_of(exam: Exam) -> ExamRevision:
    """Return the draft of ``exam``; without one, make it as a copy of the newest revision. Call inside a transaction."""
    draft = exam.revisions.filter(published_at=None).first()
    if draft is not None:
        return draft
    newest = exam.revisions.order_by("-number").first()
    if newest is None:
        return ExamRevision.objects.create(organization_id=exam.organization_id, exam=exam, number=1)
    draft = ExamRevision.objects.create(
        organization_id=exam.organization_id,
        exam=exam,
        number=newest.number + 1,
        **{name: getattr(newest, name) for name in RULES},
    )
    for slot in newest.slots.order_by("position"):
        slot.pk, slot.revision, slot.version = None, draft, None
        slot.save(force_insert=True)
    return draft


def _write(draft: ExamRevision, changes: ExamChanges) -> None:
    if unknown := changes.rules.keys() - set(RULES):
        raise BadInput(fields={name: [_("There is no such rule.")] for name in sorted(unknown)})
    for name, value in changes.rules.items():
        setattr(draft, name, value)
    draft.instructions_html = richtext.sanitise(draft.instructions_html)
    if draft.opens_at and draft.closes_at and draft.closes_at <= draft.opens_at:
        raise BadInput(fields={"closes_at": [_("The exam must close after it opens.")]})
    draft.save()
    if changes.slots is not None:
        _replace_slots(draft, changes.slots)


def _replace_slots(draft: ExamRevision, wanted: tuple[SlotInput, ...]) -> None:
    if len(wanted) > MAX_SLOTS:
        raise BadInput(fields={"slots": [_("An exam has at most %(most)d slots.") % {"most": MAX_SLOTS}]})
    problems: dict[str, list[str]] = {}
    for place, slot in enumerate(wanted):
        if (slot.entry is None) == (slot.topic is None):
            problems[f"slots.{place}"] = [_("Name either a question or a topic to draw from.")]
        elif slot.max_mark < 0:
            problems[f"slots.{place}.max_mark"] = [_("Give 0 or more.")]
        elif not 1 <= slot.draw_count <= (1 if slot.entry is not None else 200):
            problems[f"slots.{place}.draw_count"] = [_("Draw from 1 to 200 questions; a fixed question counts once.")]
    fixed = [slot.entry.pk for slot in wanted if slot.entry is not None]
    if len(fixed) != len(set(fixed)):
        problems["slots"] = [_("The same question stands in two slots.")]
    if problems:
        raise BadInput(fields=problems)
    draft.slots.all().delete()
    Slot.objects.bulk_create(
        [
            Slot(
                organization_id=draft.organization_id,
                revision=draft,
                position=position,
                kind=Slot.Kind.FIXED if slot.entry is not None else Slot.Kind.POOL,
                entry=slot.entry,
                topic=slot.topic,
                difficulty=slot.difficulty,
                draw_count=slot.draw_count,
                max_mark=slot.max_mark,
            )
            for position, slot in enumerate(wanted, start=1)
        ]
    )


def _pin(draft: ExamRevision) -> list[dict[str, Any]]:
    slots = list(draft.slots.select_related("entry", "topic").order_by("position"))
    if not slots:
        raise BadInput(
            _("An exam without questions cannot be published."), fields={"slots": [_("Add a question or a pool.")]}
        )
    problems: dict[str, list[str]] = {}
    paper: list[dict[str, Any]] = []
    pinned: list[SlotCandidate] = []
    for place, slot in enumerate(slots):
        candidates = _candidates_of(slot)
        if len(candidates) < slot.draw_count:
            problems[f"slots.{place}"] = [
                _("Only %(have)d of %(want)d questions can be asked here.")
                % {"have": len(candidates), "want": slot.draw_count}
            ]
        if slot.kind == Slot.Kind.FIXED and candidates:
            slot.version_id = candidates[0]
        pinned += [SlotCandidate(slot=slot, version_id=version) for version in candidates]
        paper.append({"candidates": candidates, "draw_count": slot.draw_count, "max_mark": str(slot.max_mark)})
    problems |= _shortage_over_slots(paper)
    if problems:
        raise BadInput(fields=problems)
    Slot.objects.bulk_update([slot for slot in slots if slot.version_id], ["version"])
    SlotCandidate.objects.bulk_create(pinned, batch_size=1000)
    return paper


def _candidates_of(slot: Slot) -> list[int]:
    if slot.entry is not None:
        can_be_asked = slot.entry.status == QuestionEntry.Status.APPROVED and slot.entry.latest_id is not None
        return [slot.entry.latest_id] if can_be_asked and slot.entry.latest_id else []
    entries = QuestionEntry.objects.filter(topic=slot.topic).drawable()
    if slot.difficulty:
        entries = entries.filter(difficulty=slot.difficulty)
    return [latest for latest in entries.order_by("pk").values_list("latest", flat=True)[:MAX_CANDIDATES] if latest]


def _shortage_over_slots(paper: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Pools that share questions must have enough together, or somebody's paper would be short."""
    pools = {frozenset(slot["candidates"]) for slot in paper}
    for pool in pools:
        demand = sum(slot["draw_count"] for slot in paper if pool.issuperset(slot["candidates"]))
        if demand > len(pool):
            return {
                "slots": [
                    _("Several slots draw from the same %(have)d questions and want %(want)d together.")
                    % {"have": len(pool), "want": demand}
                ]
            }
    return {}
