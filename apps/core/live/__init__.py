"""Live topics: told by services, heard through ``/ws``."""

from apps.core.live.messages import publish
from apps.core.live.topics import topic

__all__ = ["publish", "topic"]
