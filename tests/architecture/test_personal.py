"""Every column of every app says what it holds."""

from django.apps import apps

from apps.core import personal


def test_every_field_is_sorted_personal_plain_or_secret():
    ours = [config.label for config in apps.get_app_configs() if config.name.startswith("apps.")]

    assert ours == ["core", "accounts", "questionbank", "exams"]
    assert personal.unsorted(ours) == []


def test_twin_a_field_nobody_sorted_is_found(monkeypatch):
    without = {name: kind for name, kind in personal.fields_of("exams.Answer").items() if name != "payload"}
    monkeypatch.setitem(personal._sorted, "exams.Answer", without)

    assert personal.unsorted(["exams"]) == ["exams.Answer.payload"]


def test_who_did_what_is_personal():
    """The columns that name people, found by what they point at, are all sorted personal."""
    found = {
        f"{model._meta.label}.{field.name}"
        for config in apps.get_app_configs()
        if config.name.startswith("apps.")
        for model in config.get_models()
        for field in model._meta.local_fields
        if field.related_model is not None
        and field.related_model._meta.label == "accounts.User"
        and personal.fields_of(model._meta.label)[field.name] is not personal.Sort.PERSONAL
    }

    assert found == set()
