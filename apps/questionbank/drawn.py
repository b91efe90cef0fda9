"""What a person was given already in one sitting of random questions.

Kept in the cache: when that is lost, a question may come back.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.core.cache import cache

KEPT_SECONDS = 24 * 3600


def already_drawn(user_id: int, sitting: str) -> set[UUID]:
    """Return the public ids given before under the name the caller chose for this sitting."""
    return {UUID(text) for text in cache.get(_key(user_id, sitting)) or ()}


def remember_drawn(user_id: int, sitting: str, questions: Iterable[UUID]) -> None:
    """Add questions to what was given."""
    texts = {str(question) for question in already_drawn(user_id, sitting) | set(questions)}
    cache.set(_key(user_id, sitting), sorted(texts), KEPT_SECONDS)


def _key(user_id: int, sitting: str) -> str:
    return f"questionbank:drawn:{user_id}:{hashlib.sha256(sitting.encode()).hexdigest()[:32]}"
