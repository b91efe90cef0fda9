"""Questions as they are shown. Pure functions of a version that never changes, so whatever they return may be kept."""

from collections.abc import Iterable
from typing import Any

from apps.core import richtext

from . import types
from .models import QuestionVersion

Shown = dict[str, Any]


def media_address(sha256: str) -> str:
    """Return where a page finds a picture or sound of a question."""
    return f"/media/{sha256}"


def public_question(version: QuestionVersion, option_order: Iterable[str] = ()) -> Shown:
    """Return what a candidate may see; nothing of the key is in it.

    Every type has the same fields, so that a client needs no cases: ``{type, stem_html, options, premises, choices,
    unit_entry, units, max_length}``; options, premises and choices are ``[{id, html}]``. ``option_order`` holds ids of
    these in the order of this session.
    """
    blank: Shown = {"options": [], "premises": [], "choices": [], "unit_entry": "none", "units": [], "max_length": None}
    shown = types.get(version.type).public(version.content, option_order)
    return {"type": version.type, **blank, **_for_page(shown)}


def review_question(version: QuestionVersion, option_order: Iterable[str] = (), *, payload: Any = None) -> Shown:
    """Return a question after it was answered: with the right answer, the explanation and the feedback on ``payload``.

    Each option has its own ``feedback_html`` too, "" where its author wrote none.
    """
    shown = public_question(version, option_order)
    kind = types.get(version.type)
    by_option = version.key.get("feedback", {})
    shown["options"] = [
        {**option, "feedback_html": _for_page(by_option.get(option["id"], ""))} for option in shown["options"]
    ]
    return {
        **shown,
        "correct_answer": kind.correct_answer(version.key),
        "explanation_html": _for_page(version.explanation_html),
        "feedback_html": _for_page(kind.feedback(version.key, payload)) if payload is not None else [],
    }


def _for_page(value: Any) -> Any:
    """Return rich texts, however deep, with references to media replaced by their addresses."""
    if isinstance(value, str):
        return richtext.with_media_urls(value, media_address) if "media:" in value else value
    if isinstance(value, list):
        return [_for_page(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _for_page(entry) for name, entry in value.items()}
    return value
