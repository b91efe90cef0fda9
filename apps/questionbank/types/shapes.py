"""What the JSON of questions is made of, and how breaches of its shape are told.

Every question has two JSON objects. ``content`` is what a candidate may see while sitting; ``key`` is what marks the
answer and everything that is shown only afterwards, feedback included: what must stay secret is apart by construction.
Fields named ``html`` or ``…_html`` and the values of ``feedback`` and ``outcome_feedback`` are rich text.
"""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Final, Self

import msgspec
from django.utils.translation import gettext as _

from apps.core import richtext

Errors = dict[str, list[str]]  # field, dotted for nested ones, to messages

MAX_OPTIONS: Final = 100  # per list; the longest real list seen in banks has 26
MAX_HTML_LENGTH: Final = 100_000  # characters of one field; a page of a book has 3,000
ID_PATTERN: Final = re.compile(r"[a-z][a-z0-9]{0,15}")


class Shape(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of every JSON object here."""

    @classmethod
    def read(cls, value: object, *, at: str) -> Self:
        """Return the typed object for decoded JSON; ``at`` names it in ``InvalidQuestion``."""
        try:
            return msgspec.convert(value, cls)
        except msgspec.ValidationError as error:
            message, _separator, path = str(error).partition(" - at `$")
            raise InvalidQuestion({at + path.rstrip("`"): [message]}) from None

    def as_json(self) -> dict[str, Any]:
        """Return plain dicts and lists without what equals its default: equal questions are written alike."""
        plain = {name: _plain(getattr(self, name)) for name in self.__struct_fields__}
        return {name: value for name, value in plain.items() if value != _defaults(type(self)).get(name, _NO_DEFAULT)}


_NO_DEFAULT: Final = object()


def _plain(value: Any) -> Any:
    if isinstance(value, Shape):
        return value.as_json()
    return [_plain(entry) for entry in value] if isinstance(value, list) else value


@cache
def _defaults(shape: type[Shape]) -> dict[str, Any]:
    """Return the defaults of a shape's fields, as they would be written."""
    found = {}
    for field in msgspec.structs.fields(shape):
        if field.default is not msgspec.NODEFAULT:
            found[field.name] = _plain(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            found[field.name] = _plain(field.default_factory())
    return found


class Option(Shape, frozen=True, kw_only=True):
    """One thing to choose. ``id`` is stable over versions, short, and unique in its list: ``a1``."""

    id: str
    html: str


class OutcomeFeedback(Shape, frozen=True, kw_only=True):
    """Feedback on the whole answer, chosen by how right it was."""

    correct: str = ""
    partial: str = ""
    incorrect: str = ""


class InvalidQuestion(ValueError):
    """Content or key breaks a rule; ``errors`` says which, by field."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, messages in errors.items() for message in messages))
        self.errors = errors


class Report:
    """Collects errors by field."""

    def __init__(self) -> None:
        self.errors: Errors = {}

    def add(self, field: str, message: str) -> None:
        self.errors.setdefault(field, []).append(message)

    def raise_if_any(self) -> None:
        if self.errors:
            raise InvalidQuestion(self.errors)


def check_html(report: Report, field: str, html: str, *, may_be_blank: bool = False) -> None:
    """Require rich text of a sane length that shows something."""
    if len(html) > MAX_HTML_LENGTH:
        report.add(field, _("Longer than %(limit)d characters. Shorten it.") % {"limit": MAX_HTML_LENGTH})
    elif not may_be_blank and richtext.is_blank(html):
        report.add(field, _("Empty. Write a text or add a picture."))


def check_options(report: Report, field: str, options: list[Option], *, fewest: int) -> None:
    """Require enough options, each with its own well-formed id and something to show."""
    if not fewest <= len(options) <= MAX_OPTIONS:
        limits = {"fewest": fewest, "most": MAX_OPTIONS, "found": len(options)}
        report.add(field, _("Needs %(fewest)d to %(most)d entries, has %(found)d.") % limits)
    seen: set[str] = set()
    for number, option in enumerate(options):
        if not ID_PATTERN.fullmatch(option.id):
            report.add(f"{field}.{number}.id", _("Must be a small letter and up to 15 small letters and digits."))
        elif option.id in seen:
            report.add(f"{field}.{number}.id", _("Used twice. Give every entry its own."))
        seen.add(option.id)
        check_html(report, f"{field}.{number}.html", option.html)


def check_known(report: Report, field: str, ids: Iterable[str], known: Iterable[str]) -> None:
    """Require that a key names only what the content has."""
    for unknown in sorted(set(ids) - set(known)):
        report.add(f"{field}.{unknown}", _("The question has no entry of this id."))


def in_order(options: Iterable[Mapping[str, Any]], order: Iterable[str]) -> list[dict[str, Any]]:
    """Return options (id and html only) sorted as ``order`` says; the rest keep their place at the end."""
    place = {option_id: number for number, option_id in enumerate(order)}
    shown = [{"id": option["id"], "html": option["html"]} for option in options]
    return sorted(shown, key=lambda option: place.get(option["id"], len(place)))


def outcome_feedback(key: Mapping[str, Any], mark: Decimal) -> list[str]:
    """Return the feedback for the whole answer that its mark calls for."""
    outcome = "correct" if mark == 1 else "partial" if mark > 0 else "incorrect"
    html = key.get("outcome_feedback", {}).get(outcome)
    return [html] if html else []


def sanitised(value: Any, *, _is_html: bool = False) -> Any:
    """Return a content or key with every rich text in it sanitised."""
    if isinstance(value, str):
        return richtext.sanitise(value) if _is_html else value
    if isinstance(value, list):
        return [sanitised(entry) for entry in value]
    if isinstance(value, dict):
        return {name: sanitised(entry, _is_html=_is_html or _names_html(name)) for name, entry in value.items()}
    return value


def _names_html(field: str) -> bool:
    return field == "html" or field.endswith("_html") or field in {"feedback", "outcome_feedback"}


def media_in(*values: Any) -> frozenset[str]:
    """Return the SHA-256 of every stored file that contents and keys refer to, feedback included."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found |= richtext.media_in(value)
        elif isinstance(value, list):
            found |= media_in(*value)
        elif isinstance(value, dict):
            found |= media_in(*value.values())
    return frozenset(found)
