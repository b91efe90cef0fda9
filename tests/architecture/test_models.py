"""Tables follow the order of the apps, tenants are told apart, and every app writes its own rows only."""

import ast
import importlib

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ORDER = ["core", "accounts", "questionbank", "exams"]
# named by string label, so that any app may point at them
EXEMPT = {"accounts.User", "accounts.Organization"}
WRITES = {
    "create",
    "acreate",
    "bulk_create",
    "get_or_create",
    "update_or_create",
    "create_user",
    "create_superuser",
    "update",
    "bulk_update",
    "delete",
}


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def tenant_owned():
    """Yield the models whose rows belong to an organisation."""
    return [model for model in our_models() if any(field.name == "organization" for field in model._meta.fields)]


def sees(model):
    return hasattr(model._default_manager, "visible_to")


def parents(model):
    """Return the tenant-owned models of the same app that a row cannot exist without."""
    return [
        field.related_model
        for field in model._meta.fields
        if isinstance(field, models.ForeignKey)
        and not field.null
        and field.related_model._meta.app_label == model._meta.app_label
        and field.related_model in tenant_owned()
    ]


def is_part_of_something_seen(model):
    return sees(model) or any(is_part_of_something_seen(parent) for parent in parents(model))


def test_foreign_keys_follow_the_order_of_the_apps():
    upward = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in (*model._meta.fields, *model._meta.many_to_many)
        if field.related_model is not None
        and field.related_model._meta.label not in EXEMPT
        and field.related_model._meta.app_label in ORDER
        and ORDER.index(field.related_model._meta.app_label) > ORDER.index(model._meta.app_label)
    ]

    assert upward == []


def test_rows_of_a_tenant_are_read_through_visible_to_or_through_what_they_are_part_of():
    assert [model._meta.label for model in tenant_owned() if not is_part_of_something_seen(model)] == []


def test_edges_fetch_no_part_by_itself():
    """A view that asks ``Part.objects`` would go past the ``visible_to`` of the whole."""
    parts = {model.__name__ for model in tenant_owned() if not sees(model)}
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{node.lineno} {node.value.id}.objects"
        for pattern in ("apps/*/views.py", "apps/*/api/*.py")
        for path in settings.BASE_DIR.glob(pattern)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "objects" and getattr(node.value, "id", "") in parts
    ]

    assert found == []


def test_every_public_id_is_made_in_python_and_unique():
    odd = [
        model._meta.label
        for model in our_models()
        for field in model._meta.fields
        if field.name == "public_id" and (not field.unique or field.default is models.NOT_PROVIDED or field.editable)
    ]

    assert odd == []


def foreign_writes(source, app):
    """Return (line, text) of every place where code of ``app`` makes, changes or deletes rows of another app's models."""
    tree = ast.parse(source)
    foreign = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("apps.")
        if node.module.endswith(".models") and node.module.split(".")[1] != app
        for alias in node.names
        if _is_model(node.module, alias.name)
    }
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in foreign:
            found.append((node.lineno, f"{node.func.id}(…)"))
        elif isinstance(node.func, ast.Attribute) and node.func.attr in WRITES and _root(node.func) in foreign:
            found.append((node.lineno, f"{_root(node.func)}…{node.func.attr}(…)"))
    return found


def _is_model(module, name):
    found = getattr(importlib.import_module(module), name, None)
    return isinstance(found, type) and issubclass(found, models.Model)


def _root(node):
    """Return the name a chain of attributes and calls begins with, when it goes through ``objects``."""
    through_objects = False
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            through_objects |= node.attr in ("objects", "_default_manager", "all_objects")
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return node.id if through_objects else ""


def test_no_app_writes_the_rows_of_another():
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{line} {text}"
        for path in sorted((settings.BASE_DIR / "apps").rglob("*.py"))
        if "migrations" not in path.parts
        for line, text in foreign_writes(path.read_text(), path.relative_to(settings.BASE_DIR).parts[1])
    ]

    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from apps.accounts.models import User\nUser.objects.create(email='x')", [(2, "User…create(…)")]),
        ("from apps.accounts.models import User as Person\nPerson(email='x').save()", [(2, "Person(…)")]),
        (
            "from apps.accounts.models import User\nUser.objects.filter(pk=1).exclude(x=2).update(email='x')",
            [(2, "User…update(…)")],
        ),
        ("from apps.accounts.models import User\nUser.objects.filter(pk=1).first()", []),
        ("from apps.exams.models import Exam\nExam.objects.create()", []),
        ("from apps.accounts.models import User\nUser.Theme.choices\nfound.update(User.PlatformRole.ADMIN)", []),
    ],
)
def test_writes_are_noticed(source, found):
    assert foreign_writes(source, "exams") == found
