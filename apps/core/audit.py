"""Who did what to what: one row for every deed that somebody may ask about later."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog
from django.db import connection, models

from apps.core.models import AuditEntry

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

INSERT_BATCH = 1000
_UNSET: Any = object()


class AuditedOutsideTransaction(RuntimeError):
    """An entry can only be written together with the deed it tells of."""


def record(
    *,
    actor: "AbstractBaseUser | None",
    action: str,
    subject: models.Model,
    organization_id: int | None = _UNSET,
    address: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write an entry in the caller's transaction.

    ``actor`` is None where the platform itself acts. ``action`` is a stable word such as ``exam.published``. The
    organisation is the subject's unless given; ``details`` holds ids, codes and times, never secrets or what people
    wrote. The request's id is taken from the log context.
    """
    entry = _entry(actor, action, subject, address=address, details=details)
    if organization_id is not _UNSET:
        entry.organization_id = organization_id
    entry.save(force_insert=True)
    return entry


def record_all(*, actor: "AbstractBaseUser | None", action: str, subjects: Sequence[models.Model]) -> None:
    """Write one entry for each subject of the same deed, with one INSERT for up to ``INSERT_BATCH`` of them."""
    AuditEntry.objects.bulk_create([_entry(actor, action, subject) for subject in subjects], batch_size=INSERT_BATCH)


def _entry(
    actor: "AbstractBaseUser | None",
    action: str,
    subject: models.Model,
    *,
    address: str = "",
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    if not connection.in_atomic_block:
        raise AuditedOutsideTransaction(
            f"{action} was recorded outside a transaction. Record it inside the `transaction.atomic` block of the deed."
        )
    request = structlog.contextvars.get_contextvars()
    return AuditEntry(
        organization_id=getattr(subject, "organization_id", None),
        actor_id=None if actor is None else actor.pk,
        action=action,
        subject_type=subject._meta.label_lower,
        subject_id=str(getattr(subject, "public_id", subject.pk)),
        address=address or request.get("address") or None,
        request_id=str(request.get("request_id", "")),
        details=dict(details or {}),
    )
