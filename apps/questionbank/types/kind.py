"""What every question type can do, and the part of it that is the same for all."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar

from django.utils.translation import gettext as _

from .shapes import Errors, InvalidQuestion, Report, Shape

Content = TypeVar("Content", bound=Shape)
Key = TypeVar("Key", bound=Shape)


class QuestionType(Protocol):
    """What a question type can do. All functions are pure; JSON is plain decoded values.

    ``payload`` is the API's ``selected_answer``; ``None`` means not answered and marks 0 (and fits every question).
    """

    @property
    def code(self) -> str: ...

    @property
    def content_shape(self) -> type[Shape]: ...

    @property
    def key_shape(self) -> type[Shape]: ...

    def parse(self, content: object, key: object) -> tuple[Shape, Shape]:
        """Return content and key as typed objects; ``InvalidQuestion`` names every field that breaks a rule."""
        ...

    def validate_content(self, content: object, key: object) -> Errors:
        """Return what ``parse`` would refuse, by field; empty when the question can be used."""
        ...

    def accepts(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Describe the answers that fit: what the saving function in the database checks. See ``acceptance``."""
        ...

    def validate_answer(self, content: Mapping[str, Any], payload: object) -> list[str]:
        """Return what is wrong with the shape of an answer, in words for the candidate."""
        ...

    def option_ids(self, content: Mapping[str, Any]) -> list[str]:
        """Return the ids that may be shuffled, in the author's order; empty where order is part of the question."""
        ...

    def public(self, content: Mapping[str, Any], order: Iterable[str] = ()) -> dict[str, Any]:
        """Return what a candidate may see, each list sorted as ``order`` says; what ``order`` leaves out comes last."""
        ...

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        """Return the fraction of the full mark as a ``Decimal`` of seven places, rounded once, from the floor to 1."""
        ...

    def correct_answer(self, key: Mapping[str, Any]) -> Any:
        """Return an answer that marks to exactly 1, in the shape of ``selected_answer``."""
        ...

    def feedback(self, key: Mapping[str, Any], payload: object) -> list[str]:
        """Return the rich texts that belong to this answer, most specific first."""
        ...

    def summarise(self, content: Mapping[str, Any], payload: object) -> str:
        """Return the answer in words, as plain text, for lists, exports and receipts."""
        ...


class Kind(Generic[Content, Key]):
    """Reading and checking, the same for all types: a type names its shapes and adds its own rules in ``_check``."""

    code: str
    content_shape: type[Content]
    key_shape: type[Key]

    def parse(self, content: object, key: object) -> tuple[Content, Key]:
        read = self.content_shape.read(content, at="content"), self.key_shape.read(key, at="key")
        report = Report()
        self._check(report, *read)
        report.raise_if_any()
        plain_key = read[1].as_json()
        if self.mark(plain_key, self.correct_answer(plain_key)) != 1:
            raise InvalidQuestion({"key": [_("No answer reaches the full mark. Give the right one the fraction 1.")]})
        return read

    def validate_content(self, content: object, key: object) -> Errors:
        try:
            self.parse(content, key)
        except InvalidQuestion as error:
            return error.errors
        return {}

    def _check(self, report: Report, content: Content, key: Key) -> None:
        raise NotImplementedError

    def mark(self, key: Mapping[str, Any], payload: object) -> Decimal:
        raise NotImplementedError

    def correct_answer(self, key: Mapping[str, Any]) -> Any:
        raise NotImplementedError
