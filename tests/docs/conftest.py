"""What tests of the pages share."""

import copy
import runpy

import pytest

from config.settings import base
from tests.docs import environment


@pytest.fixture
def production(monkeypatch):
    """Return a function that loads the settings of production with the variables given, and only those."""

    def load(**variables):
        for name in environment.example():
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(base, "STORAGES", copy.deepcopy(base.STORAGES))  # which production changes in place
        return runpy.run_module("config.settings.prod")

    return load
