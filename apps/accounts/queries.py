"""Reads about accounts that are more than a filter."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from apps.accounts.models import DeviceSession, Organization, User

AGENT_NAMES = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEM_NAMES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class DeviceRow:
    """One signed-in device as its owner reads it."""

    session: DeviceSession
    name: str
    is_current: bool


def name_of_the_only_organization() -> str:
    """Return the name of the school on a site of one school, else ""."""
    names = list(Organization.objects.values_list("name", flat=True)[:2])
    return names[0] if len(names) == 1 else ""


@cache
def time_zone_names() -> tuple[str, ...]:
    """Return the places of the time zone database on this machine, and UTC."""
    return ("UTC", *sorted(name for name in zoneinfo.available_timezones() if "/" in name and not _is_technical(name)))


def devices_of(user: User, *, current: DeviceSession, now: datetime) -> list[DeviceRow]:
    """Return the open device sessions of a person, the present one first, then the one seen last."""
    sessions = DeviceSession.objects.visible_to(user).open_at(now).order_by("-last_seen_at", "-pk")
    rows = [
        DeviceRow(session=session, name=device_name(session.agent), is_current=session.pk == current.pk)
        for session in sessions
    ]
    return sorted(rows, key=lambda row: not row.is_current)


def device_name(agent: str) -> str:
    """Return a short name of the browser and system that a ``User-Agent`` claims; else its first word, else ""."""
    browser = next((name for mark, name in AGENT_NAMES if mark in agent), "")
    system = next((name for mark, name in SYSTEM_NAMES if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent.split(" ", maxsplit=1)[0]


def _is_technical(name: str) -> bool:
    return name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
