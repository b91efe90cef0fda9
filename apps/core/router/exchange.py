from __future__ import annotations

from typing import TYPE_CHECKING

from apps.core.router.heads import RequestHead

if TYPE_CHECKING:
    from apps.core.router.client import ClientConnection
    from apps.core.router.upstream import UpstreamConnection


class Exchange:
    """One request and its answer.

    ``opening`` is what the upstream gets first: the head, and the body as far as it was collected before. ``is_done``
    tells a queue that the client has given up.
    """

    __slots__ = (
        "attempts",
        "client",
        "deadline",
        "has_answer",
        "head",
        "is_done",
        "is_request_complete",
        "opening",
        "upstream",
    )

    def __init__(self, client: ClientConnection, head: RequestHead) -> None:
        self.client = client
        self.head = head
        self.opening = b""
        self.deadline = 0.0
        self.attempts = 0
        self.upstream: UpstreamConnection | None = None
        self.is_request_complete = False
        self.has_answer = False
        self.is_done = False

    @property
    def can_be_repeated(self) -> bool:
        """Whether sending it again is harmless though the first sending may have been read."""
        head = self.head
        has_body = head.length is not None or head.is_chunked
        return head.method in {b"GET", b"HEAD"} and not has_body and not self.has_answer and self.attempts < 3
