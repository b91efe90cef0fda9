"""JSON in: what is ambiguous or cannot be stored is refused with its place, before any code sees it."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.parsers import BaseParser

from apps.core.errors import BadInput, TooLarge, UnsupportedType

MAX_DEPTH = 32
MAX_DIGITS = 40
# a whole string (also one that never ends, so that the scan stays linear) or one bracket
_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


class MalformedJSON(BadInput):
    """The body is not JSON that we accept."""

    code = "malformed_json"
    default_message = gettext_lazy("The body is not JSON that is accepted here.")


class StrictJSONParser(BaseParser):
    """Reads a JSON body; see ``strict_json`` for what it refuses."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value of the body. ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes are the most that is read."""
        _refuse_other_charsets(media_type or "")
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise TooLarge(
                _("The body is larger than %(limit)d bytes. Send it in parts, or upload it as a file.")
                % {"limit": limit},
                details={"limit_bytes": limit},
            )
        return strict_json(body)


def strict_json(body: bytes) -> Any:
    """Return the value of a JSON text.

    Refused with ``MalformedJSON``: wrong syntax or UTF-8, a key given twice in one object, NaN and infinities, numbers
    of more than ``MAX_DIGITS`` digits, nesting deeper than ``MAX_DEPTH``, U+0000 and lone surrogates.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJSON(
            _("The body is not valid UTF-8 at byte %(byte)d.") % {"byte": error.start}, details={"byte": error.start}
        ) from None
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _refuse_depth(text)
    try:
        value = _decode(text)
    except json.JSONDecodeError as error:
        raise MalformedJSON(
            _("The body is not valid JSON: line %(line)d, column %(column)d: %(reason)s.")
            % {"line": error.lineno, "column": error.colno, "reason": error.msg},
            details={"line": error.lineno, "column": error.colno},
        ) from None
    if b"\\u" in body:
        _refuse_unstorable(value)
    return value


def _refuse_other_charsets(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _sign, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in {"utf-8", "utf8"}:
            raise UnsupportedType(_("JSON is sent in UTF-8."))


def _refuse_depth(text: str) -> None:
    """Refuse nesting deeper than ``MAX_DEPTH``, before a recursive decoder meets it."""
    depth = 0
    for token in _STRINGS_AND_BRACKETS.finditer(text):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise MalformedJSON(
                _("The body is nested deeper than %(limit)d levels at character %(position)d.")
                % {"limit": MAX_DEPTH, "position": token.start()},
                details={"position": token.start()},
            )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for key, count in Counter(key for key, _value in pairs).items() if count > 1)
        raise MalformedJSON(
            _("The key “%(key)s” is given twice in one object.") % {"key": twice}, details={"key": twice}
        )
    return found


def _constant(name: str) -> Any:
    raise MalformedJSON(_("%(name)s is not JSON. Leave the value out or send null.") % {"name": name})


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise MalformedJSON(_("A number has more than %(limit)d digits.") % {"limit": MAX_DIGITS})
    return int(digits)


def _real(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise MalformedJSON(_("The number %(number)s is too large.") % {"number": digits[:MAX_DIGITS]})
    return number


_decode = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_real
).decode


def _refuse_unstorable(value: Any) -> None:
    """Refuse text that PostgreSQL or UTF-8 cannot hold; only an escape can have brought it in."""
    for text in _texts(value):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise MalformedJSON(_("A text holds U+0000 or half of a surrogate pair, which cannot be stored."))


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
