"""From what an author wrote to what the bank keeps: sanitised, checked, in one spelling, with its hash. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.core import richtext

from . import types
from .models import QuestionVersion
from .types.identity import content_hash
from .types.shapes import MAX_HTML_LENGTH, InvalidQuestion, media_in, sanitised

MAX_TITLE_LENGTH: Final = 300
MAX_IDNUMBER_LENGTH: Final = 100


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """A question as written: ``content`` and ``key`` as ``questionbank.types`` describes them for its type."""

    type: str
    content: Mapping[str, Any]
    key: Mapping[str, Any]
    title: str = ""
    explanation_html: str = ""

    def changed(self, changes: Mapping[str, Any]) -> "QuestionDraft":
        """Return the draft with some of its fields replaced; other names are left out."""
        return replace(self, **{name: changes[name] for name in VERSION_FIELDS if name in changes})


VERSION_FIELDS: Final = ("title", "content", "key", "explanation_html")


@dataclass(frozen=True, kw_only=True)
class PreparedQuestion:
    """What a version keeps."""

    type: str
    title: str
    stem_text: str
    content: dict[str, Any]
    key: dict[str, Any]
    explanation_html: str
    content_hash: str

    @property
    def media(self) -> frozenset[str]:
        """The SHA-256 of every picture and sound it refers to."""
        return media_of(self)


def media_of(question: "PreparedQuestion | QuestionVersion") -> frozenset[str]:
    """Return the SHA-256 of every picture and sound a question refers to, feedback and explanation included."""
    return media_in(question.content, question.key, question.explanation_html)


def prepare(draft: QuestionDraft) -> PreparedQuestion:
    """Return what the bank keeps of a draft. Raises ``InvalidQuestion`` with the fields that break a rule."""
    if draft.type not in types.TYPES:
        raise InvalidQuestion({"type": [_("There is no such question type.")]})
    content, key = types.get(draft.type).parse(sanitised(draft.content), sanitised(draft.key))
    explanation = richtext.sanitise(draft.explanation_html)
    if len(explanation) > MAX_HTML_LENGTH:
        raise InvalidQuestion(
            {"explanation_html": [_("Longer than %(limit)d characters. Shorten it.") % {"limit": MAX_HTML_LENGTH}]}
        )
    kept_content, kept_key = content.as_json(), key.as_json()
    return PreparedQuestion(
        type=draft.type,
        title=draft.title.strip()[:MAX_TITLE_LENGTH],
        stem_text=richtext.to_plain_text(kept_content["stem_html"]),
        content=kept_content,
        key=kept_key,
        explanation_html=explanation,
        content_hash=content_hash(draft.type, kept_content, kept_key),
    )
