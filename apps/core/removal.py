"""Taking away all rows of one organisation.

Each app says at start, in its ``handlers.py``, which of its models hold rows of organisations::

    removal.register(Exam, ExamSession)                    # have an organization_id
    removal.register_parts(SlotCandidate, of="slot")       # hang on a row that has one

Foreign keys are checked at the end of the transaction, so apps need no order among each other. What is kept for a day or
less (idempotency keys, counters, live messages) is left to go by itself.
"""

from typing import Any, cast

from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from apps.core.models import StoredFile

_owned: list[type[models.Model]] = []
_parts: list[tuple[type[models.Model], str]] = []


def register(*owned: type[models.Model]) -> None:
    """Name models whose rows have an ``organization_id``."""
    _owned.extend(model for model in owned if model not in _owned)


def register_parts(part: type[models.Model], *, of: str) -> None:
    """Name a model without ``organization_id`` whose rows go with the row that the foreign key ``of`` points to."""
    if (part, of) not in _parts:
        _parts.append((part, of))


def registered() -> set[type[models.Model]]:
    """Return all models that were named."""
    return {*_owned, *(part for part, _of in _parts)}


def remove_rows(organization_id: int) -> dict[str, int]:
    """Remove the rows of an organisation from every registered table; return how many, by table.

    Call inside a transaction. Files leave the storage after its commit. Tables that refuse deletions do so here too,
    unless the caller has told the database that a demonstration is being removed.
    """
    files = StoredFile.objects.filter(organization=organization_id).exclude(storage_name="")  # "" is deleted already
    stored = set(files.values_list("storage_name", flat=True))
    removed = {}
    with connection.cursor() as cursor:
        for part, of in _parts:
            parent = cast("models.ForeignKey[Any, Any]", part._meta.get_field(of))
            statement = (
                f'DELETE FROM "{part._meta.db_table}" WHERE "{parent.column}" IN '  # noqa: S608 - names of our own tables
                f'(SELECT id FROM "{parent.related_model._meta.db_table}" WHERE organization_id = %s)'
            )
            cursor.execute(statement, [organization_id])
            removed[part._meta.db_table] = cursor.rowcount
        for model in _owned:
            statement = f'DELETE FROM "{model._meta.db_table}" WHERE organization_id = %s'  # noqa: S608 - as above
            cursor.execute(statement, [organization_id])
            removed[model._meta.db_table] = cursor.rowcount
    transaction.on_commit(lambda: _remove_files(stored))
    return removed


def _remove_files(names: set[str]) -> None:
    still_used = set(StoredFile.objects.filter(storage_name__in=names).values_list("storage_name", flat=True))
    for name in sorted(names - still_used):
        default_storage.delete(name)
