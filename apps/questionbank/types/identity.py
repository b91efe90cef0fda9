"""When two questions are the same question."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from . import registry

_LISTS: Final = ("options", "premises", "choices")
_BY_ID: Final = ("fractions", "feedback", "pairs")  # objects of the key whose fields are ids


def content_hash(question_type: str, content: object, key: object) -> str:
    """Return the SHA-256 of what a question asks and how it is marked.

    Equal for equal questions however their entries are numbered, however Unicode composes their letters, and whether a
    default is written out or not: an import uses it to see that a question is in the bank already.
    """
    kind = registry.get(question_type)
    plain_content = kind.content_shape.read(content, at="content").as_json()
    plain_key = kind.key_shape.read(key, at="key").as_json()
    renamed = {
        option["id"]: f"{name}-{number}" for name in _LISTS for number, option in enumerate(plain_content.get(name, []))
    }
    whole = [question_type, _canonical(plain_content, renamed), _canonical(plain_key, renamed)]
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()


def _canonical(value: Any, renamed: Mapping[str, str], field: str = "") -> Any:
    if isinstance(value, dict) and field in _BY_ID:
        return {
            renamed.get(name, name): renamed.get(entry, entry)
            for name, entry in value.items()
            if entry not in ("", "0")
        }
    if isinstance(value, dict):
        return {name: _canonical(entry, renamed, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [_canonical(entry, renamed) for entry in value]
    if isinstance(value, str):
        return renamed.get(value, value) if field == "id" else value.strip()
    return value
