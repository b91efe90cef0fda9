"""PostgreSQL and Valkey from their wheels, for a campus that was given no servers of its own.

Nothing here needs Django: settings read the recorded addresses, and the supervisor starts the engines before it.
"""

from apps.core.engines.addresses import EngineAddresses, recorded_addresses
from apps.core.engines.errors import EngineError
from apps.core.engines.launcher import EngineStatus, ensure_running, status, stop

__all__ = [
    "EngineAddresses",
    "EngineError",
    "EngineStatus",
    "ensure_running",
    "recorded_addresses",
    "status",
    "stop",
]
