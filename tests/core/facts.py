"""Facts the tests of core publish."""

from dataclasses import dataclass

from apps.core.events import Event


@dataclass(frozen=True, kw_only=True)
class BellRang(Event):
    number: int


@dataclass(frozen=True, kw_only=True)
class DoorOpened(Event):
    number: int
