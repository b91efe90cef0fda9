"""The endpoints that speak a standard of their own instead of the product's envelope. This list is complete and tested.

A path ending in ``/`` covers everything below it.
"""

PROTOCOL_PATHS = (
    "/health",  # one word for load balancers
    "/metrics",  # Prometheus text
    "/files/",  # the content of files
    "/api/schema",  # OpenAPI 3
    "/api/schema/console",  # HTML
    "/api/v1/schema",
    "/api/v1/schema/console",
)


def is_protocol_path(path: str) -> bool:
    """Tell whether a path speaks its own standard."""
    return any(path == known or (known.endswith("/") and path.startswith(known)) for known in PROTOCOL_PATHS)


def is_api_path(path: str) -> bool:
    """Tell whether answers under this path leave in the envelope: all of ``/api`` but the protocol endpoints."""
    return (path == "/api" or path.startswith("/api/")) and not is_protocol_path(path)
