"""Sealing everything anew with the first of the field keys, as a job that can be interrupted anywhere."""

from collections import Counter
from collections.abc import Iterator

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F, Func, Value

from apps.core import crypto, jobs
from apps.core.crypto import Ciphertext, EncryptedTextField
from apps.core.worker import JobContext

ROTATE = "core.rotate_field_keys"
BATCH = 200


def encrypted_fields() -> Iterator[tuple[type[models.Model], EncryptedTextField]]:
    """All encrypted fields of the site."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedTextField):
                yield model, field


def count_by_key() -> dict[str, int]:
    """Return how many values are sealed with each key."""
    found: Counter[str] = Counter()
    for model, field in encrypted_fields():
        key_id = Func(F(field.name), Value("."), Value(2), function="split_part", output_field=models.TextField())
        values = model._base_manager.exclude(**{field.name: None}).order_by().values(key_id=key_id)
        found.update(dict(values.annotate(count=Count("*")).values_list("key_id", "count")))
    return dict(found)


def rotate(context: JobContext) -> dict[str, int]:
    """Seal every value with the first key. Only other keys' values are touched, so a repetition goes on where it ended."""
    key_id = next(iter(crypto.keys()))
    done = 0
    for model, field in encrypted_fields():
        while batch := _rotate_batch(model, field, key_id):
            done += batch
            context.progress(done, message=str(model._meta.verbose_name_plural))
            context.stop_if_cancelled()
    return {"sealed_anew": done}


@transaction.atomic
def _rotate_batch(model: type[models.Model], field: EncryptedTextField, key_id: str) -> int:
    sealed_with_it = {f"{field.name}__startswith": Ciphertext(f"{crypto.VERSION}.{key_id}.")}
    old = model._base_manager.exclude(**{field.name: None}).exclude(**sealed_with_it)
    rows = list(old.select_for_update(of=("self",)).order_by("pk")[:BATCH])
    for row in rows:
        setattr(row, field.attname, getattr(row, field.attname))  # opens it, to be sealed anew
        model._base_manager.filter(pk=row.pk).update(**{field.name: field.pre_save(row, add=False)})
    return len(rows)


jobs.kind(ROTATE)(rotate)
