"""What the API of questions takes and gives."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.http.serializers import Input
from apps.questionbank import permissions, rendering
from apps.questionbank.api.fields import VisibleRow
from apps.questionbank.api.serializers import CourseNameOut, TopicNameOut
from apps.questionbank.differences import differences
from apps.questionbank.drafts import MAX_IDNUMBER_LENGTH, MAX_TITLE_LENGTH, VERSION_FIELDS
from apps.questionbank.models import Difficulty, QuestionEntry, QuestionType, QuestionVersion, Topic
from apps.questionbank.types.shapes import MAX_HTML_LENGTH

CONTENT_WORDS = "What a candidate sees: `stem_html` and what the type needs, such as `options`."
KEY_WORDS = "What marks the answer, such as `fractions` by option, and feedback."
ANSWER_WORDS = "In the shape of `selected_answer`; null when withheld from the caller."


class QuestionChangeIn(Input):
    """What is to change of a question: only what is sent changes."""

    topic = VisibleRow(model=Topic)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, required=False)
    title = serializers.CharField(max_length=MAX_TITLE_LENGTH, allow_blank=True, required=False)
    idnumber = serializers.CharField(max_length=MAX_IDNUMBER_LENGTH, allow_blank=True, required=False)
    content = serializers.DictField(help_text=CONTENT_WORDS)
    key = serializers.DictField(help_text=KEY_WORDS)
    explanation_html = serializers.CharField(max_length=MAX_HTML_LENGTH, allow_blank=True, required=False)
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="The version these changes were made to; 409 when there is a newer one."
    )


class QuestionIn(Input):
    """A question to be."""

    topic = VisibleRow(model=Topic)
    type = serializers.ChoiceField(choices=QuestionType.choices)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, default=Difficulty.MEDIUM)
    title = serializers.CharField(max_length=MAX_TITLE_LENGTH, allow_blank=True, default="")
    idnumber = serializers.CharField(max_length=MAX_IDNUMBER_LENGTH, allow_blank=True, default="")
    content = serializers.DictField(help_text=CONTENT_WORDS)
    key = serializers.DictField(help_text=KEY_WORDS)
    explanation_html = serializers.CharField(max_length=MAX_HTML_LENGTH, allow_blank=True, default="")


class ChoiceOut(serializers.Serializer[Any]):
    """One thing that can be chosen or matched."""

    id = serializers.CharField()
    html = serializers.CharField()


class QuestionOut(serializers.Serializer[Any]):
    """A question in a list. The right answer and the explanation are null for callers who may not see keys."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=QuestionType.choices)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    status = serializers.ChoiceField(choices=QuestionEntry.Status.choices)
    topic = TopicNameOut()
    course = CourseNameOut()
    title = serializers.CharField()
    idnumber = serializers.CharField()
    version = serializers.IntegerField()
    stem_html = serializers.CharField()
    options = ChoiceOut(many=True)
    premises = ChoiceOut(many=True)
    choices = ChoiceOut(many=True)
    unit_entry = serializers.ChoiceField(choices=["none", "choice", "text"])
    units = serializers.ListField(child=serializers.CharField())
    max_length = serializers.IntegerField(allow_null=True)
    correct_answer = serializers.JSONField(allow_null=True, help_text=ANSWER_WORDS)
    explanation_html = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()

    def to_representation(self, instance: QuestionEntry) -> dict[str, Any]:
        """Return the question as the caller may see it; costs no statement for rows of ``queries.questions_for``."""
        return super().to_representation(self._shown(instance, instance.latest))

    def _shown(self, entry: QuestionEntry, version: QuestionVersion | None) -> dict[str, Any]:
        if version is None:
            raise ValueError(f"Question {entry.pk} has no version; its services always write one.")
        sees_keys = permissions.can_see_keys(self.context["request"].user, entry.organization_id)
        reviewed = rendering.review_question(version) if sees_keys else {}
        return {
            "id": entry.public_id,
            "difficulty": entry.difficulty,
            "status": entry.status,
            "topic": entry.topic,
            "course": entry.topic.course,
            "title": version.title,
            "idnumber": entry.idnumber,
            "version": version.number,
            "created_at": entry.created_at,
            **rendering.public_question(version),
            "correct_answer": reviewed.get("correct_answer"),
            "explanation_html": reviewed.get("explanation_html"),
            "content": version.content if sees_keys else None,
            "key": version.key if sees_keys else None,
        }


class QuestionDetailOut(QuestionOut):
    """A question; ``content`` and ``key``, as authors write them, are null for callers who may not see keys."""

    content = serializers.DictField(allow_null=True, help_text=CONTENT_WORDS)
    key = serializers.DictField(allow_null=True, help_text=KEY_WORDS)


class DifferenceOut(serializers.Serializer[Any]):
    """One field that changed; null stands where it was not there."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class AuthorOut(serializers.Serializer[Any]):
    """Who wrote something."""

    id = serializers.UUIDField(source="public_id")
    full_name = serializers.CharField()


class VersionOut(serializers.Serializer[QuestionVersion]):
    """A version of a question and what it changed. ``context["versions"]`` holds all versions by number."""

    id = serializers.UUIDField(source="public_id")
    number = serializers.IntegerField()
    title = serializers.CharField()
    content = serializers.DictField()
    key = serializers.DictField()
    explanation_html = serializers.CharField()
    created_by = AuthorOut()
    created_at = serializers.DateTimeField()
    differences = serializers.SerializerMethodField()

    @extend_schema_field(DifferenceOut(many=True))
    def get_differences(self, version: QuestionVersion) -> list[dict[str, Any]]:
        """Return what differs from the version before; nothing for the first."""
        before = self.context["versions"].get(version.number - 1)
        if before is None:
            return []
        found = differences(*({name: getattr(one, name) for name in VERSION_FIELDS} for one in (before, version)))
        return [{"field": one.field, "before": one.before, "after": one.after} for one in found]
