"""Static files as they are collected for serving: nothing refers to what is not there, and names follow contents."""

import re

import pytest
from django.core.management import call_command


@pytest.fixture
def collected(settings, tmp_path):
    """Collect our own static files and return the folder."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "apps.core.static_storage.StaticStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


@pytest.mark.slow
def test_every_reference_between_static_files_names_a_file_by_its_content(collected):
    hashed = re.compile(r"\.[0-9a-f]{12}\.\w+$")
    scripts = [path for path in collected.rglob("*.js") if hashed.search(path.name) and "vendor" not in path.parts]
    styles = [path for path in collected.rglob("*.css") if hashed.search(path.name)]
    imported = [
        (path.parent / target).resolve()
        for path in scripts
        for target in re.findall(r'^import .* from "(\..*)";', path.read_text(), re.MULTILINE)
    ]
    fetched = [
        (path.parent / target).resolve()
        for path in styles
        for target in re.findall(r'url\("?([^")]+\.woff2)"?\)', path.read_text())
    ]

    assert len(imported) >= 9
    assert len(fetched) >= 26
    assert [path for path in (*imported, *fetched) if not (path.is_file() and hashed.search(path.name))] == []
