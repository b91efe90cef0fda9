"""Pages lead somewhere, and name what there is."""

import importlib
import re

import pytest

from apps.core import events, outbox
from tests.docs import markdown
from tests.docs.markdown import ROOT

INDEX = ROOT / "docs" / "index.md"
KINDS = {"tutorial", "how-to", "reference", "explanation"}
MADE_BY_RUNNING = ("var/", ".venv/")
FILE = re.compile(r"[\w.*-]+\.(?:py|md|tsv|in|txt|toml|yml|html|css|js|csv|xlsx|gift|xml)|\.env\.example", re.ASCII)
PATH = re.compile(r"[a-z.][\w.*-]*/[\w.*/-]*", re.ASCII)
MODULES = ("apps", "config", "bench", "tools", "tests", "core", "accounts", "questionbank", "exams")
DOTTED = re.compile(r"[a-z_]\w*(?:\.\w+)+", re.ASCII)


@pytest.mark.parametrize("page", markdown.PAGES, ids=markdown.name)
def test_links_lead_to_pages_and_headings(page):
    lost = []
    for target in markdown.links(page):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        if not goal.exists() or (anchor and anchor not in markdown.anchors(goal)):
            lost.append(target)

    assert lost == []


def test_the_index_lists_every_page_with_its_kind():
    rows = re.findall(r"\]\(([^)]+)\) \|.*\| ([a-z-]+) \|$", INDEX.read_text(), re.MULTILINE)
    listed = {(INDEX.parent / target).resolve(): kind for target, kind in rows}

    pages = {page for page in (ROOT / "docs").rglob("*") if page.suffix in {".md", ".tsv"}} - {INDEX}
    assert (pages - listed.keys(), {goal for goal in listed if not goal.exists()}) == (set(), set())
    assert set(listed.values()) == KINDS


def test_decisions_are_numbered_one_after_the_other():
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    headings = [page.read_text().partition("\n")[0] for page in pages]

    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    assert [int(re.match(r"# (\d+)\. \w", heading)[1]) for heading in headings] == list(range(1, len(pages) + 1))


def is_there(path):
    """Whether a path or pattern is one of the project's, of its apps, or of any one app."""
    path = path.rstrip("/")
    apps = ROOT / "apps"
    return any(any(place.glob(pattern)) for place, pattern in ((ROOT, path), (apps, path), (apps, f"*/{path}")))


@pytest.mark.parametrize("page", markdown.PAGES, ids=markdown.name)
def test_named_files_exist(page):
    named = [
        span
        for span in markdown.spans(page)
        if (FILE.fullmatch(span) or PATH.fullmatch(span)) and not span.startswith(MADE_BY_RUNNING)
    ]

    assert [span for span in named if not is_there(span)] == []


def exists_in_code(dotted):
    """Whether a dotted name is a module, something in one, a fact, or a consumer of facts."""
    if dotted in events._classes or dotted in {consumer.name for consumer in outbox.registry.consumers()}:
        return True
    for whole in (dotted, f"apps.{dotted}"):
        parts = whole.split(".")
        for size in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:size]))
            except ModuleNotFoundError:
                continue
            for part in parts[size:]:
                found = getattr(found, part, None)
            if found is not None:
                return True
            break
    return False


@pytest.mark.parametrize("page", markdown.PAGES, ids=markdown.name)
def test_named_modules_exist(page):
    code = "\n".join([*(block.text for block in markdown.blocks(page, "sh")), *markdown.spans(page)])
    named = [word for word in markdown.spans(page) if DOTTED.fullmatch(word) and word.startswith(MODULES)]
    named += re.findall(r"python -m ([\w.]+)", code)

    assert [word for word in named if not exists_in_code(word) and not FILE.fullmatch(word)] == []


def test_what_does_not_exist_is_noticed():
    assert [is_there(path) for path in ("apps/core/", "exams/paper.py", "models.py", "requirements/*.in")] == [True] * 4
    assert [is_there(path) for path in ("apps/nothing/", "exams/gone.py", "gone.py", "requirements/*.lock")] == [
        False
    ] * 4
    assert [exists_in_code(word) for word in ("apps.core.router", "core.events", "events.publish")] == [
        True,
        True,
        False,
    ]
    assert [exists_in_code(word) for word in ("apps.core.gone", "core.events.gone", "exams.exam_began")] == [False] * 3
