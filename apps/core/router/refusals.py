"""Answers of the router itself, in the product's error envelope."""

import json
from datetime import UTC, datetime
from http import HTTPStatus

from apps.core.router.heads import Refused

RETRY_AFTER_SECONDS = 2
NO_ANSWER = Refused(502, "unavailable", "The connection to the application was lost. Check whether it took effect.")
NOT_THERE = Refused(503, "unavailable", "The application is starting or has stopped. Try again shortly.")
TOO_SLOW = Refused(503, "unavailable", "The application did not answer in time. Check whether it took effect.")


def refusal_answer(refused: Refused, *, closes: bool, is_head: bool) -> bytes:
    """A complete HTTP/1.1 response; ``closes`` announces that the connection ends with it."""
    body = json.dumps(
        {
            "success": False,
            "error": refused.message,
            "details": {"code": refused.code},
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
    ).encode()
    lines = [
        f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
    ]
    if refused.status >= 502:
        lines.append(f"Retry-After: {RETRY_AFTER_SECONDS}")
    if closes:
        lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return head if is_head else head + body
