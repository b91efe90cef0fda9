"""Versions of a row over HTTP.

An ``ETag`` out, ``If-Match`` in, 412 for an edit of a version that is no longer the present one.
"""

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.core.errors import BadInput, PreconditionFailed


def etag_of(*parts: Any) -> str:
    """Return the tag of one version of a row: give its ``public_id`` and what changes with every edit."""
    text = "\x1f".join(str(part) for part in parts)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def check_if_match(request: Request, etag: str, *, required: bool = False) -> None:
    """Refuse an edit whose ``If-Match`` names another version; call it while the row is locked.

    Without the header the edit goes on, unless it is ``required``.
    """
    header = request.headers.get("If-Match", "")
    if not header:
        if required:
            raise BadInput(
                _("Send If-Match with this edit."),
                code="if_match_required",
                fields={"If-Match": [_("Send the ETag of the version you read.")]},
            )
        return
    tags = {tag.strip() for tag in header.split(",")}
    if "*" not in tags and etag not in tags:
        raise PreconditionFailed(headers={"ETag": etag})
