"""Files have the names, the sizes and the content the house style gives them."""

import ast
import re

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "common.py", "misc.py", "signals.py"}
LIMITS = {
    "apps/*/models.py": 600,
    "apps/*/events.py": 100,
    "apps/*/permissions.py": 150,
    "apps/*/queries.py": 300,
    "apps/*/services.py": 600,
    "apps/*/apps.py": 20,
    "apps/*/tasks.py": 100,
    "apps/*/handlers.py": 100,
    "apps/*/forms.py": 300,
    "apps/*/views.py": 300,
    "apps/*/urls.py": 300,
    "apps/*/api/*.py": 300,
    "apps/*/admin.py": 250,
    "apps/*/management/commands/*.py": 250,
    "apps/*/provider.py": 80,
    "config/settings/*.py": 250,
}
# the event bus itself, not an app's list of facts
NOT_THAT_KIND = {"apps/core/events.py"}
# never sent to a browser: turned into PDF by the server
PRINTED = {"exams/receipt.html"}
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script\b(?![^>]*\b(?:src\s*=|type=\"application/json\"))|javascript:",
    re.IGNORECASE,
)


def python_files(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def name(path):
    return str(path.relative_to(ROOT))


def test_no_file_is_named_for_nothing():
    assert [name(path) for path in python_files("apps", "config", "tests") if path.name in FORBIDDEN_NAMES] == []


@pytest.mark.parametrize("pattern", LIMITS)
def test_files_stay_within_their_limit(pattern):
    long = {
        name(path): lines
        for path in ROOT.glob(pattern)
        if (lines := len(path.read_text().splitlines())) > LIMITS[pattern] and name(path) not in NOT_THAT_KIND
    }

    assert long == {}


def test_no_file_is_a_placeholder():
    empty = [name(path) for path in python_files("apps", "config") if not path.read_text().strip()]

    assert [path for path in empty if not path.endswith("__init__.py")] == []


def test_packages_hold_no_code_of_their_own():
    """An ``__init__.py`` may say what the package is and re-export; ``config.settings`` chooses a module."""
    coded = []
    for path in python_files("apps"):
        if path.name != "__init__.py":
            continue
        for node in ast.parse(path.read_text()).body:
            is_words = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            is_export = isinstance(node, (ast.Import, ast.ImportFrom)) or (
                isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
            )
            if not (is_words or is_export):
                coded.append(f"{name(path)}:{node.lineno}")

    assert coded == []


def test_code_says_nothing_is_left_to_do():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{name(path)}:{number}"
        for path in python_files("apps", "config")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]

    assert found == []


def test_services_keep_their_functions_short_and_take_no_request():
    long, http = [], []
    for path in ROOT.glob("apps/*/services.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if body and body[-1].end_lineno - body[0].lineno + 1 > 40:
                long.append(f"{name(path)}:{node.lineno} {node.name}")
            if any(argument.arg == "request" for argument in (*node.args.args, *node.args.kwonlyargs)):
                http.append(f"{name(path)}:{node.lineno} {node.name}")

    assert (long, http) == ([], [])


def test_templates_hold_no_script_and_no_style():
    found = [
        f"{path.relative_to(ROOT / 'templates')}:{number} {line.strip()[:60]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if str(path.relative_to(ROOT / "templates")) not in PRINTED
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if INLINE.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("markup", "is_inline"),
    [
        ("<script>alert(1)</script>", True),
        ('<script type="module">', True),
        ('<p style="color: red">', True),
        ('<a href="javascript:go()">', True),
        ("<button onclick='go()'>", True),
        ("<style>", True),
        ('<script type="module" src="/static/app.js"></script>', False),
        ('<script type="application/json" id="data">', False),
        ('<meta data-style="/x.css"><option selected>', False),
    ],
)
def test_inline_code_is_noticed(markup, is_inline):
    assert bool(INLINE.search(markup)) == is_inline


def test_project_text_names_no_machine():
    """No absolute path of one machine stands in the project."""
    found = [
        name(path)
        for folder in ("apps", "config", "templates", "docs", "requirements", "bench", "tools")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".md", ".tsv", ".in", ".txt"}
        if re.search(r"/(?:work|root|home/[a-z]+)/", path.read_text(errors="replace"))
    ]

    assert found == []
