"""What the exam endpoints take and give."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.http.serializers import Input
from apps.questionbank.models import Difficulty, QuestionType

from .. import marking
from ..models import ExamSession, ExamType

SELECTED_ANSWER = {
    "nullable": True,
    "description": "By type: single_choice an option id; multiple_choice a list of option ids; true_false a boolean; "
    "numerical {value, unit}; short_answer text; matching {premise id: choice id}. null clears.",
    "oneOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "boolean"},
        {"type": "object", "additionalProperties": True},
    ],
}


@extend_schema_field(SELECTED_ANSWER)
class SelectedAnswerField(serializers.JSONField):
    """An answer in the shape its question type takes."""


class StartIn(Input):
    """What to sit: a published exam, or questions of a topic or course."""

    exam_type = serializers.ChoiceField(choices=ExamType.choices, default=ExamType.PRACTICE)
    exam_id = serializers.UUIDField(required=False)
    topic = serializers.UUIDField(required=False)
    course = serializers.UUIDField(required=False)
    count = serializers.IntegerField(default=20, min_value=1, max_value=200)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, required=False)


class OptionOut(serializers.Serializer):
    """One thing that can be chosen."""

    id = serializers.CharField()
    html = serializers.CharField()


class OpenQuestionOut(serializers.Serializer):
    """A question without its key."""

    id = serializers.UUIDField()
    position = serializers.IntegerField()
    type = serializers.ChoiceField(choices=QuestionType.choices)
    stem_html = serializers.CharField()
    options = OptionOut(many=True)
    premises = OptionOut(many=True)
    choices = OptionOut(many=True)
    unit_entry = serializers.CharField(help_text="How a unit is given with a number: none, or as the question asks.")
    units = serializers.ListField(child=serializers.CharField())
    max_length = serializers.IntegerField(allow_null=True)
    max_mark = serializers.DecimalField(max_digits=12, decimal_places=7)
    selected_answer = SelectedAnswerField(allow_null=True)
    sequence = serializers.IntegerField()
    time_spent = serializers.IntegerField()


class SessionHeadOut(serializers.Serializer):
    """A session and its times."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=["session"])
    exam_id = serializers.UUIDField(allow_null=True)
    exam_type = serializers.ChoiceField(choices=ExamType.choices)
    title = serializers.CharField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["running", "closing", "finished"])
    started_at = serializers.DateTimeField()
    deadline_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    server_time = serializers.DateTimeField()
    is_going_back_allowed = serializers.BooleanField()


class SessionOut(SessionHeadOut):
    """A session with the questions its candidate may see."""

    questions = OpenQuestionOut(many=True)


class QuestionsOut(serializers.Serializer):
    """The questions of a running session."""

    questions = OpenQuestionOut(many=True)


class AnswerDoc(Input):
    """One answer."""

    question_id = serializers.UUIDField()
    selected_answer = SelectedAnswerField(allow_null=True)
    time_spent = serializers.IntegerField(default=0, min_value=0, help_text="Seconds on this question so far.")
    client_operation_id = serializers.UUIDField(help_text="Made by the client; repeating it returns the first result.")
    after = serializers.IntegerField(
        required=False,
        allow_null=True,
        min_value=0,
        help_text="Last sequence seen; a stale write is kept and answered 409.",
    )
    client_at = serializers.DateTimeField(required=False, allow_null=True)


class AnswerOneOrManyDoc(AnswerDoc):
    """One answer, or up to 50 as ``answers``."""

    answers = AnswerDoc(many=True, required=False)


class SavedOut(serializers.Serializer):
    """What became of an answer."""

    question_id = serializers.UUIDField()
    sequence = serializers.IntegerField(allow_null=True)
    saved_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(
        required=False, help_text="In a batch: the status this answer alone would have had."
    )
    error = serializers.CharField(required=False)
    details = serializers.DictField(required=False)


class SavedOneOrManyOut(SavedOut):
    """One result, or in a batch ``answers``."""

    answers = SavedOut(many=True, required=False)


class ReceiptAnswerOut(serializers.Serializer):
    """One line of a receipt."""

    position = serializers.IntegerField()
    question_id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    saved_at = serializers.CharField()
    sha256 = serializers.CharField()


class ReceiptOut(serializers.Serializer):
    """What was kept, signed."""

    session_id = serializers.UUIDField()
    candidate_id = serializers.UUIDField()
    submitted_at = serializers.CharField()
    answer_count = serializers.IntegerField()
    answers = ReceiptAnswerOut(many=True)
    digest = serializers.CharField()
    public_key = serializers.CharField()
    signature = serializers.CharField()


class SubmittedOut(serializers.Serializer):
    """A session that was handed in."""

    status = serializers.ChoiceField(choices=["finished"])
    submitted_at = serializers.DateTimeField()
    receipt = ReceiptOut()


class HistoryOut(serializers.ModelSerializer):
    """One session in the history."""

    id = serializers.UUIDField(source="public_id")
    exam_id = serializers.UUIDField(source="exam.public_id", default=None, allow_null=True)
    status = serializers.SerializerMethodField()
    percentage = serializers.SerializerMethodField()
    passed = serializers.BooleanField(source="is_passed", allow_null=True)

    class Meta:
        model = ExamSession
        fields = [
            "id",
            "exam_id",
            "exam_type",
            "title",
            "status",
            "started_at",
            "deadline_at",
            "submitted_at",
            "score",
            "max_score",
            "percentage",
            "passed",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=["running", "closing", "finished"]))
    def get_status(self, session: ExamSession) -> str:
        """Tell the state at the moment of the request."""
        return session.status_at(self.context["request"].received_at)

    @extend_schema_field(serializers.DecimalField(max_digits=12, decimal_places=7, allow_null=True))
    def get_percentage(self, session: ExamSession) -> Decimal | None:
        """Return 100 × score / max_score, or null while unmarked."""
        if session.score is None or session.max_score is None:
            return None
        return marking.percentage_of(session.score, session.max_score)


class ReviewedOptionOut(OptionOut):
    """An option with what was said about it."""

    feedback_html = serializers.CharField(required=False)


class ReviewedQuestionOut(serializers.Serializer):
    """A question with its key, the answer that counted and its mark."""

    question_id = serializers.UUIDField()
    position = serializers.IntegerField()
    type = serializers.ChoiceField(choices=QuestionType.choices)
    stem_html = serializers.CharField()
    options = ReviewedOptionOut(many=True)
    premises = OptionOut(many=True)
    choices = OptionOut(many=True)
    unit_entry = serializers.CharField(help_text="How a unit is given with a number: none, or as the question asks.")
    units = serializers.ListField(child=serializers.CharField())
    max_length = serializers.IntegerField(allow_null=True)
    selected_answer = SelectedAnswerField(allow_null=True)
    correct_answer = SelectedAnswerField(allow_null=True)
    is_correct = serializers.BooleanField()
    fraction = serializers.DecimalField(max_digits=12, decimal_places=7)
    mark = serializers.DecimalField(max_digits=12, decimal_places=7)
    max_mark = serializers.DecimalField(max_digits=12, decimal_places=7)
    time_spent = serializers.IntegerField()
    explanation_html = serializers.CharField()
    feedback_html = serializers.ListField(child=serializers.CharField())


class ResultOut(serializers.Serializer):
    """The marks of a finished session; questions only where the rules of the exam release them."""

    id = serializers.UUIDField()
    exam_id = serializers.UUIDField(allow_null=True)
    exam_type = serializers.ChoiceField(choices=ExamType.choices)
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=["finished"])
    started_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField()
    source = serializers.ChoiceField(choices=ExamSession.Source.choices)  # type: ignore[assignment]  # a field of that name
    score = serializers.DecimalField(max_digits=12, decimal_places=7)
    max_score = serializers.DecimalField(max_digits=12, decimal_places=7)
    percentage = serializers.DecimalField(max_digits=12, decimal_places=7, allow_null=True)
    pass_percentage = serializers.DecimalField(max_digits=12, decimal_places=7)
    passed = serializers.BooleanField(allow_null=True)
    is_review_open = serializers.BooleanField()
    questions = ReviewedQuestionOut(many=True)
