"""What the API of imports takes and gives."""

from typing import Any

from rest_framework import serializers

from apps.core.http.serializers import Input
from apps.questionbank import imports, rendering
from apps.questionbank.api.fields import VisibleRow
from apps.questionbank.api.question_serializers import AuthorOut, ChoiceOut
from apps.questionbank.api.serializers import CourseNameOut, TopicNameOut
from apps.questionbank.models import Difficulty, ImportJob, ImportRow, QuestionType, QuestionVersion, Topic


class ImportIn(Input):
    """A file of questions, and the topic they are for."""

    file = serializers.FileField(max_length=200, help_text="CSV, XLSX, GIFT or Moodle XML.")
    topic = VisibleRow(model=Topic)


class FailureOut(serializers.Serializer[Any]):
    """Why a whole file was refused."""

    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()
    line = serializers.IntegerField(allow_null=True, default=None)


class ImportOut(serializers.Serializer[ImportJob]):
    """An import: `pending` and `processing` while it is read, `previewed` until it is confirmed."""

    id = serializers.UUIDField(source="public_id")
    status = serializers.ChoiceField(choices=ImportJob.Status.choices)
    filename = serializers.CharField()
    format = serializers.CharField()
    encoding = serializers.CharField()
    topic = TopicNameOut()
    course = CourseNameOut(source="topic.course")
    total_rows = serializers.IntegerField()
    processed_rows = serializers.IntegerField()
    ready_count = serializers.IntegerField()
    duplicate_count = serializers.IntegerField()
    problem_count = serializers.IntegerField()
    unsupported_count = serializers.IntegerField()
    success_count = serializers.IntegerField()
    error_count = serializers.SerializerMethodField(help_text="Rows that cannot be read or are not supported.")
    outcome = serializers.SerializerMethodField(help_text="How it stands, in words.")
    failure = FailureOut(allow_null=True)
    live_topic = serializers.SerializerMethodField(help_text="Where `/ws` tells of progress; null when it is over.")
    created_by = AuthorOut()
    created_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)

    def get_error_count(self, job: ImportJob) -> int:
        """Return how many rows need a person."""
        return job.problem_count + job.unsupported_count

    def get_outcome(self, job: ImportJob) -> str:
        """Return how it stands, in words."""
        return imports.outcome(job)

    def get_live_topic(self, job: ImportJob) -> str | None:
        """Return the topic of the job that reads the file."""
        return f"job:{job.reading_job.public_id}" if job.reading_job else None


class FindingOut(serializers.Serializer[Any]):
    """What is wrong with a row, or was changed on the way in. ``question`` is the id of the one there is already."""

    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField()
    question = serializers.UUIDField(allow_null=True, default=None)


class StagedQuestionOut(serializers.Serializer[Any]):
    """A question as it would come into the bank."""

    type = serializers.ChoiceField(choices=QuestionType.choices)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    title = serializers.CharField()
    idnumber = serializers.CharField()
    stem_html = serializers.CharField()
    options = ChoiceOut(many=True)
    premises = ChoiceOut(many=True)
    choices = ChoiceOut(many=True)
    unit_entry = serializers.ChoiceField(choices=["none", "choice", "text"])
    units = serializers.ListField(child=serializers.CharField())
    max_length = serializers.IntegerField(allow_null=True)
    correct_answer = serializers.JSONField()
    explanation_html = serializers.CharField()
    key = serializers.DictField()


class ImportRowOut(serializers.Serializer[Any]):
    """One row of an import; ``question`` is null where none could be read."""

    number = serializers.IntegerField()
    line = serializers.IntegerField()
    state = serializers.ChoiceField(choices=ImportRow.State.choices)
    findings = FindingOut(many=True)
    question = StagedQuestionOut(allow_null=True)
    source_text = serializers.CharField(help_text="What it was read from.")

    def to_representation(self, instance: ImportRow) -> dict[str, Any]:
        """Return the row with its question as a page shows it."""
        return super().to_representation(
            {
                "number": instance.number,
                "line": instance.line,
                "state": instance.state,
                "findings": instance.findings,
                "question": _shown(instance.question) if instance.question else None,
                "source_text": instance.source,
            }
        )


def _shown(staged: dict[str, Any]) -> dict[str, Any]:
    version = QuestionVersion(
        type=staged["type"],
        content=staged["content"],
        key=staged["key"],
        explanation_html=staged["explanation_html"],
    )
    own = {name: staged[name] for name in ("difficulty", "title", "idnumber", "key")}
    return {**own, **rendering.review_question(version)}
