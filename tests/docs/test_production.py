"""A site of its own can be run: the framework's own checks for deployment find nothing that is not decided here."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

from tests.docs import environment
from tests.docs.markdown import ROOT

ACCEPTED = {
    "security.W021": "preloading binds a whole domain for years; its owner decides, not the platform",
}


def manage(*arguments, tmp_path, **variables):
    """Run a management command in production with these variables."""
    own = {name: value for name, value in os.environ.items() if name not in environment.example()}
    own.pop("DJANGO_SETTINGS_MODULE", None)
    servers = {"DATABASE_URL": settings.DATABASE_URL, "REDIS_URL": settings.REDIS_URL, "LECTERN_VAR": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**own, "ENVIRONMENT": "production", **servers, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.slow
def test_checks_for_deployment_find_nothing_undecided(tmp_path):
    run = manage("check", "--deploy", tmp_path=tmp_path, **environment.PRODUCTION)

    assert run.returncode == 0, run.stderr
    assert set(re.findall(r"\((\w+\.[EWC]\d+)\)", run.stdout + run.stderr)) == ACCEPTED.keys()


@pytest.mark.slow
def test_a_program_without_its_settings_ends_with_one_line_that_names_the_variable(tmp_path):
    run = manage("check", tmp_path=tmp_path)

    assert run.returncode == 1
    assert run.stderr == "LECTERN_SECRET_KEY is not set. Set it in the environment; .env.example says what it is for.\n"
