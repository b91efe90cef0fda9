"""The facts there are, as a page for people who build on them."""

import inspect
import typing
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.core import outbox
from apps.core.events import Event

HEAD = """# Facts

What became true is told once, in the transaction that made it true, and handed to consumers in the order of its position.
Every fact also has `occurred_at` (when it became true) and `organization_id` (null for what belongs to no organisation).
Fields named `…_id` are the keys of rows, not the ids of the API. How it works: [architecture](../architecture.md#facts).

An *effect* gets each fact once. A *projection* can be emptied and fed again (`manage.py replay_consumer`).

Made from the code by `manage.py reference`.
"""
COMMON = ("occurred_at", "organization_id")
WORDS: dict[Any, str] = {
    int: "number",
    str: "text",
    bool: "true or false",
    UUID: "UUID",
    Decimal: "decimal",
    date: "date",
    datetime: "time",
    type(None): "null",
}


@dataclass(frozen=True, kw_only=True)
class FactEntry:
    """One kind of fact: what it says, its own fields with their types in words, and who hears of it."""

    kind: str
    says: str
    fields: dict[str, str]
    consumers: tuple[outbox.Consumer, ...]


def catalogue() -> list[FactEntry]:
    """Return every kind of fact that the apps declare, by kind."""
    return [_entry(event_class) for event_class in sorted(_declared(Event), key=lambda found: found.kind)]


def page() -> str:
    """Return the catalogue as Markdown."""
    return HEAD + "".join(_section(entry) for entry in catalogue())


def _declared(event_class: type[Event]) -> Iterator[type[Event]]:
    for narrower in event_class.__subclasses__():
        if narrower.__module__.startswith("apps."):
            yield narrower
        yield from _declared(narrower)


def _entry(event_class: type[Event]) -> FactEntry:
    hints = typing.get_type_hints(event_class)
    return FactEntry(
        kind=event_class.kind,
        says=_as_markdown(event_class.__doc__),
        fields={field.name: _words_of(hints[field.name]) for field in fields(event_class) if field.name not in COMMON},
        consumers=tuple(consumer for consumer in _consumers() if event_class.kind in consumer.kinds),
    )


def _consumers() -> list[outbox.Consumer]:
    return [found for found in outbox.registry.consumers() if found.handler.__module__.startswith("apps.")]


def _words_of(hint: Any) -> str:
    """Return a type that facts can carry in words."""
    if hint in WORDS:
        return WORDS[hint]
    inner = [_words_of(argument) for argument in typing.get_args(hint) if argument is not Ellipsis]
    return f"list of {inner[0]}" if typing.get_origin(hint) is tuple else " or ".join(inner)


def _section(entry: FactEntry) -> str:
    own = "\n".join(f"| `{name}` | {words} |" for name, words in entry.fields.items())
    heard = "\n".join(f"- {_heard(consumer)}" for consumer in entry.consumers) or "- nobody yet"
    table = f"| field | holds |\n|---|---|\n{own}\n\n" if own else ""
    return f"\n## `{entry.kind}`\n{entry.says}\n\n{table}Heard by:\n\n{heard}\n"


def _heard(consumer: outbox.Consumer) -> str:
    kind = "effect" if consumer.is_effect else "projection"
    return f"`{consumer.name}` ({kind}): {_as_markdown(consumer.handler.__doc__)}"


def _as_markdown(docstring: str | None) -> str:
    """Return the first paragraph of a docstring on one line."""
    return " ".join(inspect.cleandoc(docstring or "").partition("\n\n")[0].replace("``", "`").split())
