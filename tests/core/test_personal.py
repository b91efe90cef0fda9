"""Every column of core is sorted; the registry refuses what is doubtful."""

import pytest

from apps.core import personal
from apps.core.personal import Sort


def test_every_field_of_core_is_sorted():
    assert personal.unsorted(["core"]) == []


def test_a_field_nobody_sorted_and_a_name_that_is_no_field_are_told(monkeypatch):
    monkeypatch.setattr(personal, "_sorted", {})
    personal.sort("core.OutboxHead", plain="id position pruned_to colour")

    found = [name for name in personal.unsorted(["core"]) if name.startswith("core.OutboxHead")]
    assert found == ["core.OutboxHead.colour", "core.OutboxHead.pruned_before"]


def test_a_field_cannot_be_sorted_twice(monkeypatch):
    monkeypatch.setattr(personal, "_sorted", {})
    with pytest.raises(ValueError, match=r"core\.Job\.kind"):
        personal.sort("core.Job", plain="kind", personal="kind")
    personal.sort("core.Job", plain="kind")
    with pytest.raises(ValueError, match="two places"):
        personal.sort("core.Job", plain="kind")


def test_models_that_hold_something_about_people_are_known():
    assert "core.StoredFile" in personal.personal_models()
    assert "core.OutboxHead" not in personal.personal_models()
    assert personal.fields_of("core.LiveTicket")["digest"] is Sort.SECRET
