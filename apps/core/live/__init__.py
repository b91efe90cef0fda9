"""Live topics: told by services, heard through ``/ws``."""

from apps.core.live.authority import Authority, LiveIdentity, set_authority
from apps.core.live.messages import position, publish
from apps.core.live.tickets import issue_ticket
from apps.core.live.topics import topic

__all__ = ["Authority", "LiveIdentity", "issue_ticket", "position", "publish", "set_authority", "topic"]
