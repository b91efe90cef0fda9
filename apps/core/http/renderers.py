"""JSON out."""

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer

from apps.core.http.envelope import JSON, Envelope, json_bytes, success_body


class EnvelopeRenderer(BaseRenderer):
    """Writes the envelope; data that a view returned bare is put into one first."""

    media_type = JSON
    format = "json"
    charset = None  # JSON is UTF-8 by definition
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the body; an answer without content (204, 304) has none."""
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code in (204, 304):
            return b""
        return json_bytes(data if isinstance(data, Envelope) else success_body(data))
