"""The receipt of a finished session: what was kept, signed, so that candidate and site can show the same thing later."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from apps.core import signing


@dataclass(frozen=True, kw_only=True)
class ReceiptLine:
    """One answer that counted."""

    position: int
    question_id: UUID
    sequence: int
    saved_at: datetime
    payload: Any


def answer_digest(payload: Any) -> str:
    """Return the SHA-256 of one answer in canonical JSON, hexadecimal. A number that is not whole is written as text."""
    return hashlib.sha256(signing.canonical(_numbers_as_text(payload))).hexdigest()


def issue(
    *, session_id: UUID, candidate_id: UUID, submitted_at: datetime, lines: Sequence[ReceiptLine]
) -> dict[str, Any]:
    """Return the signed receipt.

    ``digest`` is the SHA-256 over the canonical JSON of ``answers``; ``signature`` is Ed25519 over the canonical JSON of
    everything but ``signature``; ``public_key`` is the site's, to be compared with the one the site publishes.
    """
    answers = [
        {
            "position": line.position,
            "question_id": str(line.question_id),
            "sequence": line.sequence,
            "saved_at": line.saved_at.isoformat(),
            "sha256": answer_digest(line.payload),
        }
        for line in sorted(lines, key=lambda line: line.position)
    ]
    body: dict[str, Any] = {
        "session_id": str(session_id),
        "candidate_id": str(candidate_id),
        "submitted_at": submitted_at.isoformat(),
        "answer_count": len(answers),
        "answers": answers,
        "digest": hashlib.sha256(signing.canonical(answers)).hexdigest(),
        "public_key": signing.public_key(),
    }
    return {**body, "signature": signing.sign(body)}


def is_genuine(receipt: dict[str, Any], *, public_key: str) -> bool:
    """Return whether ``receipt`` is whole and signed by ``public_key``."""
    body = {name: value for name, value in receipt.items() if name != "signature"}
    answers = body.get("answers")
    return (
        isinstance(answers, list)
        and body.get("digest") == hashlib.sha256(signing.canonical(answers)).hexdigest()
        and body.get("answer_count") == len(answers)
        and signing.is_signed_by(body, str(receipt.get("signature", "")), public_key)
    )


def _numbers_as_text(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {name: _numbers_as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_numbers_as_text(part) for part in value]
    return value
