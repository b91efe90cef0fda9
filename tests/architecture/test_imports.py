"""The order of the apps, the layers inside them and their private edges: ``.importlinter``, and that it bites."""

import shutil
import subprocess
import sys

import pytest
from django.conf import settings

CONTRACTS = settings.BASE_DIR / ".importlinter"
APPS = ("core", "accounts", "questionbank", "exams")
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"


def lint(directory):
    """Return (did it pass, what it said) of the contracts over the packages of a directory."""
    done = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=directory,
        env={"PYTHONPATH": str(directory)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_apps_import_downward_only():
    kept, said = lint(settings.BASE_DIR)

    assert kept, said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("core/ids.py", "import apps.accounts.models"),
        ("accounts/queries.py", "import apps.exams.models"),
        ("exams/services.py", "import apps.exams.api.views"),
        ("exams/models.py", "import apps.exams.services"),
        ("exams/services.py", "import apps.accounts.views"),
        ("exams/handlers.py", "import apps.questionbank.api.views"),
    ],
)
def test_contracts_notice(tmp_path, module, line):
    for app in APPS:
        (tmp_path / "apps" / app / "api").mkdir(parents=True)
        for name in ("", "api/"):
            (tmp_path / "apps" / app / name / "__init__.py").touch()
        for name in ("models", "queries", "services", "views", "handlers", "ids", "api/views"):
            (tmp_path / "apps" / app / f"{name}.py").touch()
    (tmp_path / "apps" / "__init__.py").touch()
    shutil.copy(CONTRACTS, tmp_path)
    assert lint(tmp_path)[0]

    (tmp_path / "apps" / module).write_text(f"{line}\n")

    kept, said = lint(tmp_path)
    assert (kept, "BROKEN" in said) == (False, True)
