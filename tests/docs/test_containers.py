"""The container files say what the code does. No container engine is needed: they are read, not run."""

import importlib.util
import re
import tomllib
from pathlib import PurePosixPath

import pytest
import yaml

from apps.core.engines.binaries import OLDEST_POSTGRES
from apps.core.supervisor import system_libraries
from apps.core.supervisor.__main__ import DOWN_SECONDS
from apps.core.supervisor.options import options_from_environment
from tests.docs import environment
from tests.docs.markdown import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(COMPOSE_TEXT)
# of the Compose specification, what is used here: key, and the type of its value
SERVICE_KEYS = {
    "build": str,
    "image": str,
    "command": list,
    "env_file": str,
    "environment": dict,
    "ports": list,
    "volumes": list,
    "depends_on": dict,
    "healthcheck": dict,
    "init": bool,
    "stop_grace_period": str,
    "restart": str,
}
MORE_PACKAGES = {"fonts-dejavu-core"}  # letters for PDF documents; a bare image has none
COPY_OF_THE_EXAMPLE = {
    **environment.example(),
    **environment.PRODUCTION,
    "POSTGRES_PASSWORD": "abc",
    "VALKEY_PASSWORD": "def",
    "LECTERN_PORT": "9000",
}
FOR_PROBES = ("ALLOWED_HOSTS", "SECURE_PROXY_SSL_HEADER", "SECURE_SSL_REDIRECT", "SECURE_REDIRECT_EXEMPT")
ADDRESS = r"http://127\.0\.0\.1:(\d+)(/\w+)"


def instructions(name):
    """Return what follows an instruction of the Dockerfile, once for each time it stands there."""
    return [line.partition(" ")[2].strip() for line in DOCKERFILE.splitlines() if line.startswith(f"{name} ")]


def image_variables():
    """Return what the image sets in the environment, but for the interpreter's own."""
    found = dict(re.findall(r"(\w+)=([^\"\s]+)", " ".join(instructions("ENV"))))
    return {name: value for name, value in found.items() if name in environment.example()}


@pytest.fixture
def container(monkeypatch):
    """The environment of the container, when .env is a copy of the example with what must be set in it."""
    service = {name: interpolated(value) for name, value in lectern()["environment"].items()}
    whole = {**image_variables(), **COPY_OF_THE_EXAMPLE, **service}
    for name, value in whole.items():
        monkeypatch.setenv(name, value)
    return whole


def lectern():
    return COMPOSE["services"]["lectern"]


def interpolated(text):
    """Return a text with ``${NAME}``, ``${NAME:-default}`` and ``${NAME:?message}`` filled in from the copy."""
    pattern = r"\$\{(\w+)(?::-([^}]*))?(?::\?[^}]*)?\}"
    return re.sub(pattern, lambda part: COPY_OF_THE_EXAMPLE[part[1]] or part[2] or "", text)


# --- Image ------------------------------------------------------------------------------------------------------------
def test_image_copies_what_is_there():
    sources = [line.split()[0] for line in instructions("COPY") if not line.startswith("--from")]

    assert sources == ["requirements/prod.txt", "."]
    assert (ROOT / "requirements" / "prod.txt").read_text().count("--hash=sha256:") > 100


def test_image_leaves_data_and_secrets_of_this_machine_out():
    ignored = (ROOT / ".dockerignore").read_text().split()

    assert {".env", "var", ".venv", ".git"} <= set(ignored)


def test_image_runs_a_python_the_project_supports():
    images = [line.split()[0] for line in instructions("FROM")]
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]

    [version] = {re.match(r"python:(\d+)\.(\d+)-slim-bookworm$", image).groups() for image in images}
    assert tuple(map(int, version)) >= tuple(map(int, re.findall(r"\d+", oldest)))


def test_image_runs_a_module_there_is():
    assert instructions("CMD") == ['["python", "-m", "apps.core.supervisor"]']
    assert importlib.util.find_spec("apps.core.supervisor.__main__")


def test_pages_image_and_tests_install_the_libraries_the_supervisor_names():
    wanted = set(system_libraries.REMEDY["linux"].removeprefix("apt-get install ").split())
    [installed] = re.findall(r"apt-get install -y --no-install-recommends ([\w. +-]+?) *&&", DOCKERFILE)

    assert set(installed.split()) == wanted | MORE_PACKAGES
    assert wanted <= set((ROOT / ".ci" / "run").read_text().split())
    assert system_libraries.REMEDY["linux"] in (ROOT / "docs" / "guide" / "operating.md").read_text()


# --- Compose ----------------------------------------------------------------------------------------------------------
def test_compose_services_have_the_shape_of_the_specification():
    assert COMPOSE.keys() == {"services", "volumes"}
    odd = [
        (name, key)
        for name, service in COMPOSE["services"].items()
        for key, value in service.items()
        if not isinstance(value, SERVICE_KEYS.get(key, ()))
    ]
    assert odd == []
    for name, service in COMPOSE["services"].items():
        assert ("build" in service) != ("image" in service), name
        assert service["restart"] == "unless-stopped", name
        for value in service["environment"].values():
            assert isinstance(value, str), f"{name}: quote {value!r}, a variable is text"


def test_compose_waits_for_servers_that_tell_how_they_are():
    for name, wish in lectern()["depends_on"].items():
        check = COMPOSE["services"][name]["healthcheck"]
        assert wish == {"condition": "service_healthy"}
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries"} < check.keys()


def test_compose_keeps_all_data_in_volumes():
    mounted = [volume.split(":") for service in COMPOSE["services"].values() for volume in service["volumes"]]

    assert {name for name, _path in mounted} == COMPOSE["volumes"].keys()
    assert all(PurePosixPath(path).is_absolute() for _name, path in mounted)


def test_compose_runs_servers_that_are_supported():
    images = {name: service.get("image", "") for name, service in COMPOSE["services"].items()}

    assert int(re.match(r"postgres:(\d+)", images["postgres"])[1]) >= OLDEST_POSTGRES
    assert int(re.match(r"valkey/valkey:(\d+)", images["valkey"])[1]) >= 8


def test_compose_asks_for_the_passwords_it_needs():
    used = re.findall(r"\$\{(\w+)(:[?-])?", COMPOSE_TEXT)

    assert {name for name, mark in used if mark == ":?"} == {"POSTGRES_PASSWORD", "VALKEY_PASSWORD"}
    assert [name for name, mark in used if not mark] == []


def test_container_works_with_a_copy_of_the_example(container):
    """Whatever the copy says of port, host and place, the container's own hold, and fit its port, volume and probe."""
    options = options_from_environment()
    [published], [volume] = lectern()["ports"], lectern()["volumes"]
    [(probed, path)] = re.findall(ADDRESS, DOCKERFILE)

    assert (options.host, options.wants_demo) == ("0.0.0.0", False)
    assert interpolated(published) == f"9000:{options.port}"
    assert [probed, *instructions("EXPOSE")] == [str(options.port)] * 2
    assert volume.split(":")[1] == str(options.var) == image_variables()["LECTERN_VAR"]
    assert f"--home-dir {options.var} " in DOCKERFILE
    assert path == "/health"
    assert container["DATABASE_URL"] == "postgresql://lectern:abc@postgres:5432/lectern"
    assert container["REDIS_URL"] == "redis://:def@valkey:6379/0"


def test_container_gets_the_time_it_needs_to_stop():
    assert int(lectern()["stop_grace_period"].removesuffix("s")) >= DOWN_SECONDS
    assert lectern()["init"]


def test_probes_of_this_machine_are_answered_in_production(client, db, production, settings):
    """Without TLS and under the machine's own name, where people are sent to TLS and the site's name."""
    loaded = production(**environment.PRODUCTION)
    for name in FOR_PROBES:
        setattr(settings, name, loaded[name])

    asked = [
        client.get(path, headers={"host": host}).status_code
        for path, host in (
            ("/health", "127.0.0.1:8000"),
            ("/metrics", "localhost:8000"),
            ("/", "campus.example.edu"),
            ("/health", "elsewhere.example"),
        )
    ]

    assert asked == [200, 200, 301, 400]
