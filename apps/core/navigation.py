"""Where a person can go. Core draws the places; each app registers its own from its ``handlers``.

    navigation.register(
        Place(label=_("Courses"), url_name="questionbank:courses", icon="course", order=20, is_for=is_student)
    )

The first four main places a person has stand in the bar of a narrow screen, the rest under More; the very first is where
the front page sends a signed-in person.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from apps.core.icons import ICONS

PLACES_IN_BAR = 4


def _signed_in(user: Any) -> bool:
    """Tell whether somebody is signed in."""
    return bool(user.is_authenticated)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the navigation.

    ``section`` is the spine itself (``main``) or the person's own menu (``you``). ``method`` is ``post`` for an entry that
    does something, such as signing out. ``is_for`` takes the signed-in user and must not cost a query for each place.
    """

    label: str | Promise
    url_name: str
    icon: str
    order: int = 50
    section: Literal["main", "you"] = "main"
    method: Literal["get", "post"] = "get"
    is_for: Callable[[Any], bool] = _signed_in


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A place as one person sees it on one page."""

    label: str | Promise
    url: str
    icon: str
    method: str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Navigation:
    """What one page shows: the main places and the person's own."""

    main: tuple[Entry, ...]
    you: tuple[Entry, ...]

    @property
    def beyond_bar(self) -> tuple[Entry, ...]:
        """The main places that a narrow screen keeps under More."""
        return self.main[PLACES_IN_BAR:]


_places: dict[str, Place] = {}


def register(place: Place) -> None:
    """Add a place; the same URL name registered again replaces the first, so a reloaded module adds nothing twice."""
    if place.icon not in ICONS:
        raise ValueError(
            f"There is no icon {place.icon!r} for {place.url_name}; choose one of {', '.join(sorted(ICONS))}."
        )
    _places[place.url_name] = place


def places_for(user: Any) -> list[Place]:
    """Return the places of a person, the main ones first, in their order; nobody signed in has none."""
    if not user.is_authenticated:
        return []
    return sorted(
        (place for place in _places.values() if place.is_for(user)),
        key=lambda place: (place.section != "main", place.order),
    )


def build(request: HttpRequest) -> Navigation:
    """Return the navigation of a page. The place whose address is the longest start of the page's own is current."""
    user = getattr(request, "user", None)
    addressed = [(place, reverse(place.url_name)) for place in places_for(user)] if user is not None else []
    current = max((url for _, url in addressed if _contains(url, request.path)), key=len, default=None)
    entries = [
        (
            place.section,
            Entry(label=place.label, url=url, icon=place.icon, method=place.method, is_current=url == current),
        )
        for place, url in addressed
    ]
    return Navigation(
        main=tuple(entry for section, entry in entries if section == "main"),
        you=tuple(entry for section, entry in entries if section == "you"),
    )


def _contains(url: str, path: str) -> bool:
    """Tell whether a path is an address or lies below it; the root holds only itself."""
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))
