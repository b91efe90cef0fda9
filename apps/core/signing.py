"""Signatures that others can check: Ed25519 (RFC 8032) over canonical JSON (RFC 8785 for the values used here)."""

import base64
import functools
import hashlib
import json
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def canonical(value: Any) -> bytes:
    """Return the one way to write ``value`` as JSON: keys sorted, no spaces, UTF-8. Floats are refused, they have many ways.

    Raises TypeError for a float or an unknown type.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(value: Any) -> str:
    """Return the site's signature of ``canonical(value)``, URL-safe base64 without padding."""
    return _encode(_private_key().sign(canonical(value)))


def is_signed_by(value: Any, signature: str, public_key: str) -> bool:
    """Return whether ``signature`` is that of ``public_key`` (both URL-safe base64) over ``canonical(value)``."""
    try:
        Ed25519PublicKey.from_public_bytes(_decode(public_key)).verify(_decode(signature), canonical(value))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key() -> str:
    """Return the site's public key, 32 bytes in URL-safe base64 without padding."""
    return _encode(_private_key().public_key().public_bytes_raw())


@functools.cache
def _private_key() -> Ed25519PrivateKey:
    seed = hashlib.sha256(b"lectern signing key 1\0" + settings.SIGNING_SECRET.encode()).digest()
    return Ed25519PrivateKey.from_private_bytes(seed)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A float has no single way to be written; sign text or whole numbers.")
    if isinstance(value, dict):
        for part in value.values():
            _refuse_floats(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _refuse_floats(part)
