"""Every table that holds rows of an organisation is emptied when the organisation is removed."""

from django.apps import apps
from django.db import models

from apps.accounts.models import Organization, User
from apps.core import removal


def own_models():
    return [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def holds_rows_of_organizations(model):
    return any(field.attname == "organization_id" for field in model._meta.concrete_fields)


def parents_of(model):
    """The models that a row of this one cannot be without."""
    return {
        field.related_model
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and not field.null
    }


def test_models_with_an_organization_are_registered():
    missing = {model for model in own_models() if holds_rows_of_organizations(model)} - removal.registered()

    assert not missing, "Name these in `removal.register` of their app's handlers.py"


def test_parts_of_registered_models_are_registered():
    """A row that hangs on a removed row would stop the removal; accounts go with their people."""
    missing = {
        model
        for model in own_models()
        if model not in removal.registered()
        and model not in {Organization, User}
        and parents_of(model) & (removal.registered() - {User})
    }

    assert not missing, "Name these in `removal.register_parts` of their app's handlers.py"


def test_only_models_of_ours_that_hold_such_rows_are_registered():
    for model in removal.registered():
        assert model in own_models()
        assert holds_rows_of_organizations(model) or parents_of(model) & removal.registered(), model
