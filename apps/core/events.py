"""Facts: what became true, told to whoever wants to know.

An app's ``events.py`` declares frozen keyword dataclasses; a service publishes them in the transaction that makes
them true::

    @dataclass(frozen=True, kw_only=True)
    class ExamSessionSubmitted(Event):
        session_id: int

    events.publish(ExamSessionSubmitted(session_id=session.pk, occurred_at=now))

Fields are ids, codes and times: int, str, bool, UUID, datetime, date, Decimal, ``tuple[X, ...]`` of these, and
``X | None``.
"""

import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from django.apps import apps
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils.timezone import is_naive

WAKE_CHANNEL = "lectern_facts"
INSERT_BATCH = 1000


class PublishedOutsideTransaction(RuntimeError):
    """A fact can only be published together with what makes it true."""


class UnknownFact(LookupError):
    """A stored fact whose class is not (or no longer) in the code."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact.

    ``kind`` is its stable name, ``app.class_name`` unless the class sets it; a renamed class keeps its old ``kind``.
    A new field needs a default, so that facts already stored can still be read.
    """

    kind: ClassVar[str]
    occurred_at: datetime
    organization_id: int | None = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" not in cls.__dict__:
            cls.kind = _kind_of(cls)
        known = _classes.get(cls.kind)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(
                f"{cls.__module__}.{cls.__qualname__} and {known.__module__}.{known.__qualname__} are both called "
                f"{cls.kind!r}; give one of them another `kind`."
            )
        _classes[cls.kind] = cls


_classes: dict[str, type[Event]] = {}


def publish(event: Event) -> None:
    """Record a fact in the caller's transaction; consumers learn of it soon after the commit, and only then.

    Costs one INSERT, and after the commit one NOTIFY per transaction.
    """
    publish_all([event])


def publish_all(facts: Sequence[Event]) -> None:
    """Record facts that became true together, in this order, with one INSERT for up to ``INSERT_BATCH`` of them."""
    if not facts:
        return
    if not connection.in_atomic_block:
        raise PublishedOutsideTransaction(
            f"{type(facts[0]).__name__} was published outside a transaction. Publish it inside the `transaction.atomic` "
            "block that makes it true."
        )
    for kind in {event.kind for event in facts}:
        _readers(kind)  # refuses fields that could not be read back
    # by label: facts stand below models in the order of imports
    rows = apps.get_model("core", "OutboxFact")
    rows._default_manager.bulk_create(
        [
            rows(
                kind=event.kind,
                payload=to_payload(event),
                occurred_at=event.occurred_at,
                organization_id=event.organization_id,
            )
            for event in facts
        ],
        batch_size=INSERT_BATCH,
    )
    if not any(callback is _wake_relay for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(_wake_relay)


def to_payload(event: Event) -> dict[str, Any]:
    """Return the fields of an event as JSON values."""
    return {
        field.name: _to_json(getattr(event, field.name), f"{type(event).__name__}.{field.name}")
        for field in fields(event)
        if field.name != "organization_id"
    }


def from_payload(kind: str, payload: Mapping[str, Any], *, organization_id: int | None) -> Event:
    """Return the event that was stored. Fields the class no longer has are left out; new ones take their default."""
    event_class = _classes.get(kind)
    if event_class is None:
        raise UnknownFact(f"No event class is called {kind!r}. Keep `kind` when a class is renamed or moved.")
    values: dict[str, Any] = {"organization_id": organization_id}
    for name, read in _readers(kind).items():
        if name in payload:
            values[name] = read(payload[name])
    return event_class(**values)


def _wake_relay() -> None:
    # Not inside the transaction: NOTIFY takes a lock on the whole database that is held while the commit is flushed.
    with suppress(DatabaseError), connection.cursor() as cursor:  # the relay looks by itself every second
        cursor.execute(f"NOTIFY {WAKE_CHANNEL}")


def _kind_of(event_class: type) -> str:
    parts = event_class.__module__.split(".")
    app = parts[1] if parts[0] == "apps" and len(parts) > 1 else parts[0]
    return f"{app}.{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', event_class.__name__).lower()}"


def _to_json(value: Any, place: str) -> Any:
    if isinstance(value, datetime):
        if is_naive(value):
            raise ValueError(f"{place} is a datetime without a time zone. Use an aware one.")
        return value.isoformat()
    if isinstance(value, tuple):
        return [_to_json(item, place) for item in value]
    if isinstance(value, UUID | Decimal | date):
        return str(value)
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"{place} is a {type(value).__name__}. Facts carry ids, codes and times only.")


_Reader = Callable[[Any], Any]
_SCALARS: dict[Any, _Reader] = {
    str: str,
    int: int,
    bool: bool,
    UUID: UUID,
    Decimal: Decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


@cache
def _readers(kind: str) -> dict[str, _Reader]:
    event_class = _classes[kind]
    hints = typing.get_type_hints(event_class)
    return {
        field.name: _reader(hints[field.name], f"{event_class.__name__}.{field.name}")
        for field in fields(event_class)
        if field.name != "organization_id"
    }


def _reader(hint: Any, place: str) -> _Reader:
    if hint in _SCALARS:
        return _SCALARS[hint]
    arguments = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and arguments[1:] == (Ellipsis,):
        item = _reader(arguments[0], place)
        return lambda values: tuple(item(value) for value in values)
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        inner = [argument for argument in arguments if argument is not type(None)]
        if len(inner) == 1:
            read = _reader(inner[0], place)
            return lambda value: None if value is None else read(value)
    raise TypeError(f"{place} is annotated {hint}. Facts carry ids, codes and times only.")
