"""Secrets in the database, encrypted (AES-256 in GCM) with versioned keys.

A ciphertext is text: ``1.<key id>.<base64 of nonce and sealed bytes>``. Table, column and the row's public id are sealed with
it, so a ciphertext copied to another row or column opens nothing. Keys come from ``LECTERN_FIELD_KEYS``,
``id:base64,id:base64``: the first one seals, all of them open. To rotate, put a new key first, restart, run
``manage.py rotate_field_keys``, and remove the old one when it reports that nothing is left under it.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core import checks
from django.db import models
from django.db.models.query_utils import DeferredAttribute

VERSION = "1"
NONCE_BYTES = 12
KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class BadKeys(ValueError):
    """``LECTERN_FIELD_KEYS`` cannot be used."""


class UnknownKey(LookupError):
    """A ciphertext names a key this site does not have."""


class NotOfThisPlace(ValueError):
    """A ciphertext was changed, or belongs to another row or column."""


class Ciphertext(str):
    """A value as it stands in the database."""

    __slots__ = ()

    @property
    def key_id(self) -> str:
        """The key it was sealed with."""
        return self.split(".", 2)[1]


# --- Sealing ----------------------------------------------------------------------------------------------------------
def seal(text: str, *, place: str) -> Ciphertext:
    """Return ``text`` sealed with the first key, to be opened at ``place`` only."""
    key_id, key = next(iter(keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + key.encrypt(nonce, text.encode(), place.encode())
    return Ciphertext(f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(sealed).decode()}")


def unseal(ciphertext: str, *, place: str) -> str:
    """Return the text. Raises ``UnknownKey`` and ``NotOfThisPlace``."""
    try:
        version, key_id, encoded = ciphertext.split(".", 2)
        sealed = base64.b64decode(encoded, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise NotOfThisPlace(f"The value at {place} is no ciphertext.") from None
    key = keys().get(key_id)
    if version != VERSION or key is None:
        raise UnknownKey(
            f"The value at {place} is sealed with the key {key_id!r}, which LECTERN_FIELD_KEYS does not hold. "
            "Add that key behind the first one."
        )
    try:
        return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError):
        raise NotOfThisPlace(f"The value at {place} was changed, or was sealed for another place.") from None


def keys() -> Mapping[str, AESGCM]:
    """Return the site's keys by id, the sealing one first."""
    return parse_keys(settings.FIELD_KEYS)


@lru_cache(maxsize=8)
def parse_keys(text: str) -> Mapping[str, AESGCM]:
    """Return the keys that ``id:base64,id:base64`` names. Raises ``BadKeys``."""
    found: dict[str, AESGCM] = {}
    for item in filter(None, (item.strip() for item in text.split(","))):
        key_id, _colon, encoded = item.partition(":")
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raw = b""
        if not _KEY_ID.fullmatch(key_id) or len(raw) != KEY_BYTES or key_id in found:
            raise BadKeys(
                f"LECTERN_FIELD_KEYS: {key_id[:40]!r} is not a new id of letters and digits with {KEY_BYTES} bytes in base64. "
                'Make a key with: python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())"'
            )
        found[key_id] = AESGCM(raw)
    if not found:
        raise BadKeys("LECTERN_FIELD_KEYS is empty. Set it to id:base64, a short id and 32 random bytes in base64.")
    return found


# --- Fields -----------------------------------------------------------------------------------------------------------
class _Sealed(DeferredAttribute):
    """Opens the value each time it is read, so that no object carries it around in the clear."""

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is not None and isinstance(value, Ciphertext):
            return unseal(value, place=_place(instance, cast(EncryptedTextField, self.field)))
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that stands encrypted in the database. Its model has a ``public_id``.

    It can be read and saved with its row only: not searched, and not changed by ``update``.
    """

    descriptor_class = _Sealed

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Ciphertext | None:
        """Keep what comes from the database sealed."""
        return None if value is None else Ciphertext(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return what goes into the database; an unread value goes back as it came."""
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Ciphertext):
            return value
        return seal(str(value), place=_place(model_instance, self))

    def get_prep_value(self, value: Any) -> Any:
        """Refuse what is not sealed."""
        if value is None or isinstance(value, Ciphertext):
            return value
        raise TypeError(
            f"{self.model.__name__}.{self.name} is encrypted: it is saved with its row and cannot be searched."
        )

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        """Require the public id that is sealed with each value."""
        found = super().check(**options)
        if not any(field.name == "public_id" for field in self.model._meta.fields):
            found.append(checks.Error("A model with an encrypted field needs a public_id.", obj=self, id="core.E001"))
        return found


def _place(instance: models.Model, field: "EncryptedTextField") -> str:
    return f"{instance._meta.db_table}/{field.column}/{instance.public_id}"  # type: ignore[attr-defined]
