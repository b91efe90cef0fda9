"""Draw a question's answer: to be given, and as it was given beside the right one.

A question here is a mapping as the API returns it: ``id``, ``type``, ``selected_answer`` and, by type,

* ``single_choice``, ``multiple_choice``: ``options`` of ``{id, html}``; the answer is an option's id, or a list of ids
* ``true_false``: the answer is true or false
* ``numerical``: ``unit_entry`` (none, choice or text) and ``units``, those to choose from; the answer is ``{value, unit}``
* ``short_answer``: ``max_length``; the answer is a text
* ``matching``: ``premises`` and ``choices`` of ``{id, html}``; the answer is ``{premise id: choice id}``

``html`` is rich text as stored, so already sanitised. Ids may be of any type that turns into a stable text. In a review
``correct_answer`` has the form of the answer; a numerical one may carry ``tolerance``, and a short answer's may be the list
of texts that are accepted.
"""

import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import strip_tags
from django.utils.translation import gettext

register = template.Library()

CHOICE_TYPES = frozenset({"single_choice", "multiple_choice", "true_false"})


@register.inclusion_tag("components/answer.html")
def answer_fields(question: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the fields in which an answer is given; names and values are those of the plain form."""
    kind = question["type"]
    found: dict[str, Any] = {"question": question, "name": f"answer-{question['id']}", "kind": kind}
    if kind in CHOICE_TYPES:
        found["options"] = _marked_options(question)
    if kind == "matching":
        found |= _matching(question)
    return found


@register.inclusion_tag("components/answer_review.html")
def answer_review(question: Mapping[str, Any]) -> dict[str, Any]:
    """Draw an answer that was given, the right one, and which is which in words."""
    kind = question["type"]
    found: dict[str, Any] = {"question": question, "kind": kind, "given": question.get("selected_answer")}
    if kind in CHOICE_TYPES:
        found["options"] = _reviewed_options(question)
    elif kind == "matching":
        found["pairs"] = _reviewed_pairs(question)
    else:
        found["accepted"] = _accepted(question)
    return found


def chosen_ids(answer: Any) -> set[str]:
    """Return the ids of an answer of any of the choice types, as texts; true and false are ``true`` and ``false``."""
    if answer is None:
        return set()
    if isinstance(answer, bool):
        return {str(answer).lower()}
    if isinstance(answer, Iterable) and not isinstance(answer, str):
        return {str(one) for one in answer}
    return {str(answer)}


def _options(question: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the options of a choice question; true and false for that type."""
    if question["type"] == "true_false":
        return [{"id": "true", "html": gettext("True")}, {"id": "false", "html": gettext("False")}]
    options: Sequence[Mapping[str, Any]] = question["options"]
    return options


def _marked_options(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options with what is chosen."""
    chosen = chosen_ids(question.get("selected_answer"))
    return [{**option, "is_chosen": str(option["id"]) in chosen} for option in _options(question)]


def _reviewed_options(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options with their state: right, wrong (chosen and not right) or plain.

    A key may take several single options as right, of which it names one; the chosen one is right when the mark says so.
    """
    chosen, right = chosen_ids(question.get("selected_answer")), chosen_ids(question.get("correct_answer"))
    if question["type"] == "single_choice" and question.get("is_correct"):
        right = chosen
    found = []
    for option in _options(question):
        key = str(option["id"])
        state = "right" if key in right else "wrong" if key in chosen else "plain"
        found.append({**option, "state": state, "is_chosen": key in chosen})
    return found


def _lettered(choices: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the choices of a matching question with a letter each, and their text without markup for a list box."""
    found = []
    for index, choice in enumerate(choices):
        round_number, position = divmod(index, len(string.ascii_uppercase))
        letter = string.ascii_uppercase[position] + (str(round_number + 1) if round_number else "")
        found.append({**choice, "letter": letter, "text": strip_tags(str(choice["html"])).strip()})
    return found


def _matching(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return the premises with what is chosen for each, and the lettered choices.

    Choices that hold markup cannot be shown inside a list box, so they are also listed above it.
    """
    answer = {str(key): str(value) for key, value in (question.get("selected_answer") or {}).items()}
    choices = _lettered(question["choices"])
    return {
        "premises": [{**premise, "chosen": answer.get(str(premise["id"]), "")} for premise in question["premises"]],
        "choices": choices,
        "has_rich_choices": any("<" in str(choice["html"]) for choice in choices),
    }


def _reviewed_pairs(question: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each premise what was chosen, what is right, and the state."""
    chosen = {str(key): str(value) for key, value in (question.get("selected_answer") or {}).items()}
    right = {str(key): str(value) for key, value in (question.get("correct_answer") or {}).items()}
    shown = {str(choice["id"]): choice["html"] for choice in question["choices"]}
    found = []
    for premise in question["premises"]:
        key = str(premise["id"])
        is_right = chosen.get(key) is not None and chosen.get(key) == right.get(key)
        found.append(
            {
                "html": premise["html"],
                "chosen_html": shown.get(chosen.get(key, ""), ""),
                "right_html": shown.get(right.get(key, ""), ""),
                "state": "right" if is_right else "wrong",
            }
        )
    return found


def _accepted(question: Mapping[str, Any]) -> list[str]:
    """Return the right answers of a written question as texts."""
    right = question.get("correct_answer")
    if isinstance(right, Mapping):
        value = f"{right['value']}"
        if right.get("tolerance"):
            value += f" ± {right['tolerance']}"
        return [f"{value} {right['unit']}" if right.get("unit") else value]
    if right is None:
        return []
    return [str(one) for one in right] if isinstance(right, list | tuple) else [str(right)]
