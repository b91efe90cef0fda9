"""What each column holds, said once: nothing about anybody (*plain*), something about a person (*personal*), or a *secret*.

Each app sorts its models' fields in its ``handlers.py``; a field nobody sorted fails a test. Export, erasure and the checks of
what leaves in logs and answers read it here::

    personal.sort("accounts.User", plain="id public_id tier", personal="email full_name", secret="password")
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from django.apps import apps
from django.db import models


class Sort(StrEnum):
    """What a column holds."""

    PLAIN = "plain"
    PERSONAL = "personal"
    SECRET = "secret"  # noqa: S105 - the name of a kind of column


_sorted: dict[str, dict[str, Sort]] = {}


def sort(label: str, *, plain: str = "", personal: str = "", secret: str = "") -> None:
    """Sort the fields of a model, named ``app.Model``. Each argument lists names separated by spaces."""
    fields: dict[str, Sort] = {}
    for names, kind in ((plain, Sort.PLAIN), (personal, Sort.PERSONAL), (secret, Sort.SECRET)):
        for name in names.split():
            if name in fields:
                raise ValueError(f"{label}.{name} is sorted twice.")
            fields[name] = kind
    if label in _sorted:
        raise ValueError(f"The fields of {label} are sorted in two places.")
    _sorted[label] = fields


def fields_of(label: str) -> Mapping[str, Sort]:
    """Return the sorted fields of a model."""
    return _sorted.get(label, {})


def personal_models() -> Sequence[str]:
    """All models that hold something about a person, by label."""
    return sorted(label for label, fields in _sorted.items() if set(fields.values()) - {Sort.PLAIN})


def unsorted(app_labels: Iterable[str]) -> list[str]:
    """Return the fields of these apps that nobody sorted, and sorted names that are no fields, as ``app.Model.field``."""
    found = []
    for app_label in app_labels:
        for model in apps.get_app_config(app_label).get_models():
            found += _differences(model)
    return sorted(found)


def _differences(model: type[models.Model]) -> list[str]:
    label = model._meta.label
    there = {field.name for field in (*model._meta.local_fields, *model._meta.local_many_to_many)}
    return [f"{label}.{name}" for name in there ^ set(fields_of(label))]
