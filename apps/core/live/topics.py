"""Which topics there are, and who may listen to them.

A topic is ``name:key``, such as ``job:0190…``. The app that tells it registers the name in its ``handlers.py``::

    live.topic("exam-session", can_subscribe=may_follow_session)
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MAX_TOPIC_CHARACTERS = 120
_TOPIC = re.compile(r"([a-z][a-z0-9-]{0,39}):([A-Za-z0-9._-]{1,79})")

Predicate = Callable[["AbstractBaseUser", str], bool]

_predicates: dict[str, Predicate] = {}


def topic(name: str, *, can_subscribe: Predicate) -> None:
    """Register a kind of topic. ``can_subscribe(user, key)`` may query; it runs outside the event loop."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", name):
        raise ValueError(f"{name!r} cannot name a topic. Use lower-case letters, digits and hyphens.")
    if name in _predicates:
        raise ValueError(f"Two topics are called {name!r}.")
    _predicates[name] = can_subscribe


def is_topic(text: str) -> bool:
    """Whether a text is well formed and of a registered kind."""
    match = _TOPIC.fullmatch(text)
    return match is not None and match[1] in _predicates


def can_subscribe(user: "AbstractBaseUser", text: str) -> bool:
    """Whether this person may listen to this topic. An unknown topic is refused like a forbidden one."""
    match = _TOPIC.fullmatch(text)
    if match is None or match[1] not in _predicates:
        return False
    return _predicates[match[1]](user, match[2])
