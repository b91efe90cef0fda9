"""What the endpoints for building exams take and give."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.http.serializers import Input
from apps.questionbank.models import Difficulty

from ..models import PUBLISHED_TYPES, Exam, ExamRevision, ExamType


class SlotIn(Input):
    """A fixed question, or a draw from a topic."""

    question = serializers.UUIDField(required=False)
    topic = serializers.UUIDField(required=False)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, required=False, allow_blank=True)
    draw_count = serializers.IntegerField(default=1, min_value=1, max_value=200)
    max_mark = serializers.DecimalField(max_digits=12, decimal_places=7, default=Decimal(1), min_value=0)


class RulesIn(Input):
    """The rules of an exam; what is left out stays as it is."""

    instructions_html = serializers.CharField(required=False, allow_blank=True, max_length=50_000)
    duration_minutes = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=10080)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    window_policy = serializers.ChoiceField(choices=ExamRevision.WindowPolicy.choices, required=False)
    grace_seconds = serializers.IntegerField(required=False, min_value=0, max_value=600)
    attempts_allowed = serializers.IntegerField(required=False, min_value=0, max_value=100)
    pass_percentage = serializers.DecimalField(
        max_digits=12, decimal_places=7, required=False, min_value=0, max_value=100
    )
    shuffle_questions = serializers.BooleanField(required=False)
    shuffle_options = serializers.BooleanField(required=False)
    is_going_back_allowed = serializers.BooleanField(required=False)
    review_policy = serializers.ChoiceField(choices=ExamRevision.ReviewPolicy.choices, required=False)
    slots = SlotIn(many=True, required=False)


class ExamIn(RulesIn):
    """A new exam."""

    course = serializers.UUIDField()
    title = serializers.CharField(max_length=200)
    exam_type = serializers.ChoiceField(choices=PUBLISHED_TYPES, default=ExamType.TIMED_EXAM)


class ExamChangeIn(RulesIn):
    """Changes of an exam's draft."""

    title = serializers.CharField(max_length=200, required=False)


class SlotOut(serializers.Serializer):
    """A slot as it stands."""

    position = serializers.IntegerField()
    kind = serializers.CharField()
    question = serializers.UUIDField(source="entry.public_id", default=None, allow_null=True)
    topic = serializers.UUIDField(source="topic.public_id", default=None, allow_null=True)
    difficulty = serializers.CharField()
    draw_count = serializers.IntegerField()
    max_mark = serializers.DecimalField(max_digits=12, decimal_places=7)


class ExamRulesOut(serializers.ModelSerializer):
    """The rules of a revision."""

    class Meta:
        model = ExamRevision
        fields = [
            "number",
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
            "published_at",
        ]


class ExamOut(serializers.ModelSerializer):
    """An exam in a list: what it is and, once published, its rules."""

    id = serializers.UUIDField(source="public_id")
    kind = serializers.SerializerMethodField()
    course = serializers.UUIDField(source="course.public_id")
    status = serializers.SerializerMethodField()
    rules = ExamRulesOut(source="current", allow_null=True)

    class Meta:
        model = Exam
        fields = ["id", "kind", "course", "title", "exam_type", "status", "created_at", "rules"]

    @extend_schema_field(serializers.ChoiceField(choices=["exam"]))
    def get_kind(self, exam: Exam) -> str:
        """Tell an exam from a session under the same path."""
        return "exam"

    @extend_schema_field(serializers.ChoiceField(choices=["draft", "upcoming", "open", "closed"]))
    def get_status(self, exam: Exam) -> str:
        """Tell where the exam is in its life, at the moment of the request."""
        return exam.status_at(self.context["request"].received_at)


class DraftOut(serializers.Serializer):
    """The draft of an exam, for those who build it."""

    rules = ExamRulesOut()
    slots = SlotOut(many=True)


class ExamForAuthorsOut(ExamOut):
    """An exam with its draft."""

    draft = DraftOut(allow_null=True)

    class Meta(ExamOut.Meta):
        fields = [*ExamOut.Meta.fields, "draft"]
