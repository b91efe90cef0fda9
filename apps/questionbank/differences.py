"""What changed between two versions of a question, field by field. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One field, dotted (``content.options.a2.html``); None stands where it was not there."""

    field: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs, in the order of ``after``, then what is gone. Entries of lists are known by their ids."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    fields = [*new, *(field for field in old if field not in new)]
    return [
        Difference(field=field, before=old.get(field), after=new.get(field))
        for field in fields
        if old.get(field) != new.get(field)
    ]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (dotted path, plain value). An entry that is an object goes by its ``id``, else by its place from 1."""
    entries: Iterable[tuple[Any, Any]]
    if isinstance(value, Mapping):
        entries = value.items()
    elif isinstance(value, list):
        entries = [(_name(entry, number), entry) for number, entry in enumerate(value, start=1)]
    else:
        yield path, value
        return
    for name, entry in entries:
        yield from _leaves(entry, f"{path}.{name}" if path else str(name))


def _name(entry: Any, number: int) -> str:
    return str(entry["id"]) if isinstance(entry, Mapping) and "id" in entry else str(number)
