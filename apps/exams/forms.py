"""What candidates' forms say."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from apps.questionbank.models import Course, Difficulty, Topic

from .answering import AnswerIn
from .services import MAX_QUESTIONS


class PracticeForm(forms.Form):
    """What to practise of one course: a topic or all of it, how many questions, how hard."""

    topic = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Topic.objects.none(),
        to_field_name="public_id",
        required=False,
        blank=True,  # or radio buttons would leave the empty choice out
        empty_label=_("The whole course"),
        widget=forms.RadioSelect,
    )
    count = forms.IntegerField(label=_("Questions"), min_value=1, max_value=MAX_QUESTIONS, initial=10)
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), choices=[("", _("Mixed")), *Difficulty.choices], required=False
    )

    def __init__(self, *args: Any, course: Course, **options: Any) -> None:
        super().__init__(*args, **options)
        topics = course.topics.order_by("position", "name")
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]


def answers_in(posted: QueryDict, questions: Sequence[dict[str, Any]]) -> list[AnswerIn]:
    """Return the answers of a sitting page sent without scripts, for the questions that changed.

    A question whose fields are missing or empty is cleared. ``after`` comes along, so that a page left open elsewhere never
    overwrites a newer answer.
    """
    changed = []
    for question in questions:
        payload = _payload(posted, question)
        if payload != question["selected_answer"]:
            changed.append(
                AnswerIn(
                    question_id=question["id"],
                    client_operation_id=uuid4(),
                    selected_answer=payload,
                    time_spent=question["time_spent"],
                    after=_whole(posted.get(f"after-{question['id']}", "")),
                )
            )
    return changed


def _payload(posted: QueryDict, question: dict[str, Any]) -> Any:
    name = f"answer-{question['id']}"
    match question["type"]:
        case "multiple_choice":
            return posted.getlist(name) or None
        case "true_false":
            return {"true": True, "false": False}.get(posted.get(name, ""))
        case "numerical":
            value = posted.get(f"{name}-value", "").strip()
            unit = posted.get(f"{name}-unit", "").strip()
            return ({"value": value, "unit": unit} if unit else {"value": value}) if value else None
        case "matching":
            pairs = {premise["id"]: posted.get(f"{name}-{premise['id']}", "") for premise in question["premises"]}
            return {premise: choice for premise, choice in pairs.items() if choice} or None
        case _:
            return posted.get(name, "").strip() or None


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
