"""``.env.example`` names what a site can set, all of it, with the values that hold otherwise."""

import re
import subprocess
import sys

import pytest

from apps.core import crypto
from apps.core.router import options as router
from apps.core.supervisor import options as supervisor
from config import environment as readers
from tests.docs import environment, markdown
from tests.docs.environment import COMPUTED, EXAMPLE, NO_DEFAULT, PRODUCTION
from tests.docs.markdown import ROOT

NOT_FOR_A_SITE = {
    "DJANGO_SETTINGS_MODULE": "developers name a settings module with it",
    "NO_COLOR": "a convention of terminals",
    "PROMETHEUS_MULTIPROC_DIR": "the metrics library's own; Lectern sets it before that is loaded",
}


def test_the_example_names_every_variable_and_no_other():
    read = set(environment.read_by_code()) - NOT_FOR_A_SITE.keys()
    compose = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))

    assert set(environment.example()) == read | compose


def test_the_example_shows_the_defaults_of_the_code():
    """A variable without a value has no default, or one that is worked out, or differs by environment."""
    defaults = {name: found - {NO_DEFAULT} for name, found in environment.read_by_code().items()}
    expected = {name: found.pop() if len(found) == 1 else COMPUTED for name, found in defaults.items()}

    assert {name: value for name, value in environment.example().items() if expected.get(name, "") != value} == {}


def test_the_example_is_read_alike_by_every_reader_of_such_files():
    """No comments behind values, no quotes, no spaces: readers of such files differ in what they make of them."""
    odd = [
        line for line in EXAMPLE.read_text().splitlines() if not re.fullmatch(r"|#.*|[A-Z][A-Z0-9_]*=[^\s#'\"]*", line)
    ]

    assert odd == []


def test_the_example_names_nothing_twice():
    named = re.findall(r"^([A-Z][A-Z0-9_]*)=", EXAMPLE.read_text(), re.MULTILINE)

    assert sorted(named) == sorted(set(named))


def test_an_empty_variable_counts_as_not_set(monkeypatch):
    for name in environment.example():
        monkeypatch.delenv(name, raising=False)
    unset = supervisor.options_from_environment(), router.options_from_environment()
    for name in environment.example():
        monkeypatch.setenv(name, "")

    assert (supervisor.options_from_environment(), router.options_from_environment()) == unset
    assert (
        readers.flag("DEMO", True),
        readers.integer("LECTERN_PORT", 8000),
        readers.items("LECTERN_HOSTS", "a,b"),
    ) == (
        True,
        8000,
        ["a", "b"],
    )


@pytest.mark.parametrize("page", markdown.PAGES, ids=markdown.name)
def test_pages_name_variables_there_are(page):
    named = set(re.findall(r"\bLECTERN_[A-Z0-9_]+", page.read_text()))

    assert named - environment.example().keys() == set()


# --- Production -------------------------------------------------------------------------------------------------------
def test_production_starts_with_what_the_example_asks_for(production):
    settings = production(**PRODUCTION)

    assert settings["SITE_URL"] == PRODUCTION["LECTERN_SITE_URL"]
    assert settings["ALLOWED_HOSTS"] == ["campus.example.edu", "127.0.0.1", "localhost", "[::1]"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SESSION_COOKIE_SECURE"]


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_names_the_variable_it_misses(production, name):
    with pytest.raises(SystemExit, match=name):
        production(**{**PRODUCTION, name: ""})


def test_production_refuses_a_short_secret(production):
    with pytest.raises(SystemExit, match="LECTERN_SECRET_KEY is too short"):
        production(**{**PRODUCTION, "LECTERN_SECRET_KEY": "short"})


def test_the_example_says_what_production_needs():
    section = (
        EXAMPLE.read_text().partition("Production refuses to start without the first five")[2].partition("# ---")[0]
    )

    named = set(re.findall(r"^([A-Z_]+)=", section, re.MULTILINE))
    assert named - {"LECTERN_HTTPS"} == PRODUCTION.keys()


@pytest.mark.slow
def test_the_commands_of_the_example_make_secrets_that_are_accepted(production):
    secret, key = (
        subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True).stdout.strip()
        for command in re.findall(r'python3 -c "([^"]+)"', EXAMPLE.read_text())
    )

    settings = production(**{**PRODUCTION, "LECTERN_SECRET_KEY": secret, "LECTERN_FIELD_KEYS": key})

    assert settings["SECRET_KEY"] == secret
    assert list(crypto.parse_keys(settings["FIELD_KEYS"])) == ["k1"]
