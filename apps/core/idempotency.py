"""A write sent again with the same ``Idempotency-Key`` happens once and is answered as the first time.

A key belongs to its caller, and for a day to one request (method, path and body). Whoever carries the request out holds
the key by a lease: a process that dies blocks it for ``LEASE`` at most, and one that was overtaken cannot finish.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.errors import BadInput, Conflict, KeyReused
from apps.core.models import IdempotencyRecord

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
RETRY_SECONDS = 2
MAX_KEY_CHARACTERS = 255
# answers after which the same request may well be sent again and succeed
NOT_KEPT = frozenset({401, 405, 406, 408, 409, 412, 413, 415, 429})
NOT_KEPT_CODES = frozenset({"invalid", "malformed_json", "malformed_request", "out_of_range"})

_KEY = re.compile(r'"([\x20\x21\x23-\x5b\x5d-\x7e]+)"|([\x21\x23-\x7e]+)')


@dataclass(frozen=True, kw_only=True)
class KeyedRequest:
    """A request with its key. ``caller`` is unique to who sends it, such as ``user:12``."""

    caller: str
    key: str
    method: str
    path: str
    body: bytes

    @property
    def fingerprint(self) -> str:
        """What must be the same in every repetition."""
        head = f"{self.method} {self.path}\n".encode()
        return hashlib.sha256(head + hashlib.sha256(self.body).digest()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer as it left, or leaves again. ``code`` is the error's, if it is one."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    code: str = ""
    is_repeated: bool = False

    @property
    def is_kept(self) -> bool:
        """Whether a repetition gets this answer too. Faults, limits and input that can be corrected are tried anew."""
        return (
            self.status < 500
            and self.status not in NOT_KEPT
            and not (self.status == 400 and self.code in NOT_KEPT_CODES)
        )


@dataclass(frozen=True, kw_only=True)
class Claim:
    """The right to carry a request out."""

    record_id: int
    token: UUID


class StillRunning(Conflict):
    """The same request is being carried out at this moment."""

    code = "idempotency_key_in_use"
    default_message = _("The same request is being carried out at this moment. Send it again shortly.")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": str(RETRY_SECONDS)})


def read_key(header: str) -> str:
    """Return the key of an ``Idempotency-Key`` header, quoted as a structured field or bare."""
    match = _KEY.fullmatch(header.strip())
    key = (match[1] or match[2]) if match else ""
    if not key or len(key) > MAX_KEY_CHARACTERS:
        raise BadInput(
            _("Idempotency-Key must be 1 to %(limit)d printable characters, for example a UUID.")
            % {"limit": MAX_KEY_CHARACTERS},
            code="bad_idempotency_key",
        )
    return key


def run(
    request: KeyedRequest, execute: Callable[[], Reply], *, now: datetime, in_one_transaction: bool = True
) -> Reply:
    """Carry a request out, or return the answer it had.

    The answer is stored in the transaction of the deed, so that neither exists without the other. Views that call
    outside services cannot have that (``in_one_transaction=False``): a crash between deed and answer repeats them.
    Raises ``KeyReused`` and ``StillRunning``.
    """
    claimed = claim(request, now=now)
    if isinstance(claimed, Reply):
        return claimed
    try:
        if in_one_transaction:
            with transaction.atomic():
                reply = execute()
                _finish_if_kept(claimed, reply)
        else:
            reply = execute()
            _finish_if_kept(claimed, reply)
    except BaseException:
        release(claimed)
        raise
    if not reply.is_kept:
        release(claimed)
    return reply


def claim(request: KeyedRequest, *, now: datetime) -> Claim | Reply:
    """Take the key, or return the answer the request already has. Raises ``KeyReused`` and ``StillRunning``."""
    token = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO core_idempotencyrecord AS known
                (caller, key, fingerprint, token, lease_until, expires_at, headers, body)
            VALUES (%(caller)s, %(key)s, %(fingerprint)s, %(token)s, %(lease)s, %(expires)s, '{}', '')
            ON CONFLICT (caller, key) DO UPDATE SET
                fingerprint = excluded.fingerprint, token = excluded.token, lease_until = excluded.lease_until,
                expires_at = excluded.expires_at, status = NULL, headers = '{}', body = ''
            WHERE known.expires_at <= %(now)s OR (
                known.status IS NULL AND known.lease_until <= %(now)s AND known.fingerprint = excluded.fingerprint
            )
            RETURNING id
            """,
            {
                "caller": request.caller,
                "key": request.key,
                "fingerprint": request.fingerprint,
                "token": token,
                "lease": now + LEASE,
                "expires": now + KEPT,
                "now": now,
            },
        )
        row = cursor.fetchone()
    if row is not None:
        return Claim(record_id=row[0], token=token)
    return _known_reply(request)


def _known_reply(request: KeyedRequest) -> Reply:
    record = IdempotencyRecord.objects.filter(caller=request.caller, key=request.key).first()
    if record is None:  # given back a moment ago
        raise StillRunning
    if record.fingerprint != request.fingerprint:
        raise KeyReused
    if record.status is None:
        raise StillRunning
    return Reply(status=record.status, body=bytes(record.body), headers=record.headers, is_repeated=True)


def finish(claimed: Claim, reply: Reply) -> None:
    """Store the answer, in the transaction of the deed. Raises ``StillRunning`` when the lease went to someone else."""
    held = IdempotencyRecord.objects.filter(pk=claimed.record_id, token=claimed.token, status=None)
    if not held.update(status=reply.status, headers=dict(reply.headers), body=reply.body):
        raise StillRunning


def release(claimed: Claim) -> None:
    """Give the key back: the request may be tried anew at once."""
    IdempotencyRecord.objects.filter(pk=claimed.record_id, token=claimed.token, status=None).delete()


def _finish_if_kept(claimed: Claim, reply: Reply) -> None:
    if reply.is_kept:
        finish(claimed, reply)


def prune(*, now: datetime) -> int:
    """Remove what is older than a day; return how many."""
    removed, _by_model = IdempotencyRecord.objects.filter(expires_at__lte=now).delete()
    return removed
